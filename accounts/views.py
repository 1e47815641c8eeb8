"""Log-in, language, preferences."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, gettext
from django.views.decorators.http import require_POST
from rest_framework.authtoken.models import Token

from accounts import services
from accounts.access import PersonRequest, anonymous_allowed, signed_in
from accounts.forms import PreferencesForm
from accounts.models import User


@anonymous_allowed
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: kept with the person when logged in, and in a cookie."""
    code, back = request.POST.get("language", ""), request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    if check_for_language(code) and code in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=code)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=31_536_000, samesite="Lax")
    return response


@signed_in
def preferences(request: PersonRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("Your preferences are kept."))
        return redirect("accounts:preferences")
    context = {
        "form": form,
        "token": Token.objects.filter(user=request.user).first(),
        "new_token": request.session.pop("new_token", ""),
    }
    return render(request, "accounts/preferences.html", context)


@signed_in
@require_POST
def token(request: PersonRequest) -> HttpResponse:
    """Renew or revoke the person's API token; a new one is shown on the next page and never again."""
    if request.POST.get("action") == "revoke":
        services.revoke_token(by=request.user)
        messages.success(request, gettext("The token is taken back."))
    else:
        request.session["new_token"] = services.renew_token(by=request.user)
    return redirect("accounts:preferences")
