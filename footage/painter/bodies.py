"""Who a person is, and the shapes all figures are made of."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from footage.painter.attributes import Carried
from footage.painter.light import Colour, mix
from footage.painter.plate import CIRCLE

Points = NDArray[np.float32]
"""A polygon, shape (n, 2)."""

SKINS: tuple[Colour, ...] = ((0.93, 0.75, 0.62), (0.86, 0.65, 0.50), (0.72, 0.50, 0.36), (0.50, 0.33, 0.23))


HAIRS: tuple[Colour, ...] = ((0.07, 0.06, 0.07), (0.16, 0.10, 0.07), (0.30, 0.17, 0.09), (0.42, 0.40, 0.40))


COATS: tuple[Colour, ...] = ((0.20, 0.21, 0.26), (0.30, 0.26, 0.24), (0.34, 0.36, 0.40), (0.24, 0.18, 0.20))


STYLES = ("bun", "bob", "short", "long", "cap", "hat")


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is and what they wear and carry."""

    skin: Colour
    hair: Colour
    coat: Colour
    scarf: Colour
    accent: Colour
    style: str
    carried: Carried
    skirt: bool
    dressed: bool
    close: bool = False


def person(
    rng: np.random.Generator, *, accent: Colour, carried: Carried, dressed: bool, close: bool
) -> Person:
    """Draw a person; `dressed` wears the accent as a coat, otherwise at most as a scarf."""
    coat = accent if dressed else COATS[int(rng.integers(len(COATS)))]
    pale = mix(accent, (0.9, 0.86, 0.8), 0.85)
    return Person(
        skin=SKINS[int(rng.integers(len(SKINS)))],
        hair=HAIRS[int(rng.integers(len(HAIRS)))],
        coat=mix(coat, (0, 0, 0), 0.08) if dressed else coat,
        scarf=pale if dressed else mix(accent, (0.3, 0.3, 0.3), 0.35),
        accent=accent,
        style=STYLES[int(rng.integers(len(STYLES)))],
        carried=carried,
        skirt=bool(rng.random() < 0.4),
        dressed=dressed,
        close=close,
    )


@dataclass(frozen=True, slots=True)
class Body:
    """A person at a moment: `stride` 0..2π of a step cycle (None standing), `breath` -1..1, `wind` -1..1."""

    who: Person
    stride: float | None
    breath: float
    wind: float


def limb(start: tuple[float, float], end: tuple[float, float], first: float, last: float) -> Points:
    """A tapered limb as a polygon; widths at both ends."""
    (x0, y0), (x1, y1) = start, end
    length = max(1e-6, float(np.hypot(x1 - x0, y1 - y0)))
    nx, ny = -(y1 - y0) / length / 2, (x1 - x0) / length / 2
    sides = [
        (x0 + nx * first, y0 + ny * first), (x1 + nx * last, y1 + ny * last),
        (x1 - nx * last, y1 - ny * last), (x0 - nx * first, y0 - ny * first),
    ]  # fmt: skip
    tip = CIRCLE[::3] * np.float32(last / 2) + np.array(end, np.float32)
    root = CIRCLE[::3] * np.float32(first / 2) + np.array(start, np.float32)
    hull = cv2.convexHull(np.concatenate([np.asarray(sides, np.float32), tip, root]))
    return hull[:, 0, :]  # type: ignore[no-any-return]


def smooth(points: Points, *, closed: bool = True, times: int = 2) -> Points:
    """Round a polygon's corners (Chaikin's corner cutting)."""
    for _ in range(times):
        following = np.roll(points, -1, 0)
        cut = np.stack([0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following], 1).reshape(-1, 2)
        points = cut if closed else cut[:-2]
    return points.astype(np.float32)
