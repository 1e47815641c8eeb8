"""Segments: stretches of one plane of a film, each with a state and an interval for its AI fraction.

The states and their fractions are MEASURE §1; the grades of evidence are MEASURE §2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

ZERO, ONE = Fraction(0), Fraction(1)

LEAST_AREA = Fraction(1, 20)
"""ε: the least area an AI element covers when its area is not known."""


class State(StrEnum):
    """What a segment is proven to be."""

    AI = "A"
    HUMAN = "H"
    MIXED = "M"
    UNKNOWN = "U"
    NEUTRAL = "N"
    CONFLICT = "X"


COUNTED_ONCE = (State.AI, State.HUMAN)
"""States whose repeats are neutral; a still has no place in time, so that it counts however often it is shown."""


class Grade:
    """How strong a piece of evidence is."""

    DECLARED = 0
    ATTACHED = 1
    CONTENT = 2
    CRYPTOGRAPHIC = 3


@dataclass(frozen=True, slots=True)
class Interval:
    """Closed interval inside [0, 1], in exact fractions."""

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if not ZERO <= self.low <= self.high <= ONE:
            raise ValueError(f"[{self.low}, {self.high}] is no interval inside [0, 1]")

    @property
    def width(self) -> Fraction:
        return self.high - self.low

    def holds(self, other: Interval) -> bool:
        """Whether the other interval lies inside this one."""
        return self.low <= other.low and other.high <= self.high


NOTHING = Interval(ZERO, ZERO)
ALL = Interval(ONE, ONE)
ANYTHING = Interval(ZERO, ONE)


def interval(low: float | Fraction, high: float | Fraction | None = None) -> Interval:
    """An interval from numbers rounded to six decimals, cut to [0, 1]; one number is a point."""
    ends = [min(ONE, max(ZERO, exact(value))) for value in (low, low if high is None else high)]
    return Interval(min(ends), max(ends))


def exact(value: float | Fraction) -> Fraction:
    """A measured number as a fraction with at most six decimals, so that sums are exact and repeatable."""
    return Fraction(round(Fraction(value) * 10**6), 10**6)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a segment is believed to come from a source.

    Attributes:
        kind: Code that pages translate: frame-match, file-hash, stream-hash, sound-match, vouched,
            capture-test …
        grade: 0 declared, 1 attached, 2 content-bound, 3 cryptographic.
        confidence: [0, 1].
        note: English sentence for a reader of the file.
        params: Values a page puts into its own sentence.
    """

    kind: str
    grade: int
    confidence: Fraction
    note: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source seen in a segment.

    Attributes:
        id: File name or media id.
        kind: generated, rush or other.
        source_start: Seconds in the source where the segment starts.
        speed: Source seconds per film second; negative runs backward, 0 is held.
        mirrored: Shown left to right.
        area: Share of the frame it covers.
        evidence: What proves it.
    """

    id: str
    kind: str
    source_start: Fraction
    speed: Fraction
    mirrored: bool
    area: Interval
    evidence: tuple[Evidence, ...] = ()

    @property
    def grade(self) -> int:
        return max((one.grade for one in self.evidence), default=Grade.DECLARED)


@dataclass(frozen=True, slots=True)
class Segment:
    """A half-open stretch [start, end) of a plane in exact seconds (characters for the script).

    Attributes:
        alpha: AI fraction of the frame (picture), of the energy (sound) or of the characters (script).
        why: Code of what is missing or neutral: black, held, repeat, unmatched, attached …; empty when
            proven.
        information: Spatial and temporal information per second, only compared with one another.
        loose: Seconds by which its start may lie earlier or later; 0 where a cut shows it to the frame.
    """

    start: Fraction
    end: Fraction
    state: State
    alpha: Interval
    sources: tuple[SourceUse, ...] = ()
    why: str = ""
    information: Fraction = field(default=ONE)
    loose: Fraction = ZERO

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a segment from {self.start} to {self.end} holds nothing")

    @property
    def seconds(self) -> Fraction:
        return self.end - self.start

    @property
    def weight(self) -> Fraction:
        """Duration, or 0 for a neutral segment."""
        return ZERO if self.state is State.NEUTRAL else self.seconds


def judge(
    *,
    ai: int | None,
    human: int | None,
    area: Interval = ALL,
    least_human: int = Grade.CONTENT,
    claims_capture: bool = False,
) -> tuple[State, Interval]:
    """State and AI fraction from the best evidence on either side.

    Args:
        ai: Best grade of evidence that an AI made it; None when there is none. A declaration counts.
        human: Best grade of evidence that people made it; None when there is none.
        area: Share of the frame the AI element covers; `ALL` for a whole frame.
        least_human: Grade from which human evidence proves.
        claims_capture: Credentials say that a camera took it, whether or not they hold. Beside content known to
            be AI that is a conflict, which a person has to look at, and never H.

    In a conflict, evidence bound to the content beats attached evidence in the lower bound; vouching for a
    rush is attached, so only a cryptographic capture credential takes the lower bound away from a match in
    the ledger.
    """
    proven = human is not None and human >= least_human
    if ai is None:
        return (State.HUMAN, NOTHING) if proven else (State.UNKNOWN, ANYTHING)
    is_bound = ai >= Grade.CONTENT
    if human is None or not (proven or (claims_capture and is_bound)):
        return (State.AI, area) if area.low == ONE else (State.MIXED, area)
    keeps = is_bound and human < Grade.CRYPTOGRAPHIC
    return State.CONFLICT, Interval(area.low if keeps else ZERO, ONE)


def split(segment: Segment, at: Fraction) -> tuple[Segment, Segment]:
    """The same segment in two, cut at a time strictly inside it."""
    later = tuple(
        replace(use, source_start=use.source_start + use.speed * (at - segment.start))
        for use in segment.sources
    )
    return replace(segment, end=at), replace(segment, start=at, sources=later, loose=ZERO)


def merged(segments: Iterable[Segment]) -> list[Segment]:
    """Neighbours that continue one another become one."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and _continues(joined[-1], segment):
            joined[-1] = _joined(joined[-1], segment)
        else:
            joined.append(segment)
    return joined


def _continues(one: Segment, other: Segment) -> bool:
    if one.end != other.start or (one.state, one.alpha, one.why) != (other.state, other.alpha, other.why):
        return False
    return len(one.sources) == len(other.sources) and all(
        _same_use(a, b, one.seconds) for a, b in zip(one.sources, other.sources, strict=True)
    )


def _same_use(one: SourceUse, other: SourceUse, seconds: Fraction) -> bool:
    if (one.id, one.kind, one.speed, one.mirrored) != (other.id, other.kind, other.speed, other.mirrored):
        return False
    return abs(one.source_start + one.speed * seconds - other.source_start) <= Fraction(3, 25)


def _joined(one: Segment, other: Segment) -> Segment:
    total = one.seconds + other.seconds
    information = (one.information * one.seconds + other.information * other.seconds) / total
    return replace(one, end=other.end, information=information)


def check_order(segments: Sequence[Segment]) -> None:
    """Raise ValueError unless segments follow one another without overlap."""
    for one, other in pairwise(segments):
        if other.start < one.end:
            raise ValueError(f"the segment at {other.start} begins before the one at {one.start} ends")
