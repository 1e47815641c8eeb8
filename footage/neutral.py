"""Frames that count for nobody: black, plain, titles on plain ground, and held frames."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

from footage.decode import Array

Flags = npt.NDArray[np.bool_]

BLACK_MEAN, BLACK_BRIGHTEST = 14.0, 34.0
"""A black frame: mean grey and brightest hundredth below these (0..255)."""

PLAIN_SPREAD = 3.0
"""A plain frame: standard deviation of every colour below this."""

TITLE_GROUND, TITLE_REACH = 0.8, 5
"""A title card: this part of the frame lies within so many grey values of one colour …"""

TITLE_CONTRAST = 60
"""… and the rest stands out from it by at least this, at its strongest."""

FREEZE_SECONDS = Fraction(2)
"""A held frame counts as neutral when it is held longer than this."""

MOST_SETTLING, SETTLING_CHANGE = 8, 2.5
"""So many frames between a cut and it may differ by so much from the held picture and still belong to it."""

FREEZE_CHANGE = 0.6
"""Held: mean absolute change of grey values against the first held frame stays below this."""


def is_black(grey: Array) -> bool:
    """Whether a grey frame is black, bars of noise included."""
    return bool(grey.mean() < BLACK_MEAN and np.percentile(grey, 99) < BLACK_BRIGHTEST)


def is_plain(picture: Array) -> bool:
    """Whether a colour frame is one colour throughout."""
    return bool(picture.reshape(-1, 3).std(axis=0).max() < PLAIN_SPREAD)


def is_title(picture: Array) -> bool:
    """Whether a colour frame is lettering on a plain ground: credits, slates, cards."""
    ground = np.median(picture.reshape(-1, 3), axis=0)
    away = np.abs(picture.astype(np.int16) - ground.astype(np.int16)).max(axis=2)
    return bool((away <= TITLE_REACH).mean() >= TITLE_GROUND and away.max() >= TITLE_CONTRAST)


def is_bars(picture: Array) -> bool:
    """Whether a colour frame is a test pattern of upright bars."""
    upper = picture[: picture.shape[0] // 2].astype(np.float32)
    if upper.std(axis=0).max() > 3 * PLAIN_SPREAD:
        return False
    columns = cv2.blur(upper.mean(axis=0)[None], (3, 1))[0]
    steps = np.abs(np.diff(columns, axis=0)).max(axis=1)
    return bool((steps > 2 * PLAIN_SPREAD).sum() >= 5 and (steps <= PLAIN_SPREAD).mean() >= 0.6)


def neutral_kind(picture: Array, grey: Array) -> str:
    """Which neutral kind one frame is: black, plain, bars, title, or empty when it is a picture."""
    if is_black(grey):
        return "black"
    if grey.std() < PLAIN_SPREAD and is_plain(picture):
        return "plain"
    if is_bars(picture):
        return "bars"
    return "title" if _has_ground(grey) and is_title(picture) else ""


def _has_ground(grey: Array) -> bool:
    """Whether much of a grey frame lies within a few grey values: cheaper than looking at colours."""
    counts = np.concatenate([[0], np.cumsum(np.bincount(grey.ravel(), minlength=256))])
    band = 3 * TITLE_REACH
    return bool((counts[band:] - counts[:-band]).max() >= TITLE_GROUND / 2 * grey.size)


def held_spans(
    greys: Array, cuts: Sequence[int], starts: Sequence[Fraction], end: Fraction
) -> list[tuple[int, int]]:
    """Half-open frame ranges in which one frame is held for more than `FREEZE_SECONDS`.

    Args:
        greys: uint8 (n, h, w).
        cuts: Frames at which a new shot starts.
        starts: Seconds, start of every frame.
        end: Seconds, end of the last frame.
    """
    edges = [*starts, end]
    found: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(greys) + 1):
        if index < len(greys) and _alike(greys[first], greys[index]):
            continue
        if edges[index] - edges[first] > FREEZE_SECONDS:
            found.append((_settling(greys, cuts, first), index))
        first = index
    return found


def _settling(greys: Array, cuts: Sequence[int], first: int) -> int:
    """Where a held picture really begins: codecs need a few frames after a cut to draw it fully.

    Without a cut shortly before, what is alike before it is a take that moves slowly.
    """
    cut = max((cut for cut in (0, *cuts) if cut <= first), default=0)
    drawn = all(_change(grey, greys[first]) < SETTLING_CHANGE for grey in greys[cut:first])
    return cut if drawn and first - cut <= MOST_SETTLING else first


def _change(one: Array, other: Array) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())


def _alike(one: Array, other: Array) -> bool:
    # Codecs breathe at key frames: a mean change this small, with no place that changed much, is still held.
    change = np.abs(one.astype(np.int16) - other)
    return bool(change.mean() < FREEZE_CHANGE and np.percentile(change, 99) < 6)
