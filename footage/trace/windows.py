"""Windows: a film's pictures cut into stretches of up to two seconds, the unit of search."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from footage.fingerprints import WHOLE, Rect
from footage.trace import agreement as agree
from footage.trace.candidates import Window
from footage.trace.film import Film, content_box, rimless
from footage.trace.following import Run, stretches

WINDOW_SECONDS = 2.0
WINDOW_FRAMES = 8
HIDDEN = ("black", "plain")


def picture_windows(film: Film) -> list[Window]:
    """Windows over all frames that are pictures, without their bars."""
    waiting = np.array([kind not in HIDDEN for kind in film.kinds])
    return [
        window_of(film, shot, (start, end), box)
        for shot in film.shots
        for box in [content_box(film.rows[shot[0] : shot[1]], film.columns[shot[0] : shot[1]])]
        for first, last in stretches(waiting, shot)
        for start, end in _slices(film, first, last)
    ]


def open_windows(film: Film, runs: Sequence[Run]) -> list[Window]:
    """Windows over all frames that are pictures and not yet part of a run."""
    waiting = np.array([kind not in HIDDEN for kind in film.kinds])
    for run in runs:
        waiting[run.first : run.last] = False
    windows: list[Window] = []
    for shot in film.shots:
        box = content_box(film.rows[shot[0] : shot[1]], film.columns[shot[0] : shot[1]])
        parts = dict.fromkeys((box, WHOLE, rimless(film, shot)))
        for first, last in stretches(waiting, shot):
            for start, end in _slices(film, first, last):
                windows.extend(window_of(film, shot, (start, end), part) for part in parts)
    return windows


def _slices(film: Film, first: int, last: int) -> list[tuple[int, int]]:
    seconds = float(film.edge(last) - film.edge(first))
    parts = max(1, round(seconds / WINDOW_SECONDS))
    edges = np.linspace(first, last, parts + 1).round().astype(int)
    return [(int(a), int(b)) for a, b in pairwise(edges) if a < b]


def window_of(film: Film, shot: tuple[int, int], span: tuple[int, int], box: Rect) -> Window:
    """The window over frames `span` of a shot, in a box of the frame."""
    first, last = span
    frames = tuple(sorted({int(f) for f in np.linspace(first, last - 1, WINDOW_FRAMES).round()}))
    return Window(
        shot=shot,
        first=first,
        last=last,
        frames=frames,
        times=np.array([float(film.starts[frame]) for frame in frames]),
        greys=agree.boxed(film.greys[list(frames)], box),
        shape=round(film.head.width * box.width / (film.head.height * box.height), 2),
        box=box,
    )
