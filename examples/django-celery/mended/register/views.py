from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.views.generic import ListView

from .models import Decision


class DecisionList(LoginRequiredMixin, ListView):
    model = Decision
    template_name = "register/list.html"


def health(request):
    return HttpResponse("ok", content_type="text/plain")
