"""The film under trace: its small frames, shots and neutral spans, from one decoding pass."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
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

RIM, RIM_GREY, RIM_SPREAD, RIM_LENGTH, RIM_BLUR = 0.1, 72, 14.0, 0.25, 3
"""A rim takes at most this share of a side, is darker than this grey, differs by no more than this from its middle grey, runs
along this part of the frame's edge at least, and blurs over so many pixels of 128."""


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
        cuts = tuple(self.finder.cuts(greys))
        return Film(
            head=head,
            starts=tuple(self.starts),
            end=self.end,
            greys=greys,
            rows=np.stack(self.rows),
            columns=np.stack(self.columns),
            kinds=tuple(self.kinds),
            cuts=cuts,
            held=tuple(neutral.held_spans(greys, cuts, self.starts, self.end)),
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


def rim_of(frames: Array) -> Array:
    """The dark, even rim of a picture, such as a screen's that was filmed; uint8 (72, 128), 1 where it is or blurs.

    It hangs together with the frame's edge and lies near it.

    Args:
        frames: uint8 (n, 72, 128), of one shot.
    """
    mean = frames.astype(np.float32).mean(axis=0)
    height, width = mean.shape
    ring = np.concatenate([mean[0], mean[-1], mean[:, 0], mean[:, -1]])
    level = float(np.median(ring[ring <= RIM_GREY])) if (ring <= RIM_GREY).any() else 0.0
    near = np.ones((height, width), np.uint8)
    near[round(RIM * height) : -round(RIM * height), round(RIM * width) : -round(RIM * width)] = 0
    if float((np.abs(ring - level) <= RIM_SPREAD / 2).mean()) < RIM_LENGTH:
        return near * 0
    rim = near * (np.abs(mean - level) <= RIM_SPREAD)
    _count, parts = cv2.connectedComponents(np.pad(rim.astype(np.uint8), 1, constant_values=1))
    dark = np.asarray(rim * (parts[1:-1, 1:-1] == parts[0, 0]), np.uint8)
    return np.asarray(cv2.dilate(dark, np.ones((2 * RIM_BLUR + 1, 2 * RIM_BLUR + 1), np.uint8)), np.uint8)


def rimless(film: Film, shot: tuple[int, int]) -> Rect:
    """The largest part of a shot's picture that its rim leaves whole; all of it without a rim."""
    places = [place for place, frame in enumerate(film.fine_frames) if shot[0] <= frame < shot[1]]
    rim = rim_of(film.fine[places]) if places else np.zeros((1, 1), np.uint8)
    if not rim.any():
        return WHOLE
    top, bottom = _clear(rim.mean(axis=1))
    left, right = _clear(rim.mean(axis=0))
    return Rect(left, top, right, bottom)


def _clear(profile: Array) -> tuple[float, float]:
    """The stretch between the rows, or columns, that lie in the rim for the most part."""
    clear = np.flatnonzero(profile < 0.5)
    return (int(clear[0]) / len(profile), (int(clear[-1]) + 1) / len(profile)) if len(clear) else (0.0, 1.0)
