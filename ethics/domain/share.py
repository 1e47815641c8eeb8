"""The AI share of a plane: an interval from what is proven AI to what is not proven human (MEASURE §1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ethics.domain.segments import NOTHING, ZERO, Interval, Segment, State

DROPPED_PART = Fraction(1, 10)
"""The robust share drops at most this part of the human runtime."""

MOST_LOOSE = 4
"""A loose border moves by no more than one part in so many of what lies before and after it."""

DULL_PART = Fraction(1, 4)
"""Human seconds count as dull below this part of the film's median information."""


@dataclass(frozen=True, slots=True)
class Share:
    """The share of one plane.

    Attributes:
        share: From proven AI to not proven human.
        robust: Proven AI after dull human seconds, a tenth of the human runtime at most, are dropped, [0, 1].
        active: Seconds that count.
        neutral: Seconds that don't.
    """

    share: Interval
    robust: Fraction
    active: Fraction
    neutral: Fraction


def share_of(segments: Sequence[Segment]) -> Share:
    """Weigh the segments of one plane. Without anything that counts the share is [0, 0].

    A border that is loose counts where it is least, and then most, in favour of AI (docs/decisions/0014).
    """
    active = sum((segment.weight for segment in segments), ZERO)
    neutral = sum((segment.seconds - segment.weight for segment in segments), ZERO)
    low = sum((segment.weight * segment.alpha.low for segment in segments), ZERO)
    share = Interval(_least(segments), _most(segments)) if active else NOTHING
    kept = active - sum((end - start for start, end in dull_seconds(segments)), ZERO)
    robust = low / kept if kept else ZERO
    return Share(share=share, robust=robust, active=active, neutral=neutral)


def _least(segments: Sequence[Segment]) -> Fraction:
    return _mean(segments, [segment.alpha.low for segment in segments], sign=-1)


def _most(segments: Sequence[Segment]) -> Fraction:
    return _mean(segments, [segment.alpha.high for segment in segments], sign=1)


def _mean(segments: Sequence[Segment], fractions: Sequence[Fraction], *, sign: int) -> Fraction:
    """The weighed mean of fractions, loose borders where they make it least (-1) or most (1).

    Every border moves the way that favours the mean found so far, until none moves any more (Dinkelbach 1967).
    """
    counts = [int(segment.state is not State.NEUTRAL) for segment in segments]
    whole = sum((segment.weight for segment in segments), ZERO)
    total = sum((segment.weight * part for segment, part in zip(segments, fractions, strict=True)), ZERO)
    mean, before = total / whole, None
    while mean != before:
        before, moved, weight = mean, total, whole
        for at, slack in _slacks(segments):
            counted, gone = counts[at - 1], counts[at]
            gain = counted * (fractions[at - 1] - mean) - gone * (fractions[at] - mean)
            later = slack if sign * gain > 0 else -slack
            moved += later * (counted * fractions[at - 1] - gone * fractions[at])
            weight += later * (counted - gone)
        mean = moved / weight
    return mean


def _slacks(segments: Sequence[Segment]) -> list[tuple[int, Fraction]]:
    """Loose borders: the number of the segment after each, and the seconds by which it may move either way."""
    return [
        (at, min(after.loose, before.seconds / MOST_LOOSE, after.seconds / MOST_LOOSE))
        for at, (before, after) in enumerate(pairwise(segments), start=1)
        if after.loose and before.end == after.start
    ]


def dull_seconds(segments: Sequence[Segment]) -> list[tuple[Fraction, Fraction]]:
    """The stretches that the robust share drops, least information first, as half-open seconds.

    Human seconds that hold less than a quarter of what half of the film holds, up to a tenth of all human seconds. A
    film without padding drops nothing, and its robust share is its share (docs/decisions/0002).
    """
    human = [segment for segment in segments if segment.state is State.HUMAN]
    left = sum((segment.seconds for segment in human), ZERO) * DROPPED_PART
    bound = DULL_PART * _median_information(segments)
    dropped: list[tuple[Fraction, Fraction]] = []
    for segment in sorted(human, key=lambda segment: (segment.information, segment.start)):
        if left <= 0 or segment.information >= bound:
            break
        seconds = min(left, segment.seconds)
        dropped.append((segment.start, segment.start + seconds))
        left -= seconds
    return dropped


def _median_information(segments: Iterable[Segment]) -> Fraction:
    """The information that half of the seconds that count don't exceed; 0 when none count."""
    counted = sorted((segment.information, segment.weight) for segment in segments if segment.weight)
    half, passed = sum((weight for _, weight in counted), ZERO) / 2, ZERO
    for information, weight in counted:
        passed += weight
        if passed >= half:
            return information
    return ZERO
