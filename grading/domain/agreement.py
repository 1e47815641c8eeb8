"""Two markings, one mark: ownership, weights, the gap that asks for a third marker, the scale over the cap.

Rules, in this order:

1. A criterion marked by one teacher counts as marked.
2. A criterion marked by both counts `(1 - mentor_weight) · academic + mentor_weight · mentor`.
3. The mark is the sum, in hundredths of a point, half up.
4. Where the two differ by more than 15 points out of 100 on what both have marked, a third marker is
   suggested. Criteria that only one of them marked say nothing about agreement and are left out.
5. Where the brief scales marks over the cap and the film is over it, the mark is multiplied by
   `(1 - proven AI share) / (1 - cap)`: the human part the film can still have, against the human part the
   brief asked for. The proven share is the lower end of the interval, so nothing unproven costs a point. An
   open verdict scales nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from grading.domain.rubric import ZERO, Line, to_points

GAP_POINTS = Decimal(15)
"""Out of 100, on the criteria both have marked."""

Points = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class CriterionMark:
    """Where one criterion stands; `points` is None until somebody has marked it."""

    line: Line
    academic: Decimal | None
    mentor: Decimal | None
    points: Decimal | None

    @property
    def is_shared(self) -> bool:
        return self.academic is not None and self.mentor is not None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The mark of two markings.

    Attributes:
        total: Points of what is marked, before any scaling.
        most: Points the rubric can give.
        missing: Slugs of criteria nobody has marked.
        gap: Points out of 100 by which the teachers differ where both marked; None when nothing is shared.
        scale: Factor for being over the cap, 0 to 1; 1 when nothing is scaled.
        final: Total times scale.
    """

    criteria: tuple[CriterionMark, ...]
    total: Decimal
    most: Decimal
    missing: tuple[str, ...]
    gap: Decimal | None
    scale: Fraction
    final: Decimal

    @property
    def wants_third_marker(self) -> bool:
        return self.gap is not None and self.gap > GAP_POINTS

    @property
    def is_scaled(self) -> bool:
        return self.scale != 1


def agree(
    *,
    lines: Sequence[Line],
    academic: Points,
    mentor: Points,
    mentor_weight: Decimal,
    scale: Fraction = Fraction(1),
) -> Agreement:
    """Put two markings together; either may be empty. Weight and scale are 0 to 1."""
    criteria = tuple(
        _criterion(line, academic.get(line.slug), mentor.get(line.slug), mentor_weight) for line in lines
    )
    total = to_points(sum((mark.points for mark in criteria if mark.points is not None), ZERO))
    return Agreement(
        criteria=criteria,
        total=total,
        most=sum((line.most for line in lines), ZERO),
        missing=tuple(mark.line.slug for mark in criteria if mark.points is None),
        gap=gap_of(criteria),
        scale=scale,
        final=scaled(total, scale),
    )


def _criterion(
    line: Line, academic: Decimal | None, mentor: Decimal | None, mentor_weight: Decimal
) -> CriterionMark:
    if academic is None or mentor is None:
        return CriterionMark(line, academic, mentor, academic if mentor is None else mentor)
    return CriterionMark(line, academic, mentor, (1 - mentor_weight) * academic + mentor_weight * mentor)


def gap_of(criteria: Sequence[CriterionMark]) -> Decimal | None:
    """How far the two are apart on what both marked, in points out of 100, to a hundredth."""
    shared = [mark for mark in criteria if mark.is_shared]
    most = sum((mark.line.most for mark in shared), ZERO)
    if not most:
        return None
    apart = sum(((mark.academic or ZERO) - (mark.mentor or ZERO) for mark in shared), ZERO)
    return to_points(abs(apart) * 100 / most)


def scale_over_cap(*, proven: Fraction, cap: Fraction) -> Fraction:
    """Factor for a film whose proven AI share is over the cap; 1 at or under it. Shares 0 to 1."""
    return Fraction(1) if proven <= cap else (1 - proven) / (1 - cap)


def scaled(total: Decimal, scale: Fraction) -> Decimal:
    """Multiply exactly, then round to hundredths, half up."""
    exact = Fraction(total) * scale
    return to_points(Decimal(exact.numerator) / Decimal(exact.denominator))
