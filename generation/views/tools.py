"""The tool page: a director's words at the left, the picture in the middle, what was made so far below."""

from __future__ import annotations

from itertools import islice
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.models import Media, Work
from assignments.queries import works_visible_to
from generation import services
from generation.domain import queueing
from generation.domain.tools import LAB, TOOLS, Tool, validate
from generation.forms import ToolForm
from generation.models import Engine, Job
from generation.permissions import can_generate
from generation.queries import (
    budget_of,
    engines_for,
    history_of,
    material,
    materials_of,
    seconds_waiting,
    tool_states,
    waiting_jobs,
)
from ui.errors import Refused

HISTORY_LENGTH = 24
SOURCES_LENGTH = 30
MATERIALS_LENGTH = 60


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tool(request: PersonRequest, uuid: UUID, slug: str) -> HttpResponse:
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    chosen = TOOLS.get(slug)
    if chosen is None:
        raise Http404
    if chosen.slug == LAB:
        return redirect("generation:lab", work.brief.module.course.uuid)
    engines = engines_for(chosen)
    sources, materials = _sources(work, chosen), _materials(work, chosen)
    job = _shown_job(request, work)
    if request.method != "POST":
        initial = _initial(request, chosen, job)
        form = ToolForm(tool=chosen, engines=engines, sources=sources, materials=materials, initial=initial)
        return _page(request, work=work, tool=chosen, form=form, engines=engines, job=job)
    form = ToolForm(request.POST, tool=chosen, engines=engines, sources=sources, materials=materials)
    asked = _requested(request, form, work=work) if form.is_valid() else None
    if asked is None:
        return _page(request, work=work, tool=chosen, form=form, engines=engines, job=job, status=422)
    return redirect(job_url(asked))


def job_url(job: Job) -> str:
    return f"{reverse('generation:tool', args=[job.work.uuid, job.tool])}?job={job.uuid}"


def _requested(request: PersonRequest, form: ToolForm, *, work: Work) -> Job | None:
    """Ask for the job; a refusal is shown above the form, with everything typed still in it."""
    inputs = {
        name: value for name, value in form.cleaned_data.items() if name not in {"source", "engine", "media"}
    }
    try:
        return services.request_job(
            work=work, tool=form.tool.slug, inputs=inputs, source=form.cleaned_data["source"],
            engine=form.cleaned_data.get("engine", ""), media=form.cleaned_data["media"],
            by=request.user, now=timezone.now(),
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return None


def _sources(work: Work, chosen: Tool) -> dict[str, Media]:
    if not chosen.needs_source:
        return {}
    newest = (media for media in materials_of(work) if material(media).kind in chosen.source_kinds)
    return {str(media.uuid): media for media in islice(newest, SOURCES_LENGTH)}


def _materials(work: Work, chosen: Tool) -> dict[str, Media]:
    """What the further media of the tool may be taken from."""
    return {str(media.uuid): media for media in materials_of(work)[:MATERIALS_LENGTH]} if chosen.media else {}


def _initial(request: PersonRequest, chosen: Tool, job: Job | None) -> dict[str, Any]:
    """Begin with the words of the job that is shown, or with what the address says."""
    asked = {**job.request, **job.request.get("direction", {})} if job else dict(request.GET.items())
    names = {item.slug for item in chosen.inputs} - {"seed"}
    initial = {name: asked[name] for name in names if name in asked}
    if job and not job.request.get("prompt_is_own"):
        initial.pop("prompt", None)
    source = job.source.uuid if job and job.source else request.GET.get("source", "")
    return {**initial, "source": str(source)}


def _shown_job(request: PersonRequest, work: Work) -> Job | None:
    """Return the job of this work that the address names."""
    try:
        wanted = UUID(request.GET.get("job", ""))
    except ValueError:
        return None
    return history_of(work).select_related("source").filter(uuid=wanted).first()


def _page(
    request: PersonRequest, *, work: Work, tool: Tool, form: ToolForm, engines: list[Engine],
    job: Job | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    states = tool_states(work, request.user)
    engine = engines[0] if engines else None
    waiting = waiting_jobs()
    context = {
        "work": work,
        "tool": tool,
        "states": states,
        "state": next(each for each in states if each.tool == tool),
        "form": form,
        "sources": list(form.sources.values()),
        "chosen_source": str(form["source"].value() or ""),
        "engine": engine,
        "budget": budget_of(work),
        "price": _price(form, engine),
        "waiting": waiting.count(),
        "wait": seconds_waiting(waiting),
        "history": list(history_of(work)[:HISTORY_LENGTH]),
        "job": job,
        "may_generate": can_generate(request.user, work),
    }
    return render(request, "generation/tool.html", context, status=status)


def _price(form: ToolForm, engine: Engine | None) -> float:
    """Return the price of the form as it opens; the page's script keeps it up to date."""
    if engine is None:
        return 0.0
    opened, _problems = validate(
        form.tool, {item.slug: form[item.slug].value() for item in form.tool.inputs}, has_source=True
    )
    return queueing.price(units=form.tool.units(opened), seconds_per_unit=engine.seconds_per_step)


@signed_in
@require_safe
def tools_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The tools of a work as links with their locks, for the work room."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    context = {"work": work, "states": tool_states(work, request.user), "budget": budget_of(work)}
    return render(request, "generation/tools_panel.html", context)
