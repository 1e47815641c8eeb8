"""Log-in and preferences."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User

MOST_FAILURES = 8
WAIT_SECONDS = 300


class LogInForm(AuthenticationForm):
    """Refuses to check passwords for a while after too many wrong ones for a name from one address."""

    def clean(self) -> dict[str, Any]:
        key = self._guard_key()
        if cache.get(key, 0) >= MOST_FAILURES:
            raise ValidationError(
                _("Too many wrong passwords for this name. Wait five minutes, then try again."),
                code="throttled",
            )
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            cache.set(key, cache.get(key, 0) + 1, WAIT_SECONDS)
            raise
        cache.delete(key)
        return cleaned

    def _guard_key(self) -> str:
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        name = str(self.data.get("username", "")).casefold()
        return "log-in:" + hashlib.sha256(f"{address}\n{name}".encode()).hexdigest()


class PreferencesForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields: ClassVar = ["first_name", "last_name", "email", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("as the browser says")), *settings.LANGUAGES]
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"),
            choices=choices,
            required=False,
            help_text=_("Wins over the language of your browser."),
        )
