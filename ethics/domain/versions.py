"""Which saved versions of a cut differ by something a viewer could notice: scripted saves count nothing (MEASURE §4, §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from ethics.domain.segments import Segment, exact

NOTICED = Fraction(1, 5)
"""Seconds by which something has to move to be a change."""

WATCHED = ("picture", "voice", "music", "effects")


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of a plane: what is shown there, and from where.

    Attributes:
        plane: picture, voice, music or effects.
        shows: Ids of the sources; empty where nothing is known of it.
        source_start: Seconds in the first of them.
    """

    plane: str
    start: Fraction
    end: Fraction
    shows: tuple[str, ...]
    source_start: Fraction


@dataclass(frozen=True, slots=True)
class Layout:
    """What a version shows and lets hear, in exact seconds, and where it was cut."""

    seconds: Fraction
    cuts: tuple[Fraction, ...]
    stretches: tuple[Stretch, ...]


def layout_of_document(document: Mapping[str, Any]) -> Layout:
    """The layout of an assessed version, from its document (MEASURE §10)."""
    stretches = [
        _stretch_of_document(name, part)
        for name in WATCHED
        for part in document["planes"].get(name, {}).get("segments", [])
    ]
    film = document["film"]
    return Layout(
        exact(film["duration"]), tuple(exact(cut) for cut in film.get("cuts", [])), tuple(stretches)
    )


def _stretch_of_document(plane: str, part: Mapping[str, Any]) -> Stretch:
    found = [source for source in part["sources"] if not _is_only_said(source)]
    return Stretch(
        plane=plane,
        start=exact(part["start"]),
        end=exact(part["end"]),
        shows=tuple(source["id"] for source in found),
        source_start=exact(found[0]["source_start"] if found else 0),
    )


def _is_only_said(source: Mapping[str, Any]) -> bool:
    """Whether a source stands there because the makers admitted it: that changes nothing in the film."""
    return {item["kind"] for item in source["evidence"]} == {"admission"}


def layout_of(
    planes: Mapping[str, Sequence[Segment]], *, cuts: Sequence[Fraction], seconds: Fraction
) -> Layout:
    """The layout of a version that is being measured, before admissions; the same as of its document."""
    stretches = [
        Stretch(
            plane=name,
            start=exact(one.start),
            end=exact(one.end),
            shows=tuple(use.id for use in one.sources),
            source_start=exact(one.sources[0].source_start if one.sources else 0),
        )
        for name in WATCHED
        for one in planes.get(name, ())
    ]
    return Layout(exact(seconds), tuple(exact(cut) for cut in cuts), tuple(stretches))


def substantive(versions: Sequence[Layout]) -> int:
    """How many versions differ from every version before them; going back to an old one is no new one."""
    kept: list[Layout] = []
    for version in versions:
        if not any(is_same(version, other) for other in kept):
            kept.append(version)
    return len(kept)


def is_same(one: Layout, other: Layout) -> bool:
    """Whether two versions show the same at every moment, to a fifth of a second."""
    if abs(one.seconds - other.seconds) > NOTICED or not _same_cuts(one.cuts, other.cuts):
        return False
    return all(_differing(one, other, plane) <= NOTICED for plane in WATCHED)


def _same_cuts(one: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
    return len(one) == len(other) and all(abs(a - b) <= NOTICED for a, b in zip(one, other, strict=True))


def _differing(one: Layout, other: Layout, plane: str) -> Fraction:
    """Seconds for longest in one piece that a plane shows something else, or another moment of it."""
    mine, theirs = _of_plane(one, plane), _of_plane(other, plane)
    edges = sorted({edge for part in (*mine, *theirs) for edge in (part.start, part.end)})
    longest = running = Fraction(0)
    for start, end in pairwise(edges):
        differs = not _agree(_at(mine, start), _at(theirs, start), start)
        running = running + end - start if differs else Fraction(0)
        longest = max(longest, running)
    return longest


def _of_plane(layout: Layout, plane: str) -> list[Stretch]:
    return [part for part in layout.stretches if part.plane == plane]


def _at(stretches: Sequence[Stretch], time: Fraction) -> Stretch | None:
    return next((part for part in stretches if part.start <= time < part.end), None)


def _agree(one: Stretch | None, other: Stretch | None, time: Fraction) -> bool:
    mine, theirs = (part.shows if part else () for part in (one, other))
    if mine[:1] != theirs[:1] or one is None or other is None or not mine:
        return mine[:1] == theirs[:1]
    places = [part.source_start + (time - part.start) for part in (one, other)]
    return abs(places[0] - places[1]) <= 2 * NOTICED
