"""What a gate holds, before the teachers who decide; and the jobs that rest on a release."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.backends import store
from assignments.queries import releases_visible_to, releases_waiting_for, set_logs_waiting_for
from generation import services
from generation.backends.gates import kinds_seen
from generation.choices import GateStage, JobState
from generation.models import GateVerdict
from generation.permissions import can_see_held
from generation.queries.safety import held_visible_to, jobs_citing, words_of_job
from ui.errors import require

PAGE_SIZE = 20
SHOWN_JOBS = 12
MIMES = {
    "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "mp4": "video/mp4", "wav": "audio/wav",
    "flac": "audio/flac", "mp3": "audio/mpeg", "m4a": "audio/mp4", "txt": "text/plain; charset=utf-8",
}  # fmt: skip
GUARDED = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@signed_in
@require_safe
def held_list(request: PersonRequest) -> HttpResponse:
    """Held jobs of the courses a person teaches, oldest first, each with words, reason and output."""
    require(can_see_held(request.user))
    page = Paginator(held_visible_to(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "groups": _grouped(page), "sees": kinds_seen()}
    return render(request, "generation/held_list.html", context)


def _grouped(verdicts: Iterable[GateVerdict]) -> list[tuple[GateVerdict, int]]:
    """Show candidates with the same words once, with how many they are: they are decided together."""
    groups: dict[tuple[object, ...], list[GateVerdict]] = {}
    for verdict in verdicts:
        job = verdict.job
        alike = (job.work_id, job.created_by_id, job.tool, verdict.gate, words_of_job(job))
        key = alike if verdict.stage == GateStage.PROMPT else (verdict.pk,)
        groups.setdefault(key, []).append(verdict)
    return [(group[0], len(group)) for group in groups.values()]


@signed_in
@require_safe
def held_panel(request: PersonRequest) -> HttpResponse:
    """How much waits for the teacher's decision, for the first page; empty when nothing does."""
    context = {
        "held": held_visible_to(request.user).count(),
        "releases": releases_waiting_for(request.user).count(),
        "set_logs": set_logs_waiting_for(request.user).count(),
    }
    return render(request, "generation/held_panel.html", context)


@signed_in
@require_safe
def held_file(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Serve a held output to those who decide on it, and to nobody else."""
    verdict = get_object_or_404(held_visible_to(request.user), uuid=uuid)
    if not verdict.held_sha256 or not store.exists(verdict.held_sha256):
        raise Http404
    suffix = str(verdict.held["name"]).rsplit(".", 1)[-1]
    content = store.path(verdict.held_sha256).read_bytes()
    return HttpResponse(content, content_type=MIMES.get(suffix, "application/octet-stream"), headers=GUARDED)


@signed_in
@require_POST
def held_decide(request: PersonRequest, uuid: UUID) -> HttpResponse:
    verdict = get_object_or_404(held_visible_to(request.user), uuid=uuid)
    is_allowed = request.POST.get("decision") == "allow"
    job = services.decide_held(
        verdict=verdict, is_allowed=is_allowed, why=request.POST.get("why", ""), by=request.user, now=timezone.now()
    )  # fmt: skip
    messages.success(request, _said(job.state))
    return redirect("generation:held_list")


def _said(state: str) -> str:
    words = {
        JobState.QUEUED: _("Let through: it is in the queue."),
        JobState.DONE: _("Let through: it lies in the work now."),
        JobState.FAILED: _("Ended. The makers read why."),
    }
    return words[JobState(state)]


@signed_in
@require_safe
def release_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """What rests on a release, for its page: jobs that wait, and outputs, which can't be fetched once it lapses."""
    release = get_object_or_404(releases_visible_to(request.user), uuid=uuid)
    jobs = jobs_citing(release)
    context = {
        "release": release,
        "standing": release.standing(timezone.localdate()),
        "jobs": jobs[:SHOWN_JOBS],
        "count": jobs.count(),
        "made": jobs.filter(state=JobState.DONE).count(),
    }
    return render(request, "generation/release_panel.html", context)
