"""The history as a contact sheet: everything that was asked for, narrowed down, to go on from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.choices import MediaState
from generation import services
from generation.choices import JobState
from generation.domain.tools import TOOLS
from generation.models import Job, Output
from generation.permissions import can_generate, can_see_engines
from generation.queries import jobs_visible_to
from generation.queries.history import Narrowing, people_in, retellers_of, takers_of, tools_in, works_in
from generation.templatetags.generating import job_address

PAGE_SIZE = 36


@signed_in
@require_safe
def job_list(request: PersonRequest) -> HttpResponse:
    """Jobs of one's works and of the courses one teaches."""
    visible = jobs_visible_to(request.user)
    wanted = _narrowing(request)
    page = Paginator(wanted.of(visible), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "wanted": wanted,
        "filters": _states(wanted, request.GET.dict()),
        "tools": tools_in(visible),
        "people": people_in(visible),
        "works": works_in(visible),
        "is_moving": any(job.state in {JobState.QUEUED, JobState.RUNNING} for job in page),
        "may_see_engines": can_see_engines(request.user),
    }
    return render(request, "generation/job_list.html", context)


def _narrowing(request: PersonRequest) -> Narrowing:
    asked = request.GET
    return Narrowing(
        state=asked.get("state", ""), tool=asked.get("tool", ""), person=asked.get("person", ""),
        work=uuid_or_none(asked.get("work", "")), only_chosen="chosen" in asked,
    )  # fmt: skip


def uuid_or_none(word: str) -> UUID | None:
    """Return the word as a UUID; None for what is none."""
    try:
        return UUID(word)
    except ValueError:
        return None


def _states(wanted: Narrowing, asked: dict[str, Any]) -> list[dict[str, object]]:
    words = {
        "": _("All"),
        "waiting": _("In the queue"),
        "done": _("Ready"),
        "held": _("Held"),
        "failed": _("Failed or cancelled"),
    }
    kept = {name: value for name, value in asked.items() if name not in {"state", "page"} and value}
    return [
        {
            "label": label,
            "url": f"?{urlencode({**kept, 'state': name} if name else kept)}",
            "current": name == wanted.state,
        }
        for name, label in words.items()
    ]


@signed_in
@require_safe
def job_next(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Where one can go on from a job, as the items of a menu."""
    job = get_object_or_404(jobs_visible_to(request.user), uuid=uuid)
    return render(request, "generation/job_next.html", next_steps(request, job))


def next_steps(request: PersonRequest, job: Job) -> dict[str, object]:
    """What the menu of a job offers: its output as an input, its words elsewhere, the same with another seed."""
    output: Output | None = getattr(job, "output", None)
    media = output.media if output else None
    brief = job.work.brief
    return {
        "job": job,
        "work": job.work,
        "media": media,
        "takers": takers_of(media, brief) if media and media.state == MediaState.READY else [],
        "retellers": retellers_of(TOOLS[job.tool], brief),
        "may_generate": can_generate(request.user, job.work),
    }


@signed_in
@require_POST
def job_again(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Ask for the same with another seed."""
    job = get_object_or_404(jobs_visible_to(request.user).select_related("source"), uuid=uuid)
    return redirect(job_address(services.repeat_job(job=job, by=request.user, now=timezone.now())))
