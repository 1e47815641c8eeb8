"""What a timeline says of a film: which file lies where, on which track.

It narrows the search and says which plane a sound is for. Alone it proves nothing: what it names counts only where the film's
own picture or sound agrees, and the assessment tells which clips were found where it put them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ethics.domain.assessment import number
from ethics.domain.sound_planes import ALL_PLANES, TAKE_PLANES, plane_named
from footage.fingerprints import Rect
from footage.landmarks import SoundRun
from footage.timelines import Clip, Timeline
from footage.trace import Film, Hint, Run

MOST_UNMATCHED, MOST_HINTS = 200, 2000
SEEN_PART = 0.5
"""A clip is found when so much of it is seen or heard where the timeline puts it."""


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of a file by name.

    Attributes:
        kind: generated, rush, footage or other.
        names: What the file may be called in a timeline; the first is what a person called it.
        planes: Sound planes it is known to speak for; empty when nobody said.
        has_picture: Whether it shows something.
    """

    kind: str
    names: tuple[str, ...]
    planes: tuple[str, ...] = ()
    has_picture: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """A clip of the timeline and the ids of the files that it may mean."""

    clip: Clip
    ids: tuple[str, ...]


def layers_of(timeline: Timeline | None, files: Mapping[str, Named]) -> tuple[Layer, ...]:
    """The clips of a timeline with the files they name, by file name or, where that is missing, by its stem."""
    if timeline is None:
        return ()
    by_name: dict[str, set[str]] = {}
    for key, file in files.items():
        for name in file.names:
            for spelling in _spellings(name):
                by_name.setdefault(spelling, set()).add(key)
    return tuple(Layer(clip, _meant(clip, by_name)) for clip in timeline.clips)


def _spellings(name: str) -> tuple[str, ...]:
    """A file name and its stem, in small letters."""
    whole = name.strip().lower()
    return tuple(dict.fromkeys([whole, PurePosixPath(whole).stem])) if whole else ()


def _meant(clip: Clip, by_name: Mapping[str, set[str]]) -> tuple[str, ...]:
    for name in (clip.source, clip.name):
        for spelling in _spellings(name):
            if spelling in by_name:
                return tuple(sorted(by_name[spelling]))
    return ()


def hints_of(layers: Iterable[Layer]) -> list[Hint]:
    """Where to look for which picture first."""
    found = [
        Hint(
            key=key,
            start=layer.clip.start,
            end=layer.clip.end,
            speed=layer.clip.speed,
            source_start=None if layer.clip.source_is_timecode else layer.clip.source_start,
            box=_rect(layer.clip),
        )
        for layer in layers
        for key in layer.ids
        if layer.clip.kind == "video" and layer.clip.duration > 0
    ]
    return found[:MOST_HINTS]


def _rect(clip: Clip) -> Rect | None:
    if clip.box is None:
        return None
    left, top, right, bottom = map(float, clip.box)
    return Rect(left, top, right, bottom)


def planes_of(run: SoundRun, file: Named, layers: Sequence[Layer]) -> tuple[str, ...]:
    """The sound planes a run may speak for.

    What a tool makes is known. Of a recording the track it lies on tells, then the name of a file that is only heard; a take,
    and a recording of which nothing is said, may be voice or effects, a generated file anything. A track moves no generated
    sound: that would be a way out of a cap.
    """
    if file.planes:
        return file.planes
    if file.kind == "other":
        return ALL_PLANES
    word = _track_plane(run, layers) if file.kind != "generated" else None
    word = word or (None if file.has_picture else plane_named(*file.names))
    if word:
        return (word,)
    return ALL_PLANES if file.kind == "generated" and not file.has_picture else TAKE_PLANES


def _track_plane(run: SoundRun, layers: Sequence[Layer]) -> str | None:
    """The plane that the tracks on which the timeline puts this file at this time are named after."""
    found = {
        plane_named(layer.clip.track_name)
        for layer in layers
        if layer.clip.kind == "audio" and run.key in layer.ids
        if min(run.end, float(layer.clip.end)) > max(run.start, float(layer.clip.start))
    }
    return found.pop() if len(found) == 1 else None


def layers_json(
    layers: Sequence[Layer], film: Film, runs: Sequence[Run], sound_runs: Sequence[SoundRun]
) -> dict[str, Any]:
    """What of the timeline the film bears out: clips that name a file, how many were found, and which not, why.

    Reasons: `no-file` when no file of that name was given, `not-found` when the film doesn't show or play it there.
    """
    seen = [(run.key, float(film.edge(run.first)), float(film.edge(run.last))) for run in runs]
    heard = [(run.key, run.start, run.end) for run in sound_runs]
    naming = [layer for layer in layers if layer.ids or layer.clip.source]
    missed = [layer for layer in naming if not _found(layer, seen if layer.clip.kind == "video" else heard)]
    return {
        "clips": len(naming),
        "matched": len(naming) - len(missed),
        "unmatched": [_missed(layer) for layer in sorted(missed, key=_order)[:MOST_UNMATCHED]],
    }


def _order(layer: Layer) -> tuple[Any, ...]:
    return layer.clip.start, layer.clip.kind, layer.clip.track, layer.clip.source


def _found(layer: Layer, spans: Iterable[tuple[str, float, float]]) -> bool:
    """Whether half of the clip is found where it lies; transitions may take the rest."""
    start, end = float(layer.clip.start), float(layer.clip.end)
    shared = sum(
        max(0.0, min(end, until) - max(start, since)) for key, since, until in spans if key in layer.ids
    )
    return shared >= SEEN_PART * (end - start)


def _missed(layer: Layer) -> dict[str, Any]:
    clip = layer.clip
    return {
        "name": clip.source or clip.name,
        "kind": clip.kind,
        "track": clip.track,
        "start": number(clip.start),
        "end": number(clip.end),
        "why": "not-found" if layer.ids else "no-file",
    }
