from django.contrib.auth import views as auth
from django.urls import path

from accounts import views
from accounts.access import anonymous_allowed, signed_in
from accounts.forms import LogInForm

app_name = "accounts"
log_in = auth.LoginView.as_view(
    template_name="accounts/log_in.html", authentication_form=LogInForm, redirect_authenticated_user=True
)
urlpatterns = [
    path("log-in/", anonymous_allowed(log_in), name="log_in"),
    path("log-out/", signed_in(auth.LogoutView.as_view()), name="log_out"),
    path("language/", views.language, name="language"),
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/token/", views.token, name="token"),
]
