"""Refusals become messages; pages carry a strict content security policy."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from ui.errors import Refused
from ui.htmx import toast

Handler = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


class ContentSecurityPolicy:
    """Send a policy that runs no foreign and no inline script (plotly needs inline style rules)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class RefusedMessages:
    """Show a `Refused` as a message on the page the person came from; answer 409 where a script asked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        sentence, status = str(exception.sentence), exception.status_code
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"ok": False, "error": sentence, "detail": sentence}, status=status)
        if request.headers.get("HX-Request"):
            return toast(HttpResponse(status=status), sentence, tone="error")
        back = _page_before(request)
        if request.method != "POST" or back is None:
            return render(request, "ui/refused.html", {"sentence": sentence, "back": back}, status=status)
        messages.error(request, sentence)
        return redirect(back)


def _page_before(request: HttpRequest) -> str | None:
    """Return the page of this site the person came from, unless it is this very address (it would loop)."""
    referer = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    is_same = referer == request.build_absolute_uri() and request.method != "POST"
    return referer if own and not is_same else None
