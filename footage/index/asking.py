"""What a film asks the index: its frames at five a second and at every cut, bars taken off, parts looked into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from footage.fingerprints import WHOLE, Floats, Rect
from footage.index.describing import SIZES, Kind, described
from footage.trace.agreement import boxed
from footage.trace.film import Film, content_box
from footage.trace.insets import HALVES

WINDOW_SECONDS = 2.0
"""Frames of so much of one shot ask together."""

LOOK_SECONDS = 4.0
"""Parts of the frame are looked into about so often in a shot, at least once."""

PARTS = ((0.5, 5), (1 / 3, 7))
"""Boxes of the frame: their side as a share of the frame's, and how many of them lie along it."""

HIDDEN = ("black", "plain", "title", "bars")


@dataclass(frozen=True, slots=True)
class Questions:
    """Descriptors of a film, by the windows that ask together.

    Attributes:
        cosine: float32 (n, 143).
        edges: float32 (n, 128), of the same frames and boxes.
        window: int32 (n,), which window a row belongs to, from 0.
        frame: int32 (n,), which frame of the film a row shows.
        parts: float32 (m, 128), edges of boxes of the frame, for pictures inside the picture.
        part_window: int32 (m,), windows of those, counted for themselves.
    """

    cosine: Floats
    edges: Floats
    window: npt.NDArray[np.int32]
    frame: npt.NDArray[np.int32]
    parts: Floats
    part_window: npt.NDArray[np.int32]


def questions_of(film: Film) -> Questions:
    """Describe a film for the index."""
    rows: dict[Kind, list[Floats]] = {kind: [np.zeros((0, SIZES[kind]), np.float32)] for kind in Kind}
    window: list[int] = []
    frame: list[int] = []
    for number, (shot, asked) in enumerate(_windows(film)):
        bars = content_box(film.rows[shot[0] : shot[1]], film.columns[shot[0] : shot[1]])
        for box in dict.fromkeys((bars, WHOLE)):
            greys = boxed(film.greys[asked], box)
            for kind in Kind:
                rows[kind].append(described(greys, WHOLE, kind))
            window += [number] * len(asked)
            frame += asked
    parts = [_parts(film, look) for look in _looks(film)]
    return Questions(
        cosine=np.concatenate(rows[Kind.COSINE]),
        edges=np.concatenate(rows[Kind.EDGES]),
        window=np.array(window, np.int32),
        frame=np.array(frame, np.int32),
        parts=np.concatenate([rows[Kind.EDGES][0], *parts]),
        part_window=np.repeat(np.arange(len(parts), dtype=np.int32), len(boxes())),
    )


def _windows(film: Film) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """Shots with the frames of up to two seconds of them that are asked about."""
    fine = np.array(film.fine_frames)
    for shot in film.shots:
        seconds = float(film.edge(shot[1]) - film.edge(shot[0]))
        parts = max(1, round(seconds / WINDOW_SECONDS))
        edges = np.linspace(shot[0], shot[1], parts + 1).round().astype(int)
        for first, last in pairwise(edges):
            frames = {int(first), *(int(one) for one in fine[(fine >= first) & (fine < last)])}
            if asked := sorted(one for one in frames if film.kinds[one] not in HIDDEN):
                yield shot, asked


def _looks(film: Film) -> list[int]:
    """Which of the film's larger frames are looked into."""
    fine = np.array(film.fine_frames)
    found: list[int] = []
    for shot in film.shots:
        seconds = float(film.edge(shot[1]) - film.edge(shot[0]))
        inside = [int(one) for one in np.flatnonzero((fine >= shot[0]) & (fine < shot[1]))]
        inside = [one for one in inside if film.kinds[film.fine_frames[one]] not in HIDDEN]
        wanted = (np.arange(max(1, round(seconds / LOOK_SECONDS))) + 0.5) * len(inside)
        found += sorted(
            {inside[int(one) // max(1, round(seconds / LOOK_SECONDS))] for one in wanted if inside}
        )
    return found


def boxes() -> list[Rect]:
    """The boxes of the frame that may hold a picture of their own."""
    found = list(HALVES)
    for side, count in PARTS:
        places = np.linspace(0.0, 1.0 - side, count)
        found += [Rect(float(x), float(y), float(x + side), float(y + side)) for y in places for x in places]
    return found


def _parts(film: Film, look: int) -> Floats:
    frame = film.fine[look : look + 1]
    return np.concatenate([described(frame, box, Kind.EDGES) for box in boxes()])
