"""What lens and stock do to a finished picture: bloom, grade, vignette, diffusion, grain."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from footage.painter.attributes import Hour, Lens
from footage.painter.light import Colour, Light
from footage.painter.plate import Geometry, Pixels

GRAIN_LEVEL = {Lens.CLEAN: 2.2, Lens.VIGNETTE: 2.6, Lens.GRAIN: 7.5, Lens.HAZE: 2.2}
"""Standard deviation of the grain, in 8-bit steps."""
CORNER = {Lens.CLEAN: 0.16, Lens.VIGNETTE: 0.50, Lens.GRAIN: 0.20, Lens.HAZE: 0.12}
"""How much darker the corners are, as a share."""
TINT: dict[Hour, tuple[Colour, Colour]] = {
    Hour.DAWN: ((0.012, 0.008, 0.035), (1.0, 0.985, 0.97)),
    Hour.DAY: ((0.0, 0.012, 0.022), (1.0, 0.995, 0.97)),
    Hour.DUSK: ((0.022, 0.0, 0.035), (1.0, 0.97, 0.93)),
    Hour.NIGHT: ((0.0, 0.010, 0.030), (0.97, 0.99, 1.0)),
}
"""Colour lifted into the blacks and colour of the whites, per hour: the grade."""


@dataclass(slots=True)
class Glass:
    """Lens and stock of one take, prepared once."""

    lens: Lens
    corners: Pixels
    grain: tuple[Pixels, Pixels]
    curve: Pixels
    flare: Colour
    geometry: Geometry

    def develop(self, frame: Pixels, *, index: int) -> Pixels:
        """Bloom, grade, corners and grain; `index` moves the grain from frame to frame."""
        self._bloom(frame)
        cv2.multiply(frame, self.corners, dst=frame, scale=1 / 255)
        graded: Pixels = cv2.LUT(frame, self.curve)
        return self._grained(graded, index)

    def _bloom(self, frame: Pixels) -> None:
        """Light spills from what is bright; a diffusion filter spills more and lifts the blacks."""
        height, width = frame.shape[:2]
        haze = self.lens is Lens.HAZE
        small = cv2.resize(frame, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
        bright = cv2.subtract(small, (70, 70, 70, 0) if haze else (168, 168, 168, 0))
        spread = cv2.GaussianBlur(bright, (0, 0), max(0.8, height / 4 * (0.05 if haze else 0.035)))
        spread = cv2.convertScaleAbs(spread, alpha=0.40 if haze else 0.5)
        back = cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR)
        if haze:
            cv2.addWeighted(frame, 0.82, frame, 0.0, 14.0, dst=frame)
        cv2.add(frame, back, dst=frame)

    def _grained(self, frame: Pixels, index: int) -> Pixels:
        lighter, darker = self.grain
        room_y, room_x = lighter.shape[0] - self.geometry.height, lighter.shape[1] - self.geometry.width
        y, x = (index * 7919 + 13) % max(1, room_y), (index * 104729 + 29) % max(1, room_x)
        window = (slice(y, y + self.geometry.height), slice(x, x + self.geometry.width))
        cv2.add(frame, lighter[window], dst=frame)
        cv2.subtract(frame, darker[window], dst=frame)
        return frame


def glass(lens: Lens, *, hour: Hour, light: Light, geometry: Geometry, rng: np.random.Generator) -> Glass:
    """Prepare a lens and a stock for a frame size."""
    return Glass(
        lens, _corners(lens, geometry), _grain(lens, geometry, rng), _curve(hour), light.key, geometry
    )


def _corners(lens: Lens, geometry: Geometry) -> Pixels:
    x = np.linspace(-1, 1, geometry.width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, geometry.height, dtype=np.float32)[:, None]
    away = np.clip((x * x + y * y) / 2, 0, 1)
    fall = np.clip(255 * (1 - CORNER[lens] * 1.35 * away**1.15), 0, 255).astype(np.uint8)
    merged: Pixels = cv2.merge([fall, fall, fall])
    return merged


def _grain(lens: Lens, geometry: Geometry, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    rows, columns = geometry.height + 24, geometry.width + 32
    level = GRAIN_LEVEL[lens]
    coarse = max(1.0, geometry.height / 300) if lens is Lens.GRAIN else 1.0
    size = (round(rows / coarse), round(columns / coarse))
    plain = rng.standard_normal(size, np.float32) * (level * (1.25 if coarse > 1 else 1.0))
    if coarse > 1:
        plain = cv2.resize(plain, (columns, rows), interpolation=cv2.INTER_CUBIC)
    lighter = np.clip(plain, 0, 60).astype(np.uint8)
    darker = np.clip(-plain, 0, 60).astype(np.uint8)
    return cv2.merge([lighter] * 3), cv2.merge([darker] * 3)


def _curve(hour: Hour) -> Pixels:
    """A soft S-curve with tinted blacks and whites; (256, 1, 3)."""
    x = np.arange(256) / 255.0
    s = x + 0.10 * np.sin(2 * np.pi * (x - 0.5)) * 0.55 * (1 - 0.3 * x)
    blacks, whites = (np.asarray(c) for c in TINT[hour])
    graded = s[:, None] * whites + (1 - s[:, None]) ** 3 * blacks
    curve: Pixels = np.clip(graded * 255 + 0.5, 0, 255).astype(np.uint8)
    return curve[:, None, :]
