"""Smooth random fields: clouds, ridges, ripples, cloth. In [0, 1], float32, from a generator passed in."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def fractal(
    rng: np.random.Generator, *, height: int, width: int, rows: int, columns: int, octaves: int = 4
) -> Field:
    """Sum of `octaves` smooth grids, each twice as fine and half as strong; shape (height, width).

    Args:
        rows: Cells of the coarsest grid downwards.
        columns: Cells of the coarsest grid across.
    """
    total = rng.random((rows + 1, columns + 1), np.float32)
    for octave in range(1, octaves):
        rows, columns = min(rows * 2, 2 * height), min(columns * 2, 2 * width)
        total = cv2.resize(total, (columns + 1, rows + 1), interpolation=cv2.INTER_CUBIC)
        total += rng.random((rows + 1, columns + 1), np.float32) * np.float32(0.5**octave)
    total = cv2.normalize(total, None, 0.0, 1.0, cv2.NORM_MINMAX)
    smooth: Field = cv2.resize(total, (width, height), interpolation=cv2.INTER_LINEAR)
    return smooth


def looping(rng: np.random.Generator, *, height: int, width: int, rows: int, columns: int) -> Field:
    """Like `fractal`, and its right edge continues at its left."""
    overlap = max(2, width // 6)
    plain = fractal(rng, height=height, width=width + overlap, rows=rows, columns=columns)
    fade = np.linspace(0.0, 1.0, overlap, dtype=np.float32)
    plain[:, :overlap] = plain[:, :overlap] * fade + plain[:, width:] * (1 - fade)
    return np.ascontiguousarray(plain[:, :width])


def ridge(rng: np.random.Generator, *, points: int, roughness: float = 0.5, peaks: int = 3) -> Field:
    """A mountain line in [0, 1] by summed random grids; shape (points,)."""
    line = np.zeros(points, np.float32)
    weight, cells = 1.0, peaks
    at = np.linspace(0.0, 1.0, points, dtype=np.float32)
    while cells < points:
        knots = rng.random(cells + 1)
        line += weight * np.interp(at, np.linspace(0, 1, cells + 1), knots).astype(np.float32)
        weight *= roughness
        cells *= 2
    line -= line.min()
    return line / max(float(line.max()), 1e-6)


def smoothstep(low: float, high: float, values: Field) -> Field:
    """0 below `low`, 1 above `high`, smooth between."""
    x = np.clip((values - low) / (high - low), 0.0, 1.0)
    eased: Field = (x * x * (3.0 - 2.0 * x)).astype(np.float32)
    return eased
