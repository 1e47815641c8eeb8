"""Engines as a school may use them: what their licences say here, and which adapters may be put over them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from footage.problems import Problem, gettext_noop
from generation.backends.base import AdapterSpec
from generation.domain.licensing import School, read_conditions, refusal
from generation.domain.tools import Tool
from generation.models import Adapter, Engine, Job

ADAPTER_GONE = gettext_noop(
    "The look “%(adapter)s” was taken away or changed since this was asked for. Choose it anew."
)


def school_now() -> School:
    """Return what the school says of itself to licensors. Outputs are always marked: sealing does it."""
    revenue = settings.SCHOOL_REVENUE_USD
    return School(
        territory=settings.SCHOOL_TERRITORY,
        revenue_usd=revenue if revenue >= 0 else None,
        use="commercial" if settings.SCHOOL_USE == "commercial" else "teaching",
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


def adapters_over(engines: Iterable[Engine]) -> list[Adapter]:
    """Adapters that are switched on, over any of these engines."""
    found = Adapter.objects.filter(engine__in=list(engines), is_enabled=True)
    return list(found.select_related("engine").order_by("engine__position", "engine", "slug"))


def path_of(adapter: Adapter) -> Path:
    """Return an adapter's file: absolute, or under settings.ENGINES_DIR."""
    return Path(settings.ENGINES_DIR) / adapter.file


def adapters_of(job: Job) -> tuple[AdapterSpec, ...]:
    """Return the adapters a job asked for, as its engine takes them.

    Raises:
        Problem: One was taken away, switched off or changed since.
    """
    asked = job.request.get("adapters") or ()
    if not asked:
        return ()
    there = {each.slug: each for each in adapters_over([job.engine])}
    for each in asked:
        found = there.get(each["slug"])
        if found is None or found.sha256 != each["sha256"] or not path_of(found).is_file():
            raise Problem(ADAPTER_GONE, adapter=found.title if found else each["slug"])
    return tuple(
        AdapterSpec(each["slug"], path_of(there[each["slug"]]), each["sha256"], float(each["weight"]))
        for each in asked
    )
