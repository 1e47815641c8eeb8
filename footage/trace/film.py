"""The film under trace: its small frames, shots and neutral spans, from one decoding pass."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from footage import neutral
from footage.decode import Array, Frame, Head, Progress, open_pictures
from footage.fingerprints import WHOLE, Rect, grey
from footage.shots import ShotFinder, spans

BAR_GREY = 14
"""A row or column is a bar while its brightest pixel stays at or below this (0..255)."""

BLURRED_EDGE = 1.5
"""Pixels of the small frame in which a bar's edge and the picture mix; they belong to neither."""

FINE_SECONDS = Fraction(1, 5)
"""Least time between two frames kept at twice the size."""

LEAST_BAR, MOST_BAR = 0.03, 0.7
"""Bars thinner than the first share of a side are left alone; together they may take no more than the
second."""


@dataclass(frozen=True, slots=True)
class Film:
    """A decoded film.

    Attributes:
        head: Size and rate.
        starts: Seconds, start of every frame; the first is 0.
        end: Seconds, end of the last frame.
        greys: uint8 (n, 36, 64).
        rows: uint8 (n, 72), brightest pixel of every row of the small frame.
        columns: uint8 (n, 128), brightest pixel of every column.
        kinds: Neutral kind of every frame, empty for a picture.
        cuts: First frames of the shots but the first.
        held: Frame ranges in which one frame is held for more than two seconds.
        fine: uint8 (m, 72, 128), one frame about every fifth of a second at twice the size, for insets.
        fine_frames: Which frames those are.
    """

    head: Head
    starts: tuple[Fraction, ...]
    end: Fraction
    greys: Array
    rows: Array
    columns: Array
    kinds: tuple[str, ...]
    cuts: tuple[int, ...]
    held: tuple[tuple[int, int], ...]
    fine: Array
    fine_frames: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.starts)

    @property
    def shots(self) -> list[tuple[int, int]]:
        return spans(list(self.cuts), self.count)

    def edge(self, frame: int) -> Fraction:
        """Seconds at which frame number `frame` starts; the film's end for the one after the last."""
        return self.starts[frame] if frame < self.count else self.end


def read_film(path: Path, *, progress: Progress | None = None) -> Film:
    """Decode a film once.

    Raises:
        footage.problems.Problem: when it holds no picture.
    """
    head, frames = open_pictures(path)
    collected = _Collected()
    for frame in frames:
        collected.add(frame)
        if progress and head.seconds:
            progress(min(1.0, float(frame.end / head.seconds)))
    return collected.film(head)


class _Collected:
    def __init__(self) -> None:
        self.finder = ShotFinder()
        self.starts: list[Fraction] = []
        self.end = Fraction(0)
        self.greys: list[Array] = []
        self.rows: list[Array] = []
        self.columns: list[Array] = []
        self.kinds: list[str] = []
        self.fine: list[Array] = []
        self.fine_frames: list[int] = []

    def add(self, frame: Frame) -> None:
        small = grey(frame.picture)
        if not self.fine or frame.start - self.starts[self.fine_frames[-1]] >= FINE_SECONDS:
            self.fine_frames.append(len(self.starts))
            self.fine.append(grey(frame.picture, scale=2))
        brightest = frame.picture.max(axis=2)
        self.finder.feed(frame.picture)
        self.starts.append(frame.start)
        self.end = frame.end
        self.greys.append(small)
        self.rows.append(brightest.max(axis=1))
        self.columns.append(brightest.max(axis=0))
        self.kinds.append(neutral.neutral_kind(frame.picture, small))

    def film(self, head: Head) -> Film:
        greys = np.stack(self.greys)
        return Film(
            head=head,
            starts=tuple(self.starts),
            end=self.end,
            greys=greys,
            rows=np.stack(self.rows),
            columns=np.stack(self.columns),
            kinds=tuple(self.kinds),
            cuts=tuple(self.finder.cuts(greys)),
            held=tuple(neutral.held_spans(greys, self.starts, self.end)),
            fine=np.stack(self.fine),
            fine_frames=tuple(self.fine_frames),
        )


def content_box(rows: Array, columns: Array) -> Rect:
    """What is left of a shot's picture without black bars.

    Args:
        rows: uint8 (n, h), brightest pixel of every row of every frame.
        columns: uint8 (n, w).
    """
    top, bottom = _lit(rows.max(axis=0))
    left, right = _lit(columns.max(axis=0))
    box = Rect(left, top, right, bottom)
    return box if box != WHOLE and box.width >= 1 - MOST_BAR and box.height >= 1 - MOST_BAR else WHOLE


def _lit(profile: Array) -> tuple[float, float]:
    lit = np.flatnonzero(profile > BAR_GREY)
    if not len(lit):
        return 0.0, 1.0
    first, last = int(lit[0]) / len(profile), (int(lit[-1]) + 1) / len(profile)
    inset = BLURRED_EDGE / len(profile)
    return (first + inset if first >= LEAST_BAR else 0.0), (last - inset if 1 - last >= LEAST_BAR else 1.0)
