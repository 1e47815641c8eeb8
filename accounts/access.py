"""Every view says who may call it; a system check (config.checks) refuses URLs that don't."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

View = Callable[..., HttpResponseBase]


class PersonRequest(HttpRequest):
    """A request of somebody who has logged in (type of `request` inside `@signed_in` views)."""

    user: User
    htmx: Any


def anonymous_allowed(view: View) -> View:
    """Declare that everybody may call the view."""
    view.access = "anonymous"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Let in people who have logged in; the view itself narrows by its querysets and permissions."""
    guarded: View = login_required(view)
    guarded.access = "signed in"  # type: ignore[attr-defined]
    return guarded


def administrators_only(view: View) -> View:
    """Let in administrators (staff); others see 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    wrapped: View = login_required(guarded)
    wrapped.access = "administrators"  # type: ignore[attr-defined]
    return wrapped
