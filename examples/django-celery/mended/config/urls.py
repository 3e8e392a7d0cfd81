from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from register.views import DecisionList, health

urlpatterns = [
    path("", DecisionList.as_view(), name="decisions"),
    path("accounts/login/", LoginView.as_view(template_name="register/login.html"), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("health/", health),
]
