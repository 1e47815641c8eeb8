"""How far a drawing drifted from the character it is meant to show: a number from 0 (the same) to 1 (nothing in common).

What it measures depends on who looks. With an engine's own image encoder it is how differently that encoder sees the two
pictures. Without one it compares the palette (colours and their shares) and the outlines (directions of contours by place):
enough to notice another coat, another build or another background, and blind to whether it is the same face. It
measures pictures, not people, and recognises nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from footage.problems import gettext_noop

BY_FEATURES = gettext_noop("palette and outlines")
BY_ENCODER = gettext_noop("image encoder")
SIDE = 128
CELLS = 4
DIRECTIONS = 9
COLOUR_SHARE = 0.5
Features = NDArray[np.float64]


def drift(picture: Image.Image, references: Sequence[Image.Image]) -> float:
    """Return the drift from the nearest of the references, by palette and outlines, to three digits.

    Raises:
        ValueError: There is no reference.
    """
    own = _features(picture)
    return round(min(_distance(own, _features(each)) for each in references), 3)


def drift_seen(picture: Any, references: Any) -> float:
    """Return the drift by an image encoder: half of 1 - cosine to the nearest reference, to three digits.

    Args:
        picture: Embedding of the drawing, shape (n,).
        references: Embeddings of the references, shape (k, n).
    """
    own, others = np.asarray(picture, dtype=np.float64), np.asarray(references, dtype=np.float64)
    norms = np.linalg.norm(others, axis=1) * np.linalg.norm(own)
    cosines = (others @ own) / np.maximum(norms, 1e-12)
    return round(float(np.clip((1 - cosines.max()) / 2, 0, 1)), 3)


def _features(picture: Image.Image) -> tuple[Features, Features]:
    pixels = np.asarray(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    return _palette(pixels), _outlines(pixels)


def _palette(pixels: NDArray[np.uint8]) -> Features:
    """Shares of colours in CIE Lab: 8 steps of lightness, 12 of each colour axis."""
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    counted = cv2.calcHist([lab], [0, 1, 2], None, [8, 12, 12], [0, 256, 0, 256, 0, 256])
    soft: Features = cv2.GaussianBlur(counted.reshape(8, 144), (3, 3), 0).ravel().astype(np.float64)
    shares: Features = soft / max(float(soft.sum()), 1e-12)
    return shares


def _outlines(pixels: NDArray[np.uint8]) -> Features:
    """Strengths of contour directions (without sign) in CELLS × CELLS places, as shares (Dalal and Triggs 2005)."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float64)
    across, down = cv2.Sobel(grey, cv2.CV_64F, 1, 0), cv2.Sobel(grey, cv2.CV_64F, 0, 1)
    strength, angle = np.hypot(across, down), np.arctan2(down, across) % np.pi
    bins = np.minimum((angle / np.pi * DIRECTIONS).astype(int), DIRECTIONS - 1)
    size = SIDE // CELLS
    rows, columns = np.indices(grey.shape) // size
    index = ((rows * CELLS + columns) * DIRECTIONS + bins).ravel()
    counted = np.bincount(index, weights=strength.ravel(), minlength=CELLS * CELLS * DIRECTIONS)
    total = float(counted.sum())
    return counted / total if total > 1e-9 else np.full(counted.shape, 1 / counted.size)


def _distance(one: tuple[Features, Features], other: tuple[Features, Features]) -> float:
    """Hellinger distance of palettes and of outlines, weighed; each is 0 to 1."""
    colours, outlines = (_hellinger(a, b) for a, b in zip(one, other, strict=True))
    return COLOUR_SHARE * colours + (1 - COLOUR_SHARE) * outlines


def _hellinger(one: Features, other: Features) -> float:
    return float(np.sqrt(max(0.0, 1 - float(np.sqrt(one * other).sum()))))
