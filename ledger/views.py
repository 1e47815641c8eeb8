"""Pages of the log, its static files (tlog-tiles) and the witness (tlog-witness).

Entries hold hashes and pseudonyms only, so everybody who has logged in may read the pages; what other schools need to
watch over the log is open to everybody. The ledger stands below accounts and says itself who may call its views.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ledger import cosigning, queries, tiles
from ledger.models import Entry

View = Callable[..., HttpResponse]
PER_PAGE = 50
HEADS_SHOWN = 5
SIZES_OFFERED = 200
TEXT = "text/plain; charset=utf-8"
FOR_EVER = "public, max-age=31536000, immutable"
A_MOMENT = "public, max-age=5"
VERIFIER = Path(__file__).resolve().parent.parent / "verify_certificate.py"


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
        "heads": queries.heads().prefetch_related("cosignatures")[:HEADS_SHOWN],
        "witnesses": queries.witness_states(),
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


@signed_in
@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    """That a signed head grew out of an earlier size, by default the last head out of the one before."""
    if not request.GET and not queries.heads().exists():
        return render(request, "ledger/consistency.html", {"proof": None})
    proof = _consistency(request)
    if request.GET.get("format") == "json":
        return JsonResponse({**asdict(proof), "is_right": proof.is_right})
    sizes = list(queries.heads().values_list("size", flat=True)[:SIZES_OFFERED])
    return render(request, "ledger/consistency.html", {"proof": proof, "sizes": sizes})


def _consistency(request: HttpRequest) -> queries.ConsistencyProof:
    newest = list(queries.heads()[:2])
    old_size = request.GET.get("old", "") or str(newest[-1].size if newest else 0)
    new_size = request.GET.get("new", "") or str(newest[0].size if newest else 0)
    if not (_is_size(old_size) and _is_size(new_size)):
        raise Http404
    head = get_object_or_404(queries.heads(), size=int(new_size))
    proof = queries.consistency_for(old_size=int(old_size), head=head)
    if proof is None:
        raise Http404
    return proof


def _is_size(text: str) -> bool:
    return re.fullmatch(r"[1-9]\d{0,17}", text, re.ASCII) is not None


# ---------------------------------------------------------------- static files
@anonymous_allowed
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest signed note as it is published (C2SP tlog-checkpoint), for witnesses and strangers."""
    head = queries.latest_head()
    if head is None:
        raise Http404("Nothing was signed yet.")
    return HttpResponse(queries.published_note(head), content_type=TEXT, headers={"Cache-Control": A_MOMENT})


@anonymous_allowed
@require_safe
def tile(request: HttpRequest, level: str, number: str) -> HttpResponse:
    """A tile or a bundle of entries; 404 beyond what is signed."""
    found, head = tiles.parse_tile(level, number), queries.latest_head()
    if found is None or head is None or not found.is_under(head.size):
        raise Http404
    return HttpResponse(
        tiles.read(found), content_type="application/octet-stream", headers={"Cache-Control": FOR_EVER}
    )


@anonymous_allowed
@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """The school's policy (C2SP tlog-policy): its keys, its witnesses, how many must have cosigned."""
    return HttpResponse(queries.policy_text(), content_type=TEXT, headers={"Cache-Control": A_MOMENT})


@anonymous_allowed
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks a certificate without this platform."""
    return HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")


# ---------------------------------------------------------------- witness
@anonymous_allowed
@csrf_exempt
@require_POST
def witness_add_checkpoint(request: HttpRequest) -> HttpResponse:
    """Cosign another school's checkpoint; the signature inside is all that is trusted."""
    answer = cosigning.add_checkpoint(data=request.body, now=timezone.now())
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


@anonymous_allowed
@require_safe
def witness_checkpoint(request: HttpRequest, origin_sha256: str) -> HttpResponse:
    """The latest checkpoint of a log that we cosigned, by the SHA-256 of its origin in hex."""
    log = queries.known_log(origin_sha256)
    if log is None:
        raise Http404
    return HttpResponse(log.note, content_type=TEXT, headers={"Cache-Control": A_MOMENT})
