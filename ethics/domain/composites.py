"""Composites that the platform itself put together: which file is the plate, and how much of the frame it fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ethics.domain.segments import Interval, exact, interval

EVEN, UNEVEN = Fraction(1, 20), Fraction(3, 20)
"""How far the share of a stretch may lie from the mean of the whole composite: of nearly all of it, and of a part."""

NEARLY_ALL = Fraction(4, 5)


@dataclass(frozen=True, slots=True)
class Composite:
    """A subject set over a plate.

    Attributes:
        plate: SHA-256 of the plate's file, hex.
        subject: SHA-256 of the subject's file, hex.
        plate_share: Mean share of the frame that the plate fills, [0, 1].
    """

    plate: str
    subject: str
    plate_share: Fraction


def composite_of(recipe: Mapping[str, Any]) -> Composite | None:
    """What the recipe of an output says of its plate; None when it is no composite or does not say."""
    share = (recipe.get("machine") or {}).get("plate_share")
    plates = (recipe.get("media_sha256") or {}).get("plate")
    subject = recipe.get("source_sha256")
    if share is None or not plates or not subject:
        return None
    return Composite(
        plate=plates[0], subject=subject, plate_share=min(Fraction(1), max(Fraction(0), exact(share)))
    )


def plate_area(composite: Composite, *, used: Fraction, length: Fraction) -> Interval:
    """Share of the frame that the plate fills in a stretch.

    Args:
        used: Seconds of the composite that the stretch shows.
        length: Seconds of the whole composite.
    """
    spread = EVEN if used >= NEARLY_ALL * length else UNEVEN
    return interval(
        max(Fraction(0), composite.plate_share - spread), min(Fraction(1), composite.plate_share + spread)
    )


def weighed(area: Interval, inside: Interval, outside: Interval) -> Interval:
    """AI fraction of a frame of which one part has one fraction and the rest another."""
    sums = [
        [end * one + (1 - end) * other for end in (area.low, area.high)]
        for one, other in ((inside.low, outside.low), (inside.high, outside.high))
    ]
    return Interval(min(sums[0]), max(sums[1]))
