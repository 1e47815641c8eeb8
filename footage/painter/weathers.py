"""Weather in front of the camera: rain, snow and drifting fog. Positions follow from time alone."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from footage.painter.attributes import Place, Weather
from footage.painter.camera import View
from footage.painter.elements import Drift, Element, wrapped
from footage.painter.light import mix
from footage.painter.noise import Field, looping, smoothstep
from footage.painter.plate import Geometry, Pixels
from footage.painter.stage import Stage


def weather_before(stage: Stage) -> list[Element]:
    """What falls or drifts between camera and scene; nothing indoors."""
    if stage.scene.place is Place.ROOM:
        return []
    match stage.scene.weather:
        case Weather.RAIN:
            return [rain(stage, count=190, near=1.0)]
        case Weather.SNOW:
            return [snow(stage, count=170, size=1.0)]
        case Weather.FOG:
            return [
                fog_bank(stage, top=stage.horizon - 0.12, height=0.5, thickness=0.36, speed=0.02, depth=0.3)
            ]
        case _:
            return []


def weather_behind(stage: Stage) -> list[Element]:
    """What falls or drifts behind the subject."""
    if stage.scene.place is Place.ROOM:
        return []
    match stage.scene.weather:
        case Weather.RAIN:
            return [rain(stage, count=330, near=0.45)]
        case Weather.SNOW:
            return [snow(stage, count=190, size=0.5)]
        case Weather.FOG:
            return [
                fog_bank(stage, top=stage.horizon - 0.34, height=0.6, thickness=0.9, speed=-0.012, depth=0.8)
            ]
        case _:
            return []


def _brightness(stage: Stage) -> float:
    return float(np.clip(0.30 + 0.75 * stage.light.sky[1][1], 0.34, 0.9))


def rain(stage: Stage, *, count: int, near: float) -> Rain:
    """Slanting streaks; `near` 0..1 makes them longer and faster."""
    rng = stage.rng
    drops = np.stack([rng.random(count), rng.random(count), rng.uniform(0.7, 1.2, count)], 1).astype(
        np.float32
    )
    colour = mix(stage.light.sky[2], (0.92, 0.96, 1.0), 0.7)
    strength = _brightness(stage) * (0.20 + 0.26 * near)
    slant = float(rng.uniform(-0.22, 0.22))
    return Rain(drops, stage.geometry, slant, near, tuple(int(255 * c * strength) for c in colour))


@dataclass(slots=True)
class Rain:
    """Streaks of rain. `drops` is (n, 3): column and phase in [0, 1], speed factor."""

    drops: Field
    geometry: Geometry
    slant: float
    near: float
    light: tuple[int, ...]

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Draw each streak where it has fallen to."""
        h, aspect = self.geometry.height, self.geometry.aspect
        fall = 1.5 + 1.5 * self.near
        y = (self.drops[:, 1] + self.drops[:, 2] * fall * t) % 1.25 - 0.15
        x = self.drops[:, 0] * (aspect + 0.5) - 0.25 + self.slant * y + view.dx * (0.4 + 0.6 * self.near)
        length = (0.035 + 0.055 * self.near) * self.drops[:, 2]
        heads = np.stack([x, y], 1)
        tails = np.stack([x - self.slant * length, y - length], 1)
        lines = (np.stack([tails, heads], 1) * h * 16).astype(np.int32)
        cover = np.zeros(frame.shape[:2], np.uint8)
        width = max(1, round(h * 0.0022 * (0.5 + self.near)))
        cv2.polylines(cover, list(lines), False, 255.0, width, cv2.LINE_AA, 4)
        room = cv2.merge([cv2.multiply(cover, float(level), scale=1 / 255) for level in self.light])
        cv2.add(frame, room, dst=frame)


def snow(stage: Stage, *, count: int, size: float) -> Snow:
    """Falling flakes; `size` 1 is near the camera."""
    rng = stage.rng
    flakes = np.stack(
        [rng.random(count), rng.random(count), rng.uniform(0.35, 1.0, count) ** 1.6, rng.random(count)], 1
    ).astype(np.float32)
    level = _brightness(stage)
    return Snow(flakes, stage.geometry, size, int(255 * min(1.0, level + 0.12)))


@dataclass(slots=True)
class Snow:
    """Flakes. `flakes` is (n, 4): column, phase, size and sway, all in [0, 1]."""

    flakes: Field
    geometry: Geometry
    size: float
    level: int

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Draw each flake where it has sunk to."""
        h, aspect = self.geometry.height, self.geometry.aspect
        column, phase, big, sway = self.flakes.T
        y = (phase + (0.07 + 0.10 * big * self.size) * t) % 1.1 - 0.05
        x = column * (aspect + 0.3) - 0.15 + 0.02 * np.sin(1.3 * t + 6.28 * sway) + 0.02 * t * (sway - 0.3)
        x = (x + view.dx * self.size + 0.15) % (aspect + 0.3) - 0.15
        radius = np.maximum(0.62, h * (0.0018 + 0.0062 * big * self.size))
        centres = np.stack([x, y], 1) * h * 16
        cover = np.zeros(frame.shape[:2], np.uint8)
        for (cx, cy), r in zip(centres.astype(int).tolist(), (radius * 16).astype(int).tolist(), strict=True):
            cv2.circle(cover, (cx, cy), r, 255.0, -1, cv2.LINE_AA, 4)
        if self.size > 0.7:
            cover = cv2.GaussianBlur(cover, (3, 3), 0)
        light = cv2.multiply(cover, float(self.level), scale=1 / 255)
        through = cv2.bitwise_not(cover)
        cv2.multiply(frame, cv2.merge([through, through, through]), dst=frame, scale=1 / 255)
        cv2.add(frame, cv2.merge([light, light, light]), dst=frame)


def fog_bank(
    stage: Stage, *, top: float, height: float, thickness: float, speed: float, depth: float
) -> Drift:
    """A bank of fog that drifts sideways; `thickness` is its greatest cover, 0..1."""
    geometry = stage.geometry
    rows = max(8, round(height * geometry.height))
    loop = int(geometry.columns * 1.3)
    plain = looping(stage.rng, height=rows, width=loop, rows=2, columns=4)
    edge = np.linspace(0, 1, rows, dtype=np.float32)
    cover = (
        (0.35 + 0.65 * smoothstep(0.2, 0.8, plain))
        * np.clip(np.sin(np.pi * edge), 0, 1)[:, None] ** 0.8
        * thickness
    )
    out = np.empty((rows, loop, 4), np.uint8)
    out[..., :3] = np.asarray(stage.light.haze, np.float32) * cover[..., None] * 255
    out[..., 3] = cover * 255
    return Drift(wrapped(out, geometry.width), geometry, round(top * geometry.height), speed, depth)
