"""Rubric lines as exact points: what a level is worth, and which level points belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion as it is marked.

    Attributes:
        most: Points for the best work.
        owner: Role of the teacher who marks it by default, "academic" or "mentor".
        shares: What each level is worth, 0 to 1, best first; empty for a criterion without levels.
    """

    slug: str
    most: Decimal
    owner: str
    shares: tuple[Decimal, ...] = ()


def to_points(value: Decimal) -> Decimal:
    """Round to hundredths of a point, half up, as marks are kept."""
    return value.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def level_points(line: Line) -> tuple[Decimal, ...]:
    """Points of each level, best first."""
    return tuple(to_points(line.most * share) for share in line.shares)


def level_of(line: Line, points: Decimal) -> int | None:
    """Index of the best level whose points are reached; None when even the last isn't, or there are none."""
    return next((index for index, worth in enumerate(level_points(line)) if points >= worth), None)


def is_allowed(line: Line, points: Decimal) -> bool:
    """Whether these are points the criterion can give: 0 to most, at most two decimals."""
    return points.is_finite() and ZERO <= points <= line.most and points == to_points(points)


def total_of(lines: Sequence[Line]) -> Decimal:
    """Points the whole rubric can give."""
    return sum((line.most for line in lines), ZERO)
