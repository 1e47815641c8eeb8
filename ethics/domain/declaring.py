"""What a crew says of its film against what was traced, stretch by stretch.

A declaration proves nothing here (grade 0): where a segment is AI only because the crew said so, it was not traced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from ethics.domain.segments import ZERO, Grade, Segment, SourceUse, State

ADMISSION = "admission"


class Made(StrEnum):
    """Who a crew says made a part of the picture."""

    AI = "ai"
    MIXED = "mixed"
    HUMAN = "human"


class Agreement(StrEnum):
    """How a declared stretch stands to what was traced."""

    AGREES = "agrees"
    UNDECLARED = "undeclared"
    UNTRACED = "untraced"
    UNPROVEN = "unproven"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch [start, end) of the film in exact seconds, with who made it, by which tool, in the crew's words."""

    start: Fraction
    end: Fraction
    made: Made
    tool: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch with what is declared and what was traced; `part` is None where the crew names none."""

    start: Fraction
    end: Fraction
    declared: Made
    traced: State
    agreement: Agreement
    part: Part | None

    @property
    def seconds(self) -> Fraction:
        return self.end - self.start


def compare(segments: Sequence[Segment], parts: Sequence[Part]) -> list[Difference]:
    """Lay a declaration beside a traced plane; what no part names is declared human, neutral stretches are left out.

    Args:
        segments: Of the picture, in order.
        parts: Declared parts; where two overlap, the later one counts.
    """
    edges = sorted({edge for part in parts for edge in (part.start, part.end)})
    found: list[Difference] = []
    for segment in segments:
        if segment.state is not State.NEUTRAL:
            found += _differences(segment, parts, edges)
    return found


def seconds_by(differences: Sequence[Difference]) -> dict[Agreement, Fraction]:
    """Seconds of each agreement; the parts add up to all that was compared."""
    totals = dict.fromkeys(Agreement, ZERO)
    for one in differences:
        totals[one.agreement] += one.seconds
    return totals


def traced_state(segment: Segment) -> State:
    """The state without what the crew itself admitted: what is AI by admission alone was not traced."""
    traced = [use for use in segment.sources if not _is_admission(use)]
    if segment.state not in {State.AI, State.MIXED} or len(traced) == len(segment.sources) > 0:
        return segment.state
    if any(map(_speaks_of_ai, traced)):
        return segment.state
    return State.HUMAN if any(map(_proves_people, traced)) else State.UNKNOWN


def merged_parts(parts: Sequence[Part]) -> list[Part]:
    """Neighbours of which the same is said become one."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and last.end == part.start and replace(part, start=last.start) == replace(last, end=part.end):
            joined[-1] = replace(last, end=part.end)
        else:
            joined.append(part)
    return joined


def _is_admission(use: SourceUse) -> bool:
    return all(item.kind == ADMISSION for item in use.evidence)


def _proves_people(use: SourceUse) -> bool:
    """Whether the source itself is proven human; that the film shows it is another matter."""
    return any(item.grade >= Grade.CONTENT and _speaks_of_people(item.kind) for item in use.evidence)


def _speaks_of_people(kind: str) -> bool:
    return kind == "vouched" or kind.startswith("capture-") or kind.endswith("-human")


def _speaks_of_ai(use: SourceUse) -> bool:
    said = any(item.kind.endswith(("-ai", "-mixed")) for item in use.evidence)
    return said or use.kind == "generated"


def _differences(segment: Segment, parts: Sequence[Part], edges: Sequence[Fraction]) -> list[Difference]:
    marks = [segment.start, *(edge for edge in edges if segment.start < edge < segment.end), segment.end]
    traced = traced_state(segment)
    found: list[Difference] = []
    for start, end in pairwise(marks):
        part = next((one for one in reversed(parts) if one.start <= start and end <= one.end), None)
        if found and found[-1].part == part:
            start = found.pop().start
        made = part.made if part else Made.HUMAN
        found.append(Difference(start, end, made, traced, _agreement(made, traced), part))
    return found


def _agreement(made: Made, traced: State) -> Agreement:
    if traced is State.CONFLICT:
        return Agreement.CONFLICT
    is_traced_ai = traced in {State.AI, State.MIXED}
    if made is not Made.HUMAN:
        return Agreement.AGREES if is_traced_ai else Agreement.UNTRACED
    if is_traced_ai:
        return Agreement.UNDECLARED
    return Agreement.AGREES if traced is State.HUMAN else Agreement.UNPROVEN
