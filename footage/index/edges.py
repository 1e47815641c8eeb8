"""The second frame descriptor: where in the picture edges run in which direction.

It is independent of the cosine descriptor: that one knows the broad distribution of light, this one only the
directions of local change, pooled over overlapping cells. A grade, which moves light about, hardly touches it, and
the pooling forgives a crop or a shift of an eighth of the picture anywhere. In the manner of the edge histogram of
MPEG-7 (ISO/IEC 15938-3 §6.8) and of histograms of oriented gradients (Dalal and Triggs 2005).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from footage.decode import Array
from footage.fingerprints import PATCH, WHOLE, Floats, Rect, patches

CELLS, DIRECTIONS = 4, 8
SIZE = CELLS * CELLS * DIRECTIONS

SMOOTHING = 1.0
"""Standard deviation in patch pixels of the blur that takes grain away first."""

LEAST_CHANGE = 0.7
"""Grey values per pixel below which a change is noise."""

LEAST_LENGTH = 3.0
"""Length of a descriptor, before it is made 1, below which a frame shows no edges."""


def edges(greys: Array, rect: Rect = WHOLE) -> Floats:
    """Descriptor of one rectangle of every frame.

    Args:
        greys: uint8 (n, h, w).

    Returns:
        float32 (n, 128), rows of length 1 (or next to 0 for a plain frame): the dot product of two rows is their
        likeness in [-1, 1].
    """
    across, down = _changes(patches(greys, rect))
    strength = np.hypot(across, down)
    strength = np.where(strength > LEAST_CHANGE, np.sqrt(strength), 0).astype(np.float32)
    turned = ((np.arctan2(down, across) % (2 * np.pi)) * (DIRECTIONS / (2 * np.pi))).astype(np.float32)
    pooled = np.stack([_pooled(strength * _near(turned, place)) for place in range(DIRECTIONS)], axis=3)
    return _unit(np.sqrt(pooled).reshape(len(greys), -1))


def mirrored(descriptors: Floats) -> Floats:
    """Descriptors of the same frames seen in a mirror: cells and directions change places."""
    cells = descriptors.reshape(-1, CELLS, CELLS, DIRECTIONS)
    turned = (DIRECTIONS // 2 - np.arange(DIRECTIONS)) % DIRECTIONS
    result: Floats = cells[:, :, ::-1][..., turned].reshape(len(descriptors), -1)
    return result


def _changes(values: Floats) -> tuple[Floats, Floats]:
    """Change per pixel to the right and downwards, float32 (n, 32, 32) each; none at the border."""
    blur = _blur()
    smooth = np.asarray(blur @ values @ blur.T, np.float32)
    across, down = np.zeros_like(smooth), np.zeros_like(smooth)
    across[:, :, 1:-1] = (smooth[:, :, 2:] - smooth[:, :, :-2]) / 2
    down[:, 1:-1] = (smooth[:, 2:] - smooth[:, :-2]) / 2
    return across, down


def _near(turned: Floats, place: int) -> Floats:
    """How much of every pixel's change counts for one direction: 1 on it, 0 at its neighbours."""
    away = np.abs(turned - place)
    result: Floats = (1 - np.minimum(away, DIRECTIONS - away)).clip(0).astype(np.float32)
    return result


def _pooled(values: Floats) -> Floats:
    """Sums over the overlapping cells, float32 (n, 4, 4)."""
    cells = _cells()
    result: Floats = np.asarray(cells @ values @ cells.T, np.float32)
    return result


def _unit(values: Floats) -> Floats:
    """Rows without their mean, which strangers share, made as long as 1."""
    centred = values - values.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    result: Floats = (centred / np.maximum(lengths, LEAST_LENGTH)).astype(np.float32)
    return result


@lru_cache(maxsize=1)
def _blur() -> Floats:
    """Rows that blur a line of the patch, float32 (32, 32), each with sum 1."""
    away = np.arange(PATCH)[:, None] - np.arange(PATCH)
    rows = np.exp(-0.5 * (away / SMOOTHING) ** 2)
    result: Floats = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


@lru_cache(maxsize=1)
def _cells() -> Floats:
    """Weight of every line of the patch in every cell: a triangle as wide as two cells, float32 (4, 32)."""
    side = PATCH / CELLS
    middles = (np.arange(CELLS) + 0.5) * side
    away = np.abs(np.arange(PATCH) + 0.5 - middles[:, None])
    result: Floats = (1 - away / side).clip(0).astype(np.float32)
    return result
