"""The share against the cap, and what to prove next (MEASURE §1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from ethics.domain.segments import ZERO, Interval, Segment, State
from ethics.domain.share import share_of


class Result(StrEnum):
    """How a share stands to its cap."""

    WITHIN = "within"
    OVER = "over"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Todo:
    """A stretch whose proof would lower the upper end.

    Attributes:
        why: Code: unknown, attached (human, but not proven well enough), partly (something lies over a rush), mixed,
            conflict.
        worth: By how much the upper end of the share would fall, [0, 1].
    """

    start: Fraction
    end: Fraction
    why: str
    worth: Fraction


@dataclass(frozen=True, slots=True)
class Verdict:
    """A plane judged by its cap.

    Attributes:
        todo: Largest worth first.
        enough: How many of them, from the first, bring the share within the cap; None when all don't.
    """

    plane: str
    cap: Fraction
    result: Result
    todo: tuple[Todo, ...]
    enough: int | None


def judged(share: Interval, cap: Fraction) -> Result:
    """Within when even the upper end keeps the cap, over when even the lower end breaks it, else open."""
    if share.high <= cap:
        return Result.WITHIN
    return Result.OVER if share.low > cap else Result.OPEN


def verdict_on(*, plane: str, segments: Sequence[Segment], cap: Fraction) -> Verdict:
    """Judge a plane and rank the stretches still to be proven."""
    measured = share_of(segments)
    todo = tuple(sorted(_todo(segments, measured.active), key=lambda item: (-item.worth, item.start)))
    return Verdict(
        plane=plane,
        cap=cap,
        result=judged(measured.share, cap),
        todo=todo,
        enough=_enough(todo, measured.share.high, cap),
    )


def _todo(segments: Sequence[Segment], active: Fraction) -> list[Todo]:
    found: list[Todo] = []
    for segment in segments:
        gain = _gain(segment)
        if not gain:
            continue
        item = Todo(segment.start, segment.end, _why(segment), gain / active)
        if found and found[-1].end == item.start and found[-1].why == item.why:
            item = Todo(found[-1].start, item.end, item.why, found[-1].worth + item.worth)
            found.pop()
        found.append(item)
    return found


def _gain(segment: Segment) -> Fraction:
    # A conflict always goes to a person, who may decide for human: all of it is at stake.
    stake = segment.alpha.high if segment.state is State.CONFLICT else segment.alpha.width
    return segment.weight * stake


def _why(segment: Segment) -> str:
    if segment.state is State.MIXED:
        return "mixed"
    if segment.state is State.CONFLICT:
        return "conflict"
    return segment.why if segment.why in {"attached", "partly"} else "unknown"


def _enough(todo: Sequence[Todo], high: Fraction, cap: Fraction) -> int | None:
    left = high
    for number, item in enumerate(todo):
        if left <= cap:
            return number
        left -= item.worth
    return len(todo) if left <= cap else None


def gap(share: Interval, robust: Fraction) -> Fraction:
    """How much padding may hide: robust share less proven share, at least 0. A flag, never a verdict."""
    return max(ZERO, robust - share.low)
