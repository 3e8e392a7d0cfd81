from django.conf import settings
from django.db import models


class Decision(models.Model):
    title = models.CharField(max_length=200)
    taken = models.DateField()
    due = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    done = models.BooleanField(default=False)

    class Meta:
        ordering = ["-taken"]

    def __str__(self):
        return self.title
