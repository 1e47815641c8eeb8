"""The waterfall of the human creative intervention degree.

Terms are steps from 0 to 100, each with what it rests on and what would raise it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import formats
from .formats import Number, exact

TERMS: dict[str, tuple[str | Promise, str | Promise]] = {
    "P": (
        gettext_lazy("Picture origin and control"),
        gettext_lazy(
            "Shoot it, or feed your own footage, drawing or pose into the tool and rework what comes out."
        ),
    ),
    "E": (
        gettext_lazy("Edit and arrangement"),
        gettext_lazy(
            "Cut again: more takes to choose from, versions that differ, work between sound and picture."
        ),
    ),
    "S": (
        gettext_lazy("Story and script"),
        gettext_lazy("Write in the script editor, where the record shows which words are yours."),
    ),
    "A": (
        gettext_lazy("Sound and performance"),
        gettext_lazy("Record voices, sound and music yourselves and upload the originals."),
    ),
    "R": (
        gettext_lazy("Reflection"),
        gettext_lazy("Keep the decision log and talk the teacher through your choices."),
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One term, drawn from what the terms before have proven: solid to its lower bound, then lighter.

    Attributes:
        x, solid, open: Places and widths in points = per cent of the scale.
        points: "18–24", of at most `most`.
    """

    letter: str
    label: str | Promise
    x: float
    solid: float
    open: float
    points: str
    most: str
    evidence: tuple[str, ...]
    raising: str
    is_judged: bool

    @property
    def end(self) -> float:
        """Where the solid part ends."""
        return round(self.x + self.solid, 3)


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All steps and the sum they end in, both from 0 to 100."""

    steps: tuple[Step, ...]
    lo: float
    open: float
    total: str


def _points(lo: Fraction, hi: Fraction) -> str:
    low, high = formats.one_decimal(lo), formats.one_decimal(hi)
    return low if low == high else f"{low}{formats.EN_DASH}{high}"


def _evidence(term: Mapping[str, Any]) -> tuple[str, ...]:
    if term.get("evidence"):
        given = term["evidence"]
        return (given,) if isinstance(given, str) else tuple(str(item) for item in given)
    return tuple(_source_words(source) for source in term.get("sources", []))


def _source_words(source: Any) -> str:
    if not isinstance(source, Mapping):
        return str(source)
    words = [str(source.get("note") or source.get("id") or source.get("kind") or "")]
    if source.get("share") is not None:
        words.append(_("%(share)s of the film") % {"share": _share(source["share"])})
    return ", ".join(word for word in words if word)


def _share(value: Number | Sequence[Number]) -> str:
    return formats.share_interval(*value) if isinstance(value, list | tuple) else formats.percent(value)  # type: ignore[arg-type]


def _step(letter: str, term: Mapping[str, Any] | None, *, weight: Fraction, before: Fraction) -> Step:
    label, raising = TERMS[letter]
    value = (term or {}).get("value")
    lo, hi = (exact(bound) * weight * 100 for bound in value) if value else (Fraction(0), Fraction(0))
    return Step(
        letter=letter,
        label=label,
        x=round(float(before), 3),
        solid=round(float(lo), 3),
        open=round(float(hi - lo), 3),
        points=_points(lo, hi) if value else "",
        most=formats.one_decimal(weight * 100),
        evidence=_evidence(term or {}),
        raising="" if value and exact(value[0]) == 1 else str((term or {}).get("raise") or raising),
        is_judged=value is not None and weight > 0,
    )


def waterfall(hcid: Mapping[str, Any]) -> Waterfall:
    """Lay out the `hcid` part of an assessment (MEASURE §4, §10).

    A term without a value had nothing to judge: its weight goes to the others in proportion.
    """
    terms: Mapping[str, Any] = hcid["terms"]
    weights = {letter: exact(hcid["weights"].get(letter, 0)) for letter in TERMS}
    judged = sum((weights[letter] for letter in TERMS if (terms.get(letter) or {}).get("value")), Fraction(0))
    steps: list[Step] = []
    before = Fraction(0)
    for letter in TERMS:
        has_value = bool((terms.get(letter) or {}).get("value"))
        weight = weights[letter] / judged if has_value and judged else Fraction(0)
        steps.append(_step(letter, terms.get(letter), weight=weight, before=before))
        before += exact(terms[letter]["value"][0]) * weight * 100 if has_value else 0
    lo, hi = (exact(bound) for bound in hcid["value"])
    return Waterfall(tuple(steps), round(float(lo), 3), round(float(hi - lo), 3), _points(lo, hi))
