"""R, reflection: what the teacher made of the decision log and the talk about it (MEASURE §4)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ethics.domain.segments import ZERO, Interval
from ethics.domain.terms import Term

MOST_MARKS = 4
CRITERIA = ("reasons", "alternatives", "limits", "talk")
"""Gives reasons; names what was tried and rejected; knows what the tools could not do; stands by it in the talk."""


def reflection_term(marks: Mapping[str, int]) -> Term | None:
    """R from marks of 0 to 4 by criterion, all alike; criteria without a mark are left out, None without any."""
    parts = {name: Fraction(marks[name], MOST_MARKS) for name in CRITERIA if name in marks}
    if not parts:
        return None
    value = sum(parts.values(), ZERO) / len(parts)
    return Term("R", Interval(value, value), parts={name: Interval(one, one) for name, one in parts.items()})
