"""Jobs: the list, one job, its live panel, cancelling and trying again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.backends import store
from assignments.choices import MediaState
from generation import services
from generation.domain.states import FINISHED
from generation.domain.tools import TOOLS
from generation.models import Job, Preview
from generation.permissions import can_cancel_job, can_generate, can_retry_job
from generation.queries import budget_of, candidates_of, jobs_visible_to
from generation.queries.safety import lapsed_person
from generation.serializers import progress_report
from generation.views.history import next_steps

LONGEST_TEXT = 20_000
BOARDS = {"queue", "fleet"}
"""Pages that a button leads back to."""


@signed_in
@require_safe
def job_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    job = get_object_or_404(jobs_visible_to(request.user), uuid=uuid)
    context = {
        **panel_context(request, job),
        **next_steps(request, job),
        "budget": budget_of(job.work),
        "candidates": list(candidates_of(job)),
    }
    return render(request, "generation/job_detail.html", context)


@signed_in
@require_safe
def job_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The job as the middle of a page: progress, then what came out of it. Tells the page when that is all."""
    job = get_object_or_404(jobs_visible_to(request.user), uuid=uuid)
    context = panel_context(request, job)
    response = render(request, "generation/job_panel.html", context)
    if is_settled(job):
        response.headers["HX-Trigger"] = "made"
    return response


def is_settled(job: Job) -> bool:
    """True when nothing more will change by itself: finished, and its file prepared."""
    output = getattr(job, "output", None)
    is_prepared = output is None or output.media.state in {MediaState.READY, MediaState.REFUSED}
    return job.state in FINISHED and is_prepared


def panel_context(request: PersonRequest, job: Job) -> dict[str, object]:
    output = getattr(job, "output", None)
    lapsed = lapsed_person(job, today=timezone.localdate()) if output else ""
    return {
        "job": job,
        "lapsed": lapsed,
        "tool": TOOLS[job.tool],
        "work": job.work,
        "output": output,
        "media": output.media if output else None,
        "report": progress_report(job),
        "takers": next_steps(request, job)["takers"],
        "text": written_text(job) if output and not lapsed and TOOLS[job.tool].makes == "text" else "",
        "may_cancel": can_cancel_job(request.user, job),
        "may_generate": can_generate(request.user, job.work),
        "may_retry": can_retry_job(request.user, job),
    }


def written_text(job: Job) -> str:
    """Return what a text job wrote, as it is shown."""
    media = job.output.media
    if media.state == MediaState.REFUSED or not store.exists(media.sha256):
        return ""
    with store.open_object(media.sha256) as file:
        return file.read(LONGEST_TEXT).decode("utf-8", errors="replace")


@signed_in
@require_safe
def job_progress(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The progress as JSON, for browsers that get no event stream."""
    return JsonResponse(progress_report(get_object_or_404(jobs_visible_to(request.user), uuid=uuid)))


@signed_in
@require_safe
def job_preview(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The last thing the engine had in hand, small; its address names the step, so it may be kept.

    There is nothing to show before the first, and none any more once the job is finished: that is no fault.
    """
    job = get_object_or_404(jobs_visible_to(request.user), uuid=uuid)
    preview = Preview.objects.filter(job=job).first()
    if preview is None:
        return HttpResponse(status=204)
    headers = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(preview.jpeg), content_type="image/jpeg", headers=headers)


@signed_in
@require_POST
def job_cancel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    job = get_object_or_404(jobs_visible_to(request.user), uuid=uuid)
    return _shown(request, services.cancel_job(job=job, by=request.user, now=timezone.now()))


@signed_in
@require_POST
def job_retry(request: PersonRequest, uuid: UUID) -> HttpResponse:
    job = get_object_or_404(jobs_visible_to(request.user), uuid=uuid)
    return _shown(request, services.retry_job(job=job, by=request.user, now=timezone.now()))


def _shown(request: PersonRequest, job: Job) -> HttpResponse:
    if request.htmx:
        return render(request, "generation/job_panel.html", panel_context(request, job))
    if request.POST.get("next") in BOARDS:
        return redirect(f"generation:{request.POST['next']}")
    return redirect("generation:job_detail", job.uuid)
