from django.urls import path
from rest_framework.routers import SimpleRouter

from .views import Card, LoanViewSet, SignIn, ToolViewSet

router = SimpleRouter()
router.register("tools", ToolViewSet)
router.register("loans", LoanViewSet, basename="loan")

urlpatterns = [
    path("login/", SignIn.as_view()),
    path("card/", Card.as_view()),
    *router.urls,
]
