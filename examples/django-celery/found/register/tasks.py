from datetime import date, timedelta

from celery import shared_task
from django.core.mail import send_mail

from .models import Decision


@shared_task
def remind():
    """Writes to whoever has to carry out a decision within three days."""
    soon = date.today() + timedelta(days=3)
    for decision in Decision.objects.filter(done=False, due=soon).select_related("owner"):
        send_mail(
            f"Due on {soon}: {decision.title}",
            "Please carry it out, or move the date in the register.",
            None,
            [decision.owner.email],
        )
