"""The tool page: a director's words at the left, the picture in the middle, what was made so far below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.models import Media, Work
from assignments.queries import works_visible_to
from generation import services
from generation.domain.comparison import typed
from generation.domain.tools import LAB, TOOLS, Tool
from generation.forms import PeopleField, ToolForm
from generation.models import Engine, Job
from generation.permissions import can_generate
from generation.queries import (
    ToolState,
    budget_of,
    candidates_of,
    engines_for,
    history_of,
    jobs_visible_to,
    material,
    materials_of,
    refused_engines_for,
    tool_states,
)
from generation.queries.safety import answer_of, people_to_ask_about
from generation.templatetags.generating import job_address, module_facts
from generation.views.history import uuid_or_none
from generation.views.quoting import Quote, count_of, quote_of
from ui.errors import Refused

HISTORY_LENGTH = 24
MATERIALS_LENGTH = 60
COUNTS = (1, 2, 4)
"""How many candidates may be asked for at once."""


@dataclass(frozen=True, slots=True)
class ModuleTools:
    """The tools of one module, as a group of the page's tool bar; what the brief bars is folded away."""

    slug: str
    title: str
    icon: str
    states: list[ToolState]
    current: Tool

    @property
    def shown(self) -> list[ToolState]:
        return [state for state in self.states if state.is_allowed or state.tool == self.current]

    @property
    def barred(self) -> list[ToolState]:
        return [state for state in self.states if not state.is_allowed and state.tool != self.current]

    @property
    def first(self) -> ToolState:
        """The tool the module's tab leads to: the first that is open."""
        return next((state for state in self.states if state.is_open), self.states[0])


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tool(request: PersonRequest, uuid: UUID, slug: str) -> HttpResponse:
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    chosen = TOOLS.get(slug)
    if chosen is None:
        raise Http404
    if chosen.slug == LAB:
        return redirect("generation:lab", work.brief.module.course.uuid)
    job = _named_job(request, "job", work=work)
    form = _form(request, chosen, work=work, job=job)
    if request.method != "POST":
        return _page(request, work=work, form=form, job=job)
    asked = _requested(request, form, work=work) if form.is_valid() else None
    if asked is None:
        return _page(request, work=work, form=form, job=job, status=422)
    return redirect(job_address(asked))


def _form(request: PersonRequest, chosen: Tool, *, work: Work, job: Job | None) -> ToolForm:
    is_sent = request.method == "POST"
    initial = {} if is_sent else _initial(request, chosen, job, work=work)
    materials = _materials(work, chosen, named=_named_media(chosen, request.POST if is_sent else initial))
    sources = {
        uuid: media for uuid, media in materials.items() if material(media).kind in chosen.source_kinds
    }
    engines = engines_for(chosen)
    return ToolForm(
        request.POST if is_sent else None, tool=chosen, engines=engines, materials=materials,
        sources=sources if chosen.needs_source else {},
        people=people_to_ask_about(chosen, work, engines=engines, today=timezone.localdate()), initial=initial,
    )  # fmt: skip


def _materials(work: Work, chosen: Tool, *, named: set[UUID]) -> dict[str, Media]:
    """What the tool may use: the newest of the work's media, and older ones that are named."""
    if not (chosen.needs_source or chosen.media):
        return {}
    usable = materials_of(work).select_related("output__job")
    found = list(usable[:MATERIALS_LENGTH])
    older = named - {media.uuid for media in found}
    found += usable.filter(uuid__in=older) if older else []
    return {str(media.uuid): media for media in found}


def _named_media(chosen: Tool, asked: Mapping[str, Any]) -> set[UUID]:
    """The media that a form names as it was sent, or as it opens."""
    words: list[str] = [str(asked.get("source") or "")]
    for name in (each.field for each in chosen.media):
        words += asked.getlist(name) if isinstance(asked, QueryDict) else asked.get(name, [])
    return {uuid for word in words if (uuid := uuid_or_none(word))}


