"""Candidates side by side: what they differ in, who looked, which one goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.models import Work
from assignments.queries import works_visible_to
from generation import services
from generation.domain.comparison import MOST, differing
from generation.domain.tools import TOOLS
from generation.models import Job, Output
from generation.permissions import can_generate
from generation.queries import candidates_of, history_of, jobs_visible_to, outputs_visible_to
from generation.templatetags.generating import asked_facts
from generation.views.history import uuid_or_none
from generation.views.jobs import written_text

IMAGE, VIDEO, SOUND = "image", "video", "sound"


@dataclass(frozen=True, slots=True)
class Pane:
    """One candidate on the table; `text` is what a text job wrote."""

    number: int
    job: Job
    output: Output | None
    text: str
    facts: dict[str, Any]

    @property
    def is_ready(self) -> bool:
        return self.output is not None and (self.output.media.state == "ready" or bool(self.text))


@signed_in
@require_safe
def compare(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Two to four jobs of a work, named in the address, in its order."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    panes = [_pane(number, job) for number, job in enumerate(_named(work, request.GET.getlist("jobs")), 1)]
    different = differing([pane.facts for pane in panes])
    kinds = {TOOLS[pane.job.tool].makes for pane in panes}
    context = {
        "work": work,
        "panes": panes,
        "differences": [(name, [pane.facts.get(name, "") for pane in panes]) for name in different],
        "plays": bool(kinds & {VIDEO, SOUND}),
        "zooms": bool(kinds & {IMAGE, VIDEO}),
        "is_pending": any(
            not pane.is_ready for pane in panes if pane.job.state not in {"failed", "cancelled"}
        ),
        "may_choose": can_generate(request.user, work),
    }
    return render(request, "generation/compare.html", context)


def _named(work: Work, wanted: Iterable[str]) -> list[Job]:
    """Return the jobs of this work that the address names, at most four; what is no job of it is left out."""
    uuids = list(dict.fromkeys(uuid for word in wanted if (uuid := uuid_or_none(word))))
    jobs = {job.uuid: job for job in history_of(work).select_related("source").filter(uuid__in=uuids)}
    return [jobs[uuid] for uuid in uuids if uuid in jobs][:MOST]


def _pane(number: int, job: Job) -> Pane:
    output = getattr(job, "output", None)
    makes = TOOLS[job.tool].makes
    facts = {_("Tool"): _(TOOLS[job.tool].title), **dict(asked_facts(job)), _("Engine"): job.engine.title}
    if job.source:
        facts[_("Began with")] = job.source.name
    return Pane(number, job, output, written_text(job) if output and makes == "text" else "", facts)


@signed_in
@require_POST
def candidate_choose(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Take one of the candidates that lay on the table; the others are kept."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    jobs = _named(work, request.POST.getlist("jobs"))
    among = [job.output for job in jobs if hasattr(job, "output")]
    output = get_object_or_404(
        outputs_visible_to(request.user), job__work=work, job__uuid=uuid_or_none(request.POST.get("job", ""))
    )
    services.choose_output(output=output, among=among, by=request.user, now=timezone.now())
    messages.success(request, _("Chosen. The others stay in the history."))
    shown = urlencode([("jobs", str(job.uuid)) for job in jobs])
    return redirect(f"{reverse('generation:compare', args=[work.uuid])}?{shown}")


@signed_in
@require_POST
def output_viewed(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The page tells that the output of this job was large on the person's screen for a moment."""
    output = get_object_or_404(outputs_visible_to(request.user), job__uuid=uuid)
    services.record_viewing(output=output, by=request.user, now=timezone.now())
    return HttpResponse(status=204)


@signed_in
@require_safe
def candidates_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """What was asked for together with this job, as small pictures; looks again while some of them are on their way."""
    job = get_object_or_404(jobs_visible_to(request.user), uuid=uuid)
    return render(
        request, "generation/candidates_panel.html", {"job": job, "candidates": list(candidates_of(job))}
    )
