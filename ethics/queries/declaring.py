"""Reads: what a crew declared of a cut, and how that stands to what was traced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from assignments.models import Cut
from ethics.domain.declaring import Agreement, Difference, Made, Part, compare, seconds_by
from ethics.domain.segments import Segment, exact
from ethics.domain.stored import segments_of
from ethics.models import Assessment, Declaration
from ethics.queries.admissions import admitted_in

PICTURE = "picture"
Shot = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Declared:
    """What a crew says laid beside an assessment.

    Attributes:
        declaration: The standing one; None where the crew has only admitted single stretches or files.
        differences: Every stretch that counts, in the order of the film.
        seconds: Of each agreement.
    """

    declaration: Declaration | None
    differences: list[Difference]
    seconds: dict[Agreement, Fraction]

    @property
    def disagreements(self) -> list[Difference]:
        return [one for one in self.differences if one.agreement is not Agreement.AGREES]


def declarations_of(cut: Cut) -> QuerySet[Declaration]:
    """Declarations of a cut, newest first."""
    return Declaration.objects.filter(cut=cut).select_related("created_by").order_by("-number")


def latest_declaration(cut: Cut) -> Declaration | None:
    return declarations_of(cut).first()


def parts_of(declaration: Declaration) -> list[Part]:
    return [_part(one) for one in declaration.parts]


def declared_beside(assessment: Assessment, declaration: Declaration | None) -> Declared | None:
    """Lay a declaration and what is admitted beside the picture of a finished assessment; None without either.

    Where both speak, the declaration counts.
    """
    if not assessment.document:
        return None
    segments = segments_of(assessment.document, PICTURE)
    parts = _admitted_parts(assessment.cut, segments) + (parts_of(declaration) if declaration else [])
    if not parts and declaration is None:
        return None
    found = compare(segments, parts)
    return Declared(declaration, found, seconds_by(found))


def _admitted_parts(cut: Cut, segments: Sequence[Segment]) -> list[Part]:
    """What stands admitted of the picture: stretches, and wherever an admitted file was traced."""
    parts: list[Part] = []
    for one in admitted_in(cut):
        made = Made.MIXED if one.is_part else Made.AI
        if one.source:
            shown = [part for part in segments if any(use.id == one.source for use in part.sources)]
            parts += [Part(segment.start, segment.end, made, one.tool) for segment in shown]
        elif one.plane == PICTURE and one.start < one.end:
            parts.append(Part(one.start, one.end, made, one.tool))
    return parts


def shots_of(document: Mapping[str, Any]) -> list[Shot]:
    """The shots of a measured film between its cut points, as half-open exact seconds."""
    end = exact(document["film"]["duration"])
    cuts = sorted({exact(cut) for cut in document["film"].get("cuts", ()) if 0 < exact(cut) < end})
    return list(pairwise([Fraction(0), *cuts, end])) if end else []


def _part(one: Mapping[str, Any]) -> Part:
    return Part(
        Fraction(one["start"]), Fraction(one["end"]), Made(one["made"]), one.get("tool", ""), one.get("words", "")
    )  # fmt: skip
