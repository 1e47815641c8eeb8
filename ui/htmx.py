"""What views need to answer HTMX: the request's type, fragments of a page, toasts."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request behind `django_htmx.middleware.HtmxMiddleware`; `request.htmx` is true for HTMX."""

    htmx: HtmxDetails


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page, or only its partial `part` when HTMX asks for it (`{% partialdef part inline %}`).

    The answer varies by `HX-Request`, so that a cache or the back button never shows a fragment as a page.
    """
    is_fragment = bool(part) and getattr(request, "htmx", False) and not request.htmx.boosted  # type: ignore[attr-defined]
    name = f"{template}#{part}" if is_fragment else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def toast(response: HttpResponse, sentence: str, *, tone: str = "success") -> HttpResponse:
    """Have an HTMX answer show a sentence; tone is success, info, warning or error.

    Sent as JSON in ASCII inside `HX-Trigger`, read by toast.js; other triggers of the response stay.
    """
    triggers = json.loads(response.headers.get("HX-Trigger", "{}"))
    triggers["toast"] = {"message": str(sentence), "tone": tone}
    response.headers["HX-Trigger"] = json.dumps(triggers)
    return response
