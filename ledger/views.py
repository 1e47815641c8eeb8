"""Pages of the log. Entries hold hashes and pseudonyms only, so everybody who has logged in may read them.

The ledger stands below accounts and says itself who may call its views.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ledger import queries
from ledger.models import Entry

View = Callable[..., HttpResponse]
PER_PAGE = 50
HEADS_SHOWN = 5


def signed_in(view: View) -> View:
    guarded: View = login_required(view)
    guarded.access = "signed in"  # type: ignore[attr-defined]
    return guarded


def anonymous_allowed(view: View) -> View:
    view.access = "anonymous"  # type: ignore[attr-defined]
    return view


@signed_in
def log(request: HttpRequest) -> HttpResponse:
    """The log as a table, newest entries first, optionally about one subject."""
    subject = request.GET.get("subject", "").strip()
    entries = queries.entries().filter(subject=subject) if subject else queries.entries()
    context = {
        "page": Paginator(entries, PER_PAGE).get_page(request.GET.get("page")),
        "heads": queries.heads()[:HEADS_SHOWN],
        "health": queries.health(),
        "subject": subject,
        "origin": settings.LEDGER_ORIGIN,
        "key": queries.verifier_key(),
    }
    return render(request, "ledger/log.html", context)


@signed_in
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """One entry with its proof; `?format=json` gives all that is needed to check it offline."""
    detail = queries.entry_detail(get_object_or_404(Entry, index=index))
    if request.GET.get("format") == "json":
        response = HttpResponse(queries.document(detail), content_type="application/json; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="ledger-entry-{index}.json"'
        return response
    return render(
        request, "ledger/entry.html", {"detail": detail, "entry": detail.entry, "proof": detail.proof}
    )


@anonymous_allowed
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest signed note as it is published (C2SP tlog-checkpoint), for witnesses and strangers."""
    head = queries.latest_head()
    if head is None:
        raise Http404("Nothing was signed yet.")
    return HttpResponse(head.note, content_type="text/plain; charset=utf-8")
