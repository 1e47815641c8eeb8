"""Engines: which there are, what their licences allow here, whether they are there; remote ones are added by form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, administrators_only, signed_in
from footage.problems import Problem
from generation.backends import presence, remote_checks
from generation.backends.base import Breakdown, EngineSpec
from generation.backends.catalogue import Entry, catalogue
from generation.domain.licensing import Conditions, read_conditions, refusal
from generation.domain.remote import host_of
from generation.domain.tools import TOOLS
from generation.forms.engines import RemoteEngineForm
from generation.models import Adapter, Engine
from generation.permissions import can_see_engines
from generation.queries import engines_visible_to, licence_refusal, spec_of
from generation.queries.engines import school_now
from generation.services import engines as services
from ui.errors import Refused, require


@dataclass(frozen=True, slots=True)
class EngineState:
    """An engine as the page shows it.

    Attributes:
        problem: Why it can't be loaded; None when it can.
        refused: Why its licence doesn't let it run here; None when it does.
        conditions: What its licence asks, in words.
        host: Where a remote one is.
    """

    engine: Engine
    tools: list[str]
    size_bytes: int
    problem: Problem | None
    refused: Problem | None
    conditions: list[str]
    adapters: list[Adapter]
    host: str

    @property
    def sentence(self) -> str:
        return _said(self.problem)

    @property
    def refused_sentence(self) -> str:
        return _said(self.refused)


@dataclass(frozen=True, slots=True)
class Offer:
    """A model of the catalogue that isn't here yet."""

    entry: Entry
    tools: list[str]
    refused: str
    conditions: list[str]


@signed_in
@require_safe
def engine_list(request: PersonRequest) -> HttpResponse:
    require(can_see_engines(request.user))
    engines = engines_visible_to(request.user).prefetch_related("adapters")
    states = [engine_state(engine) for engine in engines]
    return render(request, "generation/engine_list.html", {"states": states, "offers": _offers(states)})


def engine_state(engine: Engine) -> EngineState:
    spec = spec_of(engine)
    problem = _problem_of(spec)
    return EngineState(
        engine=engine,
        tools=_titles(engine.tools),
        size_bytes=0 if problem else presence.bytes_of(spec),
        problem=problem,
        refused=licence_refusal(engine),
        conditions=condition_words(engine.conditions),
        adapters=list(engine.adapters.all()),
        host=host_of(engine.url),
    )


def condition_words(raw: Mapping[str, Any]) -> list[str]:
    """Say what a licence asks; nothing where it can't be read, which the refusal tells."""
    try:
        conditions = read_conditions(raw)
    except Problem:
        return []
    return [words for words in _words_of(conditions) if words]


def _words_of(conditions: Conditions) -> list[str]:
    excluded, ceiling = "/".join(conditions.territories_excluded), conditions.revenue_ceiling_usd
    return [
        _("not in %(territories)s") % {"territories": excluded} if excluded else "",
        _("free up to %(ceiling)s US dollars a year") % {"ceiling": f"{ceiling:,}"} if ceiling else "",
        _("no commercial use") if conditions.non_commercial else "",
        _("needs a safety gate") if conditions.needs_filter else "",
        _("needs the AI label") if conditions.needs_marking else "",
    ]


def _offers(states: list[EngineState]) -> list[Offer]:
    here = {state.engine.slug for state in states}
    return [_offer(entry) for entry in catalogue() if entry.slug not in here]


def _offer(entry: Entry) -> Offer:
    reason = refusal(read_conditions(entry.conditions), school_now())
    return Offer(entry, _titles(entry.tools), _said(reason), condition_words(entry.conditions))


def _titles(tools: list[str] | tuple[str, ...]) -> list[str]:
    return [_(TOOLS[slug].title) for slug in tools if slug in TOOLS]


def _said(problem: Problem | None) -> str:
    return _(problem.template) % problem.params if problem else ""


def _problem_of(spec: EngineSpec) -> Problem | None:
    try:
        presence.check_engine(spec)
    except Problem as problem:
        return problem
    return None


@administrators_only
@require_POST
def engine_check(request: PersonRequest, slug: str) -> HttpResponse:
    """Fingerprint the engine's folder once more, or ask a remote engine whether it is there."""
    engine = services.refresh_revision(engine=get_object_or_404(Engine, slug=slug))
    if engine.url:
        _tell_whether_there(request, engine)
    else:
        messages.success(request, _("The folder of %(engine)s was read again.") % {"engine": engine.title})
    return redirect("generation:engine_list")


def _tell_whether_there(request: PersonRequest, engine: Engine) -> None:
    try:
        remote_checks.ask_whether_there(spec_of(engine))
    except Problem as problem:
        messages.error(request, _said(problem))
    except Breakdown as fault:
        words = _("%(engine)s doesn’t answer: %(reason)s") % {"engine": engine.title, "reason": fault}
        messages.error(request, words)
    else:
        messages.success(request, _("%(engine)s answers.") % {"engine": engine.title})


@administrators_only
@require_POST
def engine_switch(request: PersonRequest, slug: str) -> HttpResponse:
    """Switch the engine on or off; jobs that wait for it still run."""
    services.switch_engine(engine=get_object_or_404(Engine, slug=slug), is_enabled="on" in request.POST)
    return redirect("generation:engine_list")


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def engine_add(request: PersonRequest) -> HttpResponse:
    """Add a remote engine."""
    return _remote_form(request, None)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def engine_edit(request: PersonRequest, slug: str) -> HttpResponse:
    """Change a remote engine; its key is kept unless another one is typed."""
    return _remote_form(request, get_object_or_404(Engine.objects.exclude(url=""), slug=slug))


def _remote_form(request: PersonRequest, engine: Engine | None) -> HttpResponse:
    is_sent = request.method == "POST"
    form = (
        RemoteEngineForm(request.POST, request.FILES, engine=engine)
        if is_sent
        else RemoteEngineForm(engine=engine)
    )
    if is_sent and form.is_valid() and _is_written(form):
        messages.success(request, _("%(engine)s is set up.") % {"engine": form.cleaned_data["title_en"]})
        return redirect("generation:engine_list")
    return render(
        request,
        "generation/engine_remote.html",
        {"form": form, "engine": engine},
        status=422 if is_sent else 200,
    )


def _is_written(form: RemoteEngineForm) -> bool:
    if form.engine is None and Engine.objects.filter(slug=form.engine_slug).exists():
        form.add_error("slug", _("There is an engine of this short name already."))
        return False
    try:
        services.write_remote(slug=form.engine_slug, facts=form.facts, secret=form.typed_secret)
    except Refused as refused:
        form.add_error(None, str(refused.sentence))
        return False
    return True
