"""Admissions: what the makers of a film say is AI, by themselves.

An admission is a declaration (grade 0, MEASURE §2), but one against the interest of whoever makes it: it counts at once, in
the lower bound too, whatever else is known of the stretch. The other way round nothing follows from words: a claim to be
human work proves nothing (`ethics.domain.segments.judge`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ethics.domain.segments import (
    ALL,
    LEAST_AREA,
    ONE,
    ZERO,
    Evidence,
    Grade,
    Interval,
    Segment,
    SourceUse,
    State,
    merged,
    split,
)

SNAP = Fraction(1, 50)
"""Seconds within which the border of an admission is meant to be the border of a segment."""

NEVER = frozenset({"black", "plain", "titles", "silence"})
"""Neutral stretches that stay neutral: there is no picture, or no sound, to admit."""

PART = Interval(LEAST_AREA, ONE)


@dataclass(frozen=True, slots=True)
class Admission:
    """A stretch of one plane, or a medium wherever it is used, admitted to be AI.

    Attributes:
        id: Unique among admissions and sources.
        tool: What made it, in the makers' words.
        plane: Of a stretch: picture, voice …; empty for a medium, which counts on every plane.
        start: Seconds into the film, of a stretch.
        end: Where it ends, half-open.
        source: Id of the medium; empty for a stretch.
        is_part: Only a part of the picture or of the sound is AI.
    """

    id: str
    tool: str
    plane: str = ""
    start: Fraction = ZERO
    end: Fraction = ZERO
    source: str = ""
    is_part: bool = False


def with_admissions(
    segments: Sequence[Segment], admissions: Sequence[Admission], *, plane: str
) -> list[Segment]:
    """The segments of a plane with what is admitted of them.

    Args:
        segments: In the order of the film, without overlap.
        admissions: Of any plane.
        plane: Name of the plane the segments are of.
    """
    edges = sorted({edge for segment in segments for edge in (segment.start, segment.end)})
    stretches = [_snapped(one, edges) for one in admissions if not one.source and one.plane == plane]
    media = [one for one in admissions if one.source]
    if not stretches and not media:
        return list(segments)
    borders = sorted({place for one in stretches for place in (one.start, one.end)})
    pieces = [piece for segment in segments for piece in _cut(segment, borders)]
    return merged(_admitted(piece, stretches, media) for piece in pieces)


def _snapped(admission: Admission, edges: Sequence[Fraction]) -> Admission:
    """The admission with its borders moved to those of the segments that are meant."""
    start, end = (_nearest(place, edges) for place in (admission.start, admission.end))
    return replace(admission, start=start, end=end) if start < end else admission


def _nearest(place: Fraction, edges: Sequence[Fraction]) -> Fraction:
    nearest = min(edges, key=lambda edge: abs(edge - place), default=place)
    return nearest if abs(nearest - place) <= SNAP else place


def _cut(segment: Segment, borders: Sequence[Fraction]) -> list[Segment]:
    pieces = [segment]
    for border in borders:
        if pieces[-1].start < border < pieces[-1].end:
            pieces[-1:] = split(pieces[-1], border)
    return pieces


def _admitted(piece: Segment, stretches: Sequence[Admission], media: Sequence[Admission]) -> Segment:
    if piece.state is State.NEUTRAL and piece.why in NEVER:
        return piece
    ids = {use.id for use in piece.sources}
    counted = [one for one in stretches if _covers(one, piece)] + [one for one in media if one.source in ids]
    for one in sorted(counted, key=lambda one: one.id):
        # A medium that shares the picture with others admits its own part of it.
        is_part = one.is_part or (bool(one.source) and len(ids) > 1)
        piece = _in_part(piece, one) if is_part else _whole(piece, one)
    return piece


def _covers(admission: Admission, piece: Segment) -> bool:
    return admission.start <= piece.start and piece.end <= admission.end


def _whole(piece: Segment, admission: Admission) -> Segment:
    return _with(piece, admission, state=State.AI, alpha=ALL, area=ALL)


def _in_part(piece: Segment, admission: Admission) -> Segment:
    """Mixed from ε to all where nothing is known of the area; what is known, what is neutral and conflicts stay."""
    if piece.state is State.NEUTRAL:
        return piece
    known = piece.state in {State.AI, State.MIXED} or piece.alpha.low >= LEAST_AREA
    alpha = piece.alpha if known else PART
    state = piece.state if piece.state in {State.AI, State.CONFLICT} else State.MIXED
    return _with(piece, admission, state=state, alpha=alpha, area=PART)


def _with(piece: Segment, admission: Admission, *, state: State, alpha: Interval, area: Interval) -> Segment:
    """The piece judged anew; the admission stands last among its sources, behind what was traced."""
    use = SourceUse(
        id=admission.id, kind="generated", source_start=ZERO, speed=ZERO, mirrored=False, area=area,
        evidence=(evidence_of(admission),),
    )  # fmt: skip
    return replace(piece, state=state, alpha=alpha, why="", sources=(*piece.sources, use))


def evidence_of(admission: Admission) -> Evidence:
    """An admission as a piece of evidence: a declaration, grade 0."""
    return Evidence(
        kind="admission",
        grade=Grade.DECLARED,
        confidence=ONE,
        note=f"The makers admit that it was made with {admission.tool}.",
        params=(("tool", admission.tool),),
    )


CLOCK = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,2}):)?(\d{1,6})(?:\.(\d{1,6}))?")
TIMECODE = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})[:;](\d{2,3})")


def read_moment(text: str, *, fps: Fraction) -> Fraction | None:
    """A moment of a film in exact seconds, from `HH:MM:SS:FF` (SMPTE ST 12-1, non-drop), `MM:SS.sss` or seconds.

    Args:
        fps: Frames per second of the film; the moment is moved to the start of the nearest frame. 0 leaves it.
    """
    text = text.strip()
    if found := TIMECODE.fullmatch(text):
        return _of_timecode(*(int(part) for part in found.groups()), fps=fps or Fraction(25))
    if not (found := CLOCK.fullmatch(text)):
        return None
    hours, minutes, seconds, rest = found.groups()
    exact = Fraction(3600 * int(hours or 0) + 60 * int(minutes or 0) + int(seconds)) + Fraction(
        f"0.{rest or 0}"
    )
    return Fraction(round(exact * fps)) / fps if fps else exact


def _of_timecode(hours: int, minutes: int, seconds: int, frame: int, *, fps: Fraction) -> Fraction | None:
    nominal = max(1, round(fps))
    if minutes > 59 or seconds > 59 or frame >= nominal:
        return None
    return Fraction(((hours * 60 + minutes) * 60 + seconds) * nominal + frame) / fps
