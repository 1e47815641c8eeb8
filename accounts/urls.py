from django.contrib.auth import views as auth
from django.urls import path

from accounts import views
from accounts.access import anonymous_allowed, signed_in

app_name = "accounts"
urlpatterns = [
    path(
        "log-in/",
        anonymous_allowed(auth.LoginView.as_view(template_name="accounts/log_in.html", redirect_authenticated_user=True)),
        name="log_in",
    ),
    path("log-out/", signed_in(auth.LogoutView.as_view()), name="log_out"),
    path("language/", views.language, name="language"),
    path("preferences/", views.preferences, name="preferences"),
]
