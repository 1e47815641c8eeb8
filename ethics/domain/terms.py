"""What a term of the human creative intervention degree is made of (MEASURE §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ethics.domain.segments import ONE, ZERO, Interval, exact


@dataclass(frozen=True, slots=True)
class SourcePart:
    """One source's part in P: `time` share of the active runtime, `score` s, and their product `points`.

    Attributes:
        factors: The five x as far as records of grade 2 prove them, [0, 1].
        most: The same with weaker records.
        led: What of the proven points comes from leading and reworking an engine; the rest is people's own picture.
    """

    id: str
    kind: str
    time: Fraction
    score: Interval
    points: Interval
    factors: Mapping[str, Fraction] = field(default_factory=dict)
    most: Mapping[str, Fraction] = field(default_factory=dict)
    led: Fraction = ZERO


@dataclass(frozen=True, slots=True)
class Term:
    """One of P, E, S, A, R with what it is made of."""

    name: str
    value: Interval
    sources: tuple[SourcePart, ...] = ()
    parts: Mapping[str, Interval] = field(default_factory=dict)


def saturating(count: int, *, to_half: int) -> Fraction:
    """1 - 2^(-count / to_half): each further step adds less."""
    return exact(1 - 2 ** (-max(0, count) / to_half))


def bounded(value: float | Fraction) -> Fraction:
    """A measured number cut to [0, 1], with at most six decimals."""
    return min(ONE, max(ZERO, exact(value)))
