"""Alteration, the fifth x of P: how far a generated picture was worked on after it came out of the engine (MEASURE §4)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from ethics.domain.segments import ONE
from ethics.domain.terms import bounded

ALTERATIONS: Mapping[str, Fraction] = MappingProxyType(
    {
        "composite": Fraction(60, 100),
        "framing": Fraction(40, 100),
        "painting": Fraction(40, 100),
        "retiming": Fraction(30, 100),
        "turning": Fraction(15, 100),
    }
)
"""How much each kind of work counts when it is done thoroughly."""


def altered(parts: Mapping[str, float]) -> Fraction:
    """x from how thoroughly each kind of work was done, [0, 1] each: 1 - Π(1 - weight·part)."""
    rest = ONE
    for name, weight in ALTERATIONS.items():
        rest *= 1 - weight * bounded(parts.get(name, 0))
    return bounded(1 - rest)
