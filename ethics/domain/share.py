"""The AI share of a plane: an interval from what is proven AI to what is not proven human (MEASURE §1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ethics.domain.segments import NOTHING, ZERO, Interval, Segment, State

DROPPED_PART = Fraction(1, 10)
"""The robust share drops this part of the human runtime."""


@dataclass(frozen=True, slots=True)
class Share:
    """The share of one plane.

    Attributes:
        share: From proven AI to not proven human.
        robust: Proven AI after the tenth of the human runtime with the least information is dropped, [0, 1].
        active: Seconds that count.
        neutral: Seconds that don't.
    """

    share: Interval
    robust: Fraction
    active: Fraction
    neutral: Fraction


def share_of(segments: Sequence[Segment]) -> Share:
    """Weigh the segments of one plane. Without anything that counts the share is [0, 0]."""
    active = sum((segment.weight for segment in segments), ZERO)
    neutral = sum((segment.seconds - segment.weight for segment in segments), ZERO)
    low = sum((segment.weight * segment.alpha.low for segment in segments), ZERO)
    high = sum((segment.weight * segment.alpha.high for segment in segments), ZERO)
    share = Interval(low / active, high / active) if active else NOTHING
    return Share(share=share, robust=_robust(segments, low, active), active=active, neutral=neutral)


def _robust(segments: Sequence[Segment], low: Fraction, active: Fraction) -> Fraction:
    human = sum((segment.weight for segment in segments if segment.state is State.HUMAN), ZERO)
    kept = active - human * DROPPED_PART
    return low / kept if kept else ZERO


def least_informative(segments: Iterable[Segment]) -> list[tuple[Fraction, Fraction]]:
    """The stretches that the robust share drops, least information first, as half-open seconds."""
    human = sorted(
        (segment for segment in segments if segment.state is State.HUMAN),
        key=lambda segment: (segment.information, segment.start),
    )
    left = sum((segment.seconds for segment in human), ZERO) * DROPPED_PART
    dropped: list[tuple[Fraction, Fraction]] = []
    for segment in human:
        if left <= 0:
            break
        seconds = min(left, segment.seconds)
        dropped.append((segment.start, segment.start + seconds))
        left -= seconds
    return dropped
