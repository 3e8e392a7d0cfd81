from django.conf import settings
from django.db import models


class Tool(models.Model):
    name = models.CharField(max_length=120)
    picture = models.ImageField(upload_to="tools", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Loan(models.Model):
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="loans")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    since = models.DateField(auto_now_add=True)
    returned = models.DateField(null=True, blank=True)
