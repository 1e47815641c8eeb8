"""Small drawings of the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

from ethics.models import Assessment
from grading.queries.audit import AuditRow
from ui.components.formats import percent, share_interval

register = template.Library()
WIDTH, HEIGHT = 200.0, 36.0
TOP, BOTTOM = 3.0, 33.0
LEAST = 0.8
"""Units an interval is drawn wide at least, so that an exact share is seen."""


@dataclass(frozen=True, slots=True)
class Film:
    """One film's interval as a line; places in units of the drawing."""

    low: float
    high: float
    y: float
    verdict: str


@register.inclusion_tag("grading/distribution.html")
def distribution(row: AuditRow) -> dict[str, Any]:
    """`{% distribution row %}`: the share intervals of a brief's films over each other, and the cap."""
    measured = sorted(row.measured, key=lambda film: film.interval)
    step = (BOTTOM - TOP) / max(len(measured) - 1, 1)
    films = [
        Film(*_ends(film.interval), y=_place(index, step, len(measured)), verdict=film.assessment.verdict)
        for index, film in enumerate(measured)
        if film.assessment
    ]
    cap = float(row.brief.picture_cap)
    words = ", ".join(share_interval(*film.interval) for film in measured[:12])
    return {"films": films, "cap": round(cap * WIDTH, 2), "cap_words": percent(cap), "words": words}


def _ends(interval: Sequence[float]) -> tuple[float, float]:
    low, high = (end * WIDTH for end in interval)
    return round(low, 2), round(max(high, low + LEAST), 2)


def _place(index: int, step: float, count: int) -> float:
    return round(HEIGHT / 2 if count == 1 else TOP + index * step, 2)


@register.filter
def degrees(pair: Sequence[float] | None) -> str:
    """`{{ row.degree|degrees }}`: a mean degree, 0 to 100; a dash without any."""
    if pair is None:
        return "–"
    low, high = (round(end) for end in pair)
    return str(low) if low == high else f"{low}–{high}"


@register.filter
def degree_of(assessment: Assessment) -> str:
    """`{{ assessment|degree_of }}`: the degree of one film."""
    return degrees((assessment.hcid_low or 0.0, assessment.hcid_high or 0.0))
