"""Engines as a school may use them: what their licences say here, and how they are called."""

from __future__ import annotations

from django.conf import settings

from footage.problems import Problem
from generation.domain.licensing import School, read_conditions, refusal
from generation.domain.tools import Tool
from generation.models import Engine


def school_now() -> School:
    """Return what the school says of itself to licensors. Outputs are always marked: sealing does it."""
    revenue = settings.SCHOOL_REVENUE_USD
    return School(
        territory=settings.SCHOOL_TERRITORY,
        revenue_usd=revenue if revenue >= 0 else None,
        use=settings.SCHOOL_USE,
        has_filter=bool(settings.SAFETY_GATES),
    )


def licence_refusal(engine: Engine) -> Problem | None:
    """Return why the engine's licence doesn't let it run here; None when it does."""
    try:
        return refusal(read_conditions(engine.conditions), school_now())
    except Problem as unreadable:
        return unreadable


def require_licence(engine: Engine) -> None:
    """Refuse a run that the engine's licence doesn't allow here.

    Raises:
        Problem: with the reason.
    """
    reason = licence_refusal(engine)
    if reason:
        raise reason


def refused_engines_for(tool: Tool) -> list[tuple[Engine, Problem]]:
    """Engines that are switched on and would serve the tool, were it not for their licence, each with the reason."""
    engines = Engine.objects.filter(is_enabled=True).order_by("position", "pk")
    reasons = [(engine, licence_refusal(engine)) for engine in engines if tool.served_as in engine.tools]
    return [(engine, reason) for engine, reason in reasons if reason]