def _requested(request: PersonRequest, form: ToolForm, *, work: Work) -> Job | None:
    """Ask for the candidates and return the first; a refusal is shown above the form, with everything typed in it."""
    given = {**form.cleaned_data}
    asked: dict[str, Any] = {
        "source": given.pop("source"), "engine": given.pop("engine", ""), "media": given.pop("media", {}),
        "releases": given.pop("people", None),
    }  # fmt: skip
    try:
        jobs = services.request_candidates(
            count=count_of(request.POST.get("count", "")), work=work, tool=form.tool.slug, inputs=given,
            by=request.user, now=timezone.now(), **asked,
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return None
    return jobs[0]


def _initial(request: PersonRequest, chosen: Tool, job: Job | None, *, work: Work) -> dict[str, Any]:
    """Begin with the words of the job that is shown, or of the one whose words are wanted, or with the address."""
    told = job or _named_job(request, "words")
    asked = typed(told.request) if told else dict(request.GET.items())
    names = {item.slug for item in chosen.inputs} - {"seed"}
    initial = {name: asked[name] for name in names if name in asked}
    source = told.source.uuid if told and told.source else request.GET.get("source", "")
    people = _people_named(told) if told and told.work_id == work.pk else []
    return {
        **_media_named(request, chosen, job), **_look_of(told), **initial, "source": str(source), "people": people,
    }  # fmt: skip


def _look_of(job: Job | None) -> dict[str, Any]:
    """The first look that a job's engine wore."""
    worn = job.request.get("adapters") if job else None
    if not (job and worn):
        return {}
    return {"adapter": f"{job.engine.slug}/{worn[0]['slug']}", "adapter_weight": worn[0]["weight"]}


def _people_named(job: Job) -> list[str]:
    """Who was shown or heard in the job that is begun from, as the form names them."""
    answer = answer_of(job)
    return [str(release.uuid) for release in answer] or [PeopleField.NOBODY] if answer is not None else []


def _media_named(request: PersonRequest, chosen: Tool, job: Job | None) -> dict[str, list[str]]:
    """What further media begin as: those of the job that is shown, or those the address names."""
    found = {each.field: request.GET.getlist(each.field) for each in chosen.media}
    for used in job.media_used.select_related("media") if job else ():
        found.setdefault(f"media-{used.use}", []).append(str(used.media.uuid))
    return found


def _named_job(request: PersonRequest, name: str, *, work: Work | None = None) -> Job | None:
    """Return the job that the address names, of this work or of any the person may see."""
    wanted = uuid_or_none(request.GET.get(name, ""))
    if wanted is None:
        return None
    jobs = history_of(work) if work else jobs_visible_to(request.user)
    return jobs.select_related("source").filter(uuid=wanted).first()


def _page(
    request: PersonRequest, *, work: Work, form: ToolForm, job: Job | None = None, status: int = 200
) -> HttpResponse:
    tool = form.tool
    states = tool_states(work, request.user)
    state = next(each for each in states if each.tool == tool)
    context = {
        "work": work,
        "tool": tool,
        "modules": _by_module(states, tool),
        "state": state,
        "form": form,
        "sources": list(form.sources.values()),
        "chosen_source": str(form["source"].value() or ""),
        "engine": state.engine,
        "barred": [] if state.engine else _barred(tool),
        "budget": budget_of(work),
        "counts": COUNTS if any(item.slug == "seed" for item in tool.inputs) else (),
        "count": count_of(request.POST.get("count", "")),
        "quote": _quote(request, form, work=work, engine=state.engine),
        "history": list(history_of(work)[:HISTORY_LENGTH]),
        "job": job,
        "candidates": list(candidates_of(job)) if job else [],
        "may_generate": can_generate(request.user, work),
    }
    return render(request, "generation/tool.html", context, status=status)


def _barred(tool: Tool) -> list[tuple[Engine, dict[str, Any]]]:
    """Engines that would serve the tool, were it not for their licence, each with the reason."""
    refused = refused_engines_for(tool)
    return [(engine, {"template": reason.template, "params": reason.params}) for engine, reason in refused]


def _by_module(states: list[ToolState], current: Tool) -> list[ModuleTools]:
    groups: dict[str, list[ToolState]] = {}
    for state in states:
        groups.setdefault(state.tool.module, []).append(state)
    return [ModuleTools(slug, *module_facts(slug), found, current) for slug, found in groups.items()]


def _quote(request: PersonRequest, form: ToolForm, *, work: Work, engine: Engine | None) -> Quote | None:
    """The price and wait of the form as it opens; it is asked again while the form is filled in."""
    if engine is None:
        return None
    asked: Mapping[str, Any] = {item.slug: form[item.slug].value() for item in form.tool.inputs}
    count = count_of(request.POST.get("count", ""))
    return quote_of(work=work, tool=form.tool, engine=engine, asked=asked, count=count, user=request.user)


@signed_in
@require_safe
def tools_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The tools of a work as links with their locks, for the work room."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    context = {"work": work, "states": tool_states(work, request.user), "budget": budget_of(work)}
    return render(request, "generation/tools_panel.html", context)
