"""Painting frames: a take is painted once as layers, then every frame only moves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import ceil
from typing import cast
from zlib import crc32

import cv2
import numpy as np

from footage.painter.attributes import Move, Shot
from footage.painter.camera import margins, view_at
from footage.painter.elements import Element, Layer
from footage.painter.lenses import Glass, glass
from footage.painter.light import light_of
from footage.painter.places import setting_of
from footage.painter.plate import Geometry, Pixels
from footage.painter.scene import Scene
from footage.painter.stage import Stage
from footage.painter.subjects import subject_elements
from footage.painter.weathers import weather_before, weather_behind

GRAIN_RATE = 25
"""Grain patterns per second."""
HORIZON = {Shot.WIDE: 0.60, Shot.MEDIUM: 0.55, Shot.CLOSE: 0.52}


@dataclass(frozen=True, slots=True)
class Picture:
    """A painted scene, ready to be looked at at any moment."""

    scene: Scene
    geometry: Geometry
    elements: tuple[Element, ...]
    glass: Glass
    phase: float

    def at(self, t: float) -> Pixels:
        """The frame `t` seconds into the take; (height, width, 3) uint8 RGB."""
        frame = np.zeros((self.geometry.height, self.geometry.width, 3), np.uint8)
        view = view_at(self.scene.move, t, phase=self.phase)
        for element in self.elements:
            element.draw(frame, t=t, view=view)
        return self.glass.develop(frame, index=round(t * GRAIN_RATE))


def picture_of(scene: Scene, *, seed: int, width: int, height: int) -> Picture:
    """Paint everything that doesn't change during a take."""
    rng = np.random.default_rng([seed, crc32(" ".join(scene.words().values()).encode())])
    stage = _stage(scene, rng, width=width, height=height)
    setting = setting_of(stage)
    elements = (
        *setting.behind,
        *weather_behind(stage),
        *subject_elements(stage, setting),
        *setting.before,
        *weather_before(stage),
    )
    if scene.move is Move.STILL:
        elements = tuple(_merged(elements))
    stock = glass(scene.lens, hour=scene.hour, light=stage.light, geometry=stage.geometry, rng=rng)
    return Picture(scene, stage.geometry, elements, stock, float(rng.random()))


def _merged(elements: Iterable[Element]) -> Iterator[Element]:
    """Neighbouring layers as one: under a camera that stands still they never part."""
    for still, group in groupby(elements, key=lambda element: isinstance(element, Layer)):
        together = list(group)
        yield from [_over(cast("list[Layer]", together))] if still else together


def _over(layers: list[Layer]) -> Layer:
    base = layers[0]
    for layer in layers[1:]:
        through = cv2.bitwise_not(cv2.extractChannel(layer.pixels, 3))
        dimmed = cv2.multiply(base.pixels, cv2.merge([through] * 4), scale=1 / 255)
        base = Layer(cv2.add(dimmed, layer.pixels), base.geometry, base.depth, base.opaque)
    return base


def _stage(scene: Scene, rng: np.random.Generator, *, width: int, height: int) -> Stage:
    margin_x, margin_y = margins(scene.move)
    geometry = Geometry(width, height, ceil(margin_x * height), ceil(margin_y * height))
    light = light_of(scene.hour, scene.weather, rng=rng)
    opposite = light.sun[0] < 0.5
    third = (0.63 if opposite else 0.37) + float(rng.uniform(-0.06, 0.06))
    return Stage(
        scene=scene,
        light=light,
        geometry=geometry,
        rng=rng,
        horizon=HORIZON[scene.shot] + float(rng.uniform(-0.04, 0.04)),
        subject_x=third * geometry.aspect,
        facing=-1 if opposite else 1,
    )


def paint(scene: Scene, *, seed: int, width: int = 384, height: int = 216, t: float = 0.0) -> Pixels:
    """One frame, `t` seconds into the take; (height, width, 3) uint8 RGB."""
    return picture_of(scene, seed=seed, width=width, height=height).at(t)


def paint_take(
    scene: Scene, *, seed: int, seconds: float | Fraction, fps: Fraction, width: int, height: int
) -> Iterator[Pixels]:
    """The frames of a take in order; frame k is `paint` at k / fps seconds."""
    picture = picture_of(scene, seed=seed, width=width, height=height)
    for index in range(round(Fraction(seconds) * fps)):
        yield picture.at(float(index / fps))
