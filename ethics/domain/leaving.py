"""How a finished film is labelled when it leaves (MEASURE §7), and which source stands where in its manifest.

The three levels are those of GB 45438-2025, Annex E, by the rules of Article 6 of the Measures that go with it: what is
proven is AI; what its makers say, without proof, may be; what only evidence in conflict speaks for is suspected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction
from typing import Literal

from ethics.domain.deciding import DECIDED
from ethics.domain.declaring import traced_state
from ethics.domain.segments import ONE, Segment, State

SEEN_AND_HEARD = ("picture", "voice", "music", "effects")
AI_STATES = frozenset({State.AI, State.MIXED})
MARKS: dict[str, Literal["is", "may", "suspected"]] = {"1": "is", "2": "may", "3": "suspected"}


class Sureness(IntEnum):
    """How sure it is that something is AI; the surest stretch labels the film."""

    NOTHING = 0
    SUSPECTED = 1
    DECLARED = 2
    PROVEN = 3


@dataclass(frozen=True, slots=True)
class Label:
    """What a film says of itself when it leaves.

    Attributes:
        source_type: Code of IPTC's digital source type vocabulary. A film without AI is a `composite`, never a capture:
            the platform signs no capture that it hasn't witnessed.
        level: Of the AIGC label: 1 is, 2 may be, 3 is suspected to be AI-generated; None for no label.
    """

    source_type: str
    level: Literal["1", "2", "3"] | None

    @property
    def mark(self) -> Literal["is", "may", "suspected"] | None:
        """The words people see; None where none are asked for."""
        return MARKS[self.level] if self.level else None


@dataclass(frozen=True, slots=True)
class Placement:
    """A source that the film shows or lets hear on [start, end), in exact seconds."""

    source: str
    plane: str
    start: Fraction
    end: Fraction


def label_for(planes: Mapping[str, Sequence[Segment]]) -> Label:
    """Label a film by what was found in it.

    Args:
        planes: Segments by plane, with decisions applied; what is not seen or heard says nothing here.
    """
    heard = {name: planes[name] for name in SEEN_AND_HEARD if name in planes}
    sureness = max(
        (_sureness(one) for segments in heard.values() for one in segments), default=Sureness.NOTHING
    )
    if sureness is Sureness.NOTHING:
        return Label("composite", None)
    if sureness is Sureness.SUSPECTED:
        return Label("composite", "3")
    if sureness is Sureness.DECLARED:
        return Label("compositeWithTrainedAlgorithmicMedia", "2")
    return Label(
        "trainedAlgorithmicMedia" if _is_all_ai(heard.values()) else "compositeWithTrainedAlgorithmicMedia",
        "1",
    )


def placements(planes: Mapping[str, Sequence[Segment]]) -> list[Placement]:
    """One entry per source and unbroken stretch, in the order of the film."""
    found: list[Placement] = []
    for plane in SEEN_AND_HEARD:
        for source in dict.fromkeys(use.id for segment in planes.get(plane, ()) for use in segment.sources):
            found += _stretches(source, plane, planes[plane])
    return sorted(found, key=lambda one: (one.start, one.end, one.plane, one.source))


def _stretches(source: str, plane: str, segments: Sequence[Segment]) -> list[Placement]:
    found: list[Placement] = []
    for segment in segments:
        if all(use.id != source for use in segment.sources):
            continue
        if found and found[-1].end == segment.start:
            found[-1] = replace(found[-1], end=segment.end)
        else:
            found.append(Placement(source, plane, segment.start, segment.end))
    return found


def _sureness(segment: Segment) -> Sureness:
    if segment.state is State.CONFLICT:
        return Sureness.SUSPECTED
    if segment.state not in AI_STATES:
        return Sureness.NOTHING
    is_proven = segment.why == DECIDED or traced_state(segment) in AI_STATES
    return Sureness.PROVEN if is_proven else Sureness.DECLARED


def _is_all_ai(planes: Iterable[Sequence[Segment]]) -> bool:
    counted = [segment for segments in planes for segment in segments if segment.weight]
    return all(one.alpha.low == ONE and _sureness(one) is Sureness.PROVEN for one in counted)
