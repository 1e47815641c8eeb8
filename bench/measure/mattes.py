"""Silhouettes that walk through the frame: exact mattes for green-screen composites, and the area they cover."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

from bench.measure.films import FPS, HEIGHT, WIDTH

Matte = npt.NDArray[np.uint8]


def matte_of(seed: int, *, frames: int) -> Iterator[Matte]:
    """Frames of a silhouette with soft edges, uint8 (HEIGHT, WIDTH); 255 is inside."""
    chance = np.random.default_rng(seed)
    size = chance.uniform(0.7, 1.25)
    start, pace = chance.uniform(0.3, 0.7), chance.uniform(-0.05, 0.05)
    for number in range(frames):
        moment = number / FPS
        yield _figure(start + pace * moment, size, sway=0.03 * np.sin(3 * moment))


def _figure(across: float, size: float, *, sway: float) -> Matte:
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    x, tall = across * WIDTH, size * HEIGHT
    head = (round(x + sway * tall), round(HEIGHT - 0.66 * tall))
    cv2.circle(picture, head, round(0.12 * tall), 255, -1, cv2.LINE_AA)
    body = (round(x), round(HEIGHT - 0.16 * tall))
    cv2.ellipse(picture, body, (round(0.23 * tall), round(0.40 * tall)), 0, 0, 360, 255, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(picture, (5, 5), 0), np.uint8)


def area_of(seed: int, *, first: int, frames: int) -> Fraction:
    """Mean share of the frame that is inside, over frames `first` to `first + frames`."""
    inside = [
        int(matte.sum())
        for place, matte in enumerate(matte_of(seed, frames=first + frames))
        if place >= first
    ]
    return Fraction(sum(inside), 255 * HEIGHT * WIDTH * len(inside))
