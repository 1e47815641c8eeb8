"""System checks over the entire house: every address says who may call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import BasePermission
from yaml import YAMLError

from generation.backends import gates

ADMIN = "admin/"  # the admin site guards every address of its own
ACCESS = {"anonymous", "signed in", "administrators"}


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address with its pattern."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


def says_who_may_call(view: Any) -> bool:
    """True when a page declares its access, or an API view sets permission classes of its own."""
    if getattr(view, "access", None) in ACCESS:
        return True
    api_view = getattr(view, "cls", None)
    if api_view is None:
        return False
    if api_view.__module__.startswith("rest_framework.routers"):
        return True
    permissions = view.initkwargs.get("permission_classes") or vars(api_view).get("permission_classes")
    return bool(permissions) and all(
        isinstance(item, type) and issubclass(item, BasePermission) for item in permissions
    )


@register()
def every_address_is_guarded(app_configs: Any, **kwargs: Any) -> list[Error]:
    return [
        Error(
            f"The address {route!r} doesn't say who may call it.",
            hint="Decorate the view with one of accounts.access, or set permission_classes on the API view.",
            id="dailies.E001",
        )
        for route, pattern in walk(get_resolver().url_patterns)
        if not route.startswith(ADMIN) and not says_who_may_call(pattern.callback)
    ]


@register()
def gates_can_be_made(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Words and limits of the safety gates are read at the start, not when the first student waits."""
    try:
        gates.gates()
    except (ImportError, OSError, ValueError, KeyError, YAMLError) as fault:
        hint = "See docs/operations/gates.md; check SAFETY_GATES, DAILIES_GATE_WORDS and DAILIES_GATE_CLASSIFIER."
        return [Error(f"A safety gate can't be made: {fault!r}", hint=hint, id="dailies.E002")]
    return []
