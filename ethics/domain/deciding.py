"""What a person decides where the measure leaves it open: the interval with decisions, beside the measured one.

A decision never touches what is proven: it speaks about mixed, unknown and conflicting stretches alone (MEASURE §1,
"always to a person"). The measured segments stay as they are; what is computed here stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from ethics.domain.segments import ALL, NOTHING, ONE, Interval, Segment, State, split
from ethics.domain.share import Share, share_of
from ethics.domain.verdict import Result, judged

DECIDABLE = frozenset({State.MIXED, State.UNKNOWN, State.CONFLICT})
DECIDED = "decided"


class Ruling(StrEnum):
    """What a person takes a stretch to be."""

    HUMAN = "human"
    AI = "ai"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on the half-open stretch [start, end) of a plane, in exact seconds."""

    plane: str
    start: Fraction
    end: Fraction
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Standing:
    """A plane as it was measured, and with what people decided.

    Attributes:
        segments: With the decisions applied; a decided one says so in `why`.
        is_decided: Whether any decision has an effect.
    """

    measured: Share
    measured_result: Result
    decided: Share
    result: Result
    segments: tuple[Segment, ...]
    is_decided: bool


def standing(
    segments: Sequence[Segment], decisions: Sequence[Decided], *, plane: str, cap: Fraction
) -> Standing:
    """Set the measured share of a plane and the share with decisions beside each other.

    Args:
        decisions: Oldest first: where two speak about the same moment, the later one counts.
        cap: Greatest AI share, [0, 1].
    """
    own = [decision for decision in decisions if decision.plane == plane]
    found = tuple(with_decisions(segments, own))
    measured, decided = share_of(segments), share_of(found)
    return Standing(
        measured=measured,
        measured_result=judged(measured.share, cap),
        decided=decided,
        result=judged(decided.share, cap),
        segments=found,
        is_decided=any(segment.why == DECIDED for segment in found),
    )


def with_decisions(segments: Iterable[Segment], decisions: Sequence[Decided]) -> list[Segment]:
    """Segments of one plane with decisions on that plane applied, oldest decision first."""
    edges = {edge for decision in decisions for edge in (decision.start, decision.end)}
    pieces = (piece for segment in segments for piece in _pieces(segment, edges))
    return [_ruled(piece, _ruling_on(piece, decisions)) for piece in pieces]


def is_decidable(segment: Segment) -> bool:
    """Whether the measure leaves the segment to a person."""
    return segment.state in DECIDABLE


def _pieces(segment: Segment, edges: set[Fraction]) -> list[Segment]:
    if not is_decidable(segment):
        return [segment]
    pieces = [segment]
    for edge in sorted(edges):
        if pieces[-1].start < edge < pieces[-1].end:
            pieces[-1:] = split(pieces[-1], edge)
    return pieces


def _ruling_on(piece: Segment, decisions: Sequence[Decided]) -> Ruling:
    """The last ruling on a piece that no decision cuts through."""
    rulings = (one.ruling for one in reversed(decisions) if one.start <= piece.start and piece.end <= one.end)
    return next(rulings, Ruling.OPEN)


def _ruled(segment: Segment, ruling: Ruling) -> Segment:
    if ruling is Ruling.OPEN or not is_decidable(segment):
        return segment
    alpha = _conflict_settled(ruling) if segment.state is State.CONFLICT else _settled(segment.alpha, ruling)
    return replace(segment, alpha=alpha, state=_state(alpha), why=DECIDED)


def _conflict_settled(ruling: Ruling) -> Interval:
    """Where evidence speaks for both, the person says which evidence to believe: all or nothing."""
    return NOTHING if ruling is Ruling.HUMAN else ALL


def _settled(alpha: Interval, ruling: Ruling) -> Interval:
    """What is proven stays; the open rest goes to one side."""
    end = alpha.low if ruling is Ruling.HUMAN else alpha.high
    return Interval(end, end)


def _state(alpha: Interval) -> State:
    if alpha.high == 0:
        return State.HUMAN
    return State.AI if alpha.low == ONE else State.MIXED
