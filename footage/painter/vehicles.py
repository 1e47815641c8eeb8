"""Boats and trains in the shot, afloat or on their rails."""

from __future__ import annotations

from math import pi, sin

import numpy as np

from footage.painter.attributes import Shot
from footage.painter.elements import Element, Glow, Layer, Pose, Sprite
from footage.painter.light import ACCENTS, mix
from footage.painter.poses import NEARNESS, flipped, halo, rocked, sun_side
from footage.painter.stage import Setting, Stage
from footage.painter.things import boat, train


def boat_elements(stage: Stage, setting: Setting) -> list[Element]:
    scene = stage.scene
    length = {Shot.WIDE: 0.46, Shot.MEDIUM: 0.86, Shot.CLOSE: 1.75}[scene.shot]
    afloat = setting.water is not None
    line = {Shot.WIDE: (setting.water or setting.ground - 0.12) + 0.13, Shot.MEDIUM: 0.80, Shot.CLOSE: 0.86}[
        scene.shot
    ]
    side = sun_side(stage, stage.subject_x) * stage.facing
    painted = boat(
        length * stage.geometry.height,
        accent=ACCENTS[scene.accent],
        light=stage.light,
        sun_side=side,
        afloat=afloat,
    )
    base = flipped(painted, stage.facing, (0.0, 0.0))
    rock = 1.6 if afloat else 0.0
    tilt = 0.0 if afloat else 5.0 * stage.facing

    def pose(index: int) -> Pose:
        return rocked(base, tilt + rock * sin(2 * pi * index / 32))

    def path(t: float) -> tuple[float, float]:
        drift = 0.014 * stage.facing * t if afloat else 0.0
        return stage.subject_x + drift, line + (0.005 * length * sin(1.4 * t) if afloat else 0.0)

    return [Sprite(pose, 32, 4.4, path, stage.geometry, NEARNESS[scene.shot])]


def train_elements(stage: Stage, setting: Setting) -> list[Element]:
    scene = stage.scene
    size = {Shot.WIDE: 0.125, Shot.MEDIUM: 0.40, Shot.CLOSE: 1.0}[scene.shot]
    foot = {Shot.WIDE: setting.ground - 0.07, Shot.MEDIUM: 0.82, Shot.CLOSE: 1.06}[scene.shot]
    speed = {Shot.WIDE: 0.10, Shot.MEDIUM: 0.26, Shot.CLOSE: 0.42}[scene.shot]
    cars = {Shot.WIDE: 4, Shot.MEDIUM: 4, Shot.CLOSE: 3}[scene.shot]
    side = sun_side(stage, stage.subject_x) * stage.facing
    painted = train(
        size * stage.geometry.height,
        cars=cars,
        accent=ACCENTS[scene.accent],
        light=stage.light,
        sun_side=side,
        rng=stage.rng,
    )
    base = flipped(painted, stage.facing, (0.0, 1.0))
    length = 3.05 * cars * size
    nose = {Shot.WIDE: 0.66, Shot.MEDIUM: 0.62, Shot.CLOSE: 0.60}[scene.shot] * stage.aspect

    def path(t: float) -> tuple[float, float]:
        gone = (nose + speed * t) % (stage.aspect + length + 0.6)
        return (gone if stage.facing > 0 else stage.aspect - gone), foot

    depth = NEARNESS[scene.shot]
    rails = _rails(stage, foot=foot, size=size, over_water=setting.water is not None)
    elements: list[Element] = [rails, Sprite(lambda _: base, 1, 1.0, path, stage.geometry, depth)]
    if stage.light.lamps > 0.3:
        lit = halo(size * 0.9 * stage.geometry.height, (1.0, 0.9, 0.7), 0.8 * stage.light.lamps)
        ahead = 0.40 * size * stage.facing
        elements.append(Glow(lit, lambda t: (path(t)[0] + ahead, foot - 0.34 * size), stage.geometry, depth))
    return elements


def _rails(stage: Stage, *, foot: float, size: float, over_water: bool) -> Layer:
    """Rails on ballast, or on a viaduct with arches where there is water below."""
    plate, light = stage.plate(), stage.light
    left, right = stage.geometry.left - 0.1, stage.geometry.right + 0.1
    stone = light.ground(mix((0.42, 0.38, 0.36), (0.3, 0.3, 0.32), 0.3))
    if over_water:
        deck = foot + 0.22 * size
        plate.polygon(
            [(left, foot), (right, foot), (right, deck), (left, deck)], light.on((0.45, 0.40, 0.38))
        )
        for x in np.arange(left, right, 1.7 * size):
            plate.polygon(
                [
                    (x, deck - 0.01),
                    (x + 0.34 * size, deck - 0.01),
                    (x + 0.30 * size, foot + 1.2 * size),
                    (x + 0.04 * size, foot + 1.2 * size),
                ],
                light.on((0.34, 0.31, 0.31)),
            )
        plate.line(
            [(left, foot + 0.02 * size), (right, foot + 0.02 * size)],
            mix(stone, (1, 1, 1), 0.2),
            width=0.03 * size,
        )
    else:
        plate.polygon(
            [(left, foot), (right, foot), (right, foot + 0.34 * size), (left, foot + 0.34 * size)], stone
        )
        for x in np.arange(left, right, 0.34 * size):
            plate.line(
                [(x, foot + 0.05 * size), (x - 0.05 * size, foot + 0.16 * size)],
                light.on((0.2, 0.15, 0.12)),
                width=0.07 * size,
            )
    plate.line([(left, foot), (right, foot)], light.on((0.75, 0.74, 0.72)), width=0.04 * size)
    return Layer(plate.pixels, stage.geometry, NEARNESS[stage.scene.shot])
