"""Engines: which there are, what licence they have, whether their folders are there."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, administrators_only, signed_in
from footage.problems import Problem
from generation import services
from generation.backends import presence
from generation.backends.base import EngineSpec
from generation.domain.tools import TOOLS
from generation.models import Engine
from generation.permissions import can_see_engines
from generation.queries import engines_visible_to, spec_of
from ui.errors import require


@dataclass(frozen=True, slots=True)
class EngineState:
    """An engine with the state of its folder or program: `problem` is None when it can be loaded."""

    engine: Engine
    tools: list[str]
    size_bytes: int
    problem: Problem | None

    @property
    def sentence(self) -> str:
        return _(self.problem.template) % self.problem.params if self.problem else ""


@signed_in
@require_safe
def engine_list(request: PersonRequest) -> HttpResponse:
    require(can_see_engines(request.user))
    states = [engine_state(engine) for engine in engines_visible_to(request.user)]
    return render(request, "generation/engine_list.html", {"states": states})


def engine_state(engine: Engine) -> EngineState:
    spec = spec_of(engine)
    problem = _problem_of(spec)
    tools = [_(TOOLS[slug].title) for slug in engine.tools if slug in TOOLS]
    return EngineState(engine, tools, 0 if problem else presence.bytes_of(spec), problem)


def _problem_of(spec: EngineSpec) -> Problem | None:
    try:
        presence.check_engine(spec)
    except Problem as problem:
        return problem
    return None


@administrators_only
@require_POST
def engine_check(request: PersonRequest, slug: str) -> HttpResponse:
    """Fingerprint the engine's folder once more, after a model was copied there."""
    engine = services.refresh_revision(engine=get_object_or_404(Engine, slug=slug))
    messages.success(request, _("The folder of %(engine)s was read again.") % {"engine": engine.title})
    return redirect("generation:engine_list")


@administrators_only
@require_POST
def engine_switch(request: PersonRequest, slug: str) -> HttpResponse:
    """Switch the engine on or off; jobs that wait for it still run."""
    services.switch_engine(engine=get_object_or_404(Engine, slug=slug), is_enabled="on" in request.POST)
    return redirect("generation:engine_list")
