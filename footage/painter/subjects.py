"""Putting the subject into the shot: how large, where, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sin

from footage.painter.attributes import Shot, Subject
from footage.painter.camera import View
from footage.painter.carried import paint_lantern
from footage.painter.elements import Element, Glow, Layer, Pose, Sprite, standing
from footage.painter.light import ACCENTS, LAMP, Colour, mix
from footage.painter.people import people
from footage.painter.plate import Pixels, cell
from footage.painter.poses import NEARNESS, flipped, halo, rocked, sun_side
from footage.painter.stage import Setting, Stage
from footage.painter.things import bird, house
from footage.painter.vehicles import boat_elements, train_elements


def subject_elements(stage: Stage, setting: Setting) -> list[Element]:
    """The subject of the scene and the light it carries."""
    match stage.scene.subject:
        case Subject.FIGURE | Subject.PAIR:
            return people(stage, setting)
        case Subject.BOAT:
            return boat_elements(stage, setting)
        case Subject.TRAIN:
            return train_elements(stage, setting)
        case Subject.BIRD:
            return _birds(stage)
        case Subject.HOUSE:
            return _house(stage, setting)
        case Subject.LANTERN:
            return _lanterns(stage)
        case Subject.NONE:
            return []


def _birds(stage: Stage) -> list[Element]:
    match stage.scene.shot:
        case Shot.WIDE:
            flock = [
                (0.0, 0.0, 0.21),
                (-0.17, 0.075, 0.17),
                (0.18, 0.085, 0.17),
                (-0.34, 0.15, 0.15),
                (0.36, 0.17, 0.15),
            ]
            centre = (stage.subject_x, 0.24)
        case Shot.MEDIUM:
            flock = [(-0.42, -0.10, 0.26), (0.0, 0.0, 0.74)]
            centre = (stage.subject_x, 0.44)
        case Shot.CLOSE:
            flock = [(0.0, 0.0, 1.45)]
            centre = (stage.aspect / 2 + 0.05 * stage.facing, 0.52)
    return [_bird(stage, (centre[0] + dx * stage.facing, centre[1] + dy), span) for dx, dy, span in flock]


def _bird(stage: Stage, at: tuple[float, float], span: float) -> Sprite:
    phases, accent = 24, ACCENTS[stage.scene.accent]
    side = sun_side(stage, at[0]) * stage.facing

    def pose(index: int) -> Pose:
        unit = span * stage.geometry.height
        painted = bird(unit, phase=index / phases, accent=accent, light=stage.light, sun_side=side)
        return flipped(painted, stage.facing, (0.0, 0.0))

    speed = 0.045 * stage.facing
    wave = float(stage.rng.uniform(0, 6))

    def path(t: float) -> tuple[float, float]:
        return at[0] + speed * t, at[1] + 0.012 * sin(1.2 * t + wave) - 0.004 * t

    period = 0.75 + 0.5 * span
    return Sprite(
        pose, phases, period, path, stage.geometry, NEARNESS[stage.scene.shot], float(stage.rng.random())
    )


def _house(stage: Stage, setting: Setting) -> list[Element]:
    scene = stage.scene
    width = {Shot.WIDE: 0.46, Shot.MEDIUM: 0.85, Shot.CLOSE: 1.38}[scene.shot]
    foot = {Shot.WIDE: setting.ground - 0.05, Shot.MEDIUM: 0.86, Shot.CLOSE: 1.0}[scene.shot]
    side = sun_side(stage, stage.subject_x) * stage.facing
    painted = house(
        width * stage.geometry.height,
        accent=ACCENTS[scene.accent],
        light=stage.light,
        sun_side=side,
        rng=stage.rng,
    )
    base = flipped(painted, stage.facing, (0.0, 0.0))
    x, depth = stage.subject_x, NEARNESS[scene.shot]
    elements: list[Element] = [Sprite(lambda _: base, 1, 1.0, standing((x, foot)), stage.geometry, depth)]
    if stage.light.lamps > 0.2:
        lit = halo(width * 0.55 * stage.geometry.height, LAMP, 0.62 * stage.light.lamps)
        window = (x - 0.26 * width * stage.facing, foot - 0.20 * width)
        elements.append(Glow(lit, standing(window), stage.geometry, depth, 0.05))
    chimney = (x + 0.25 * width * stage.facing, foot - 0.86 * width)
    return [
        *elements,
        Smoke(chimney, width, mix(stage.light.haze, stage.light.on((0.9, 0.9, 0.92)), 0.5), stage),
    ]


@dataclass(slots=True)
class Smoke:
    """Puffs that rise from a chimney, widen and thin out."""

    start: tuple[float, float]
    size: float
    colour: Colour
    stage: Stage

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Draw the puffs of the moment."""
        geometry = self.stage.geometry
        for k in range(9):
            age = (t / 6 + k / 9) % 1.0
            x = self.start[0] + self.size * (0.05 * sin(5 * age + k) + 0.28 * age * self.stage.facing)
            y = self.start[1] - self.size * 0.62 * age
            puff = halo(
                self.size * (0.05 + 0.13 * age) * geometry.height,
                self.colour,
                0.55 * (1 - age) * min(1.0, age * 8),
            )
            depth = NEARNESS[self.stage.scene.shot]
            Glow(puff, standing((x, y)), geometry, depth).draw(frame, t=t, view=view)


def _lanterns(stage: Stage) -> list[Element]:
    aspect = stage.aspect
    match stage.scene.shot:
        case Shot.WIDE:
            hung = [
                (aspect * (0.14 + 0.18 * k), 0.22 + 0.055 * (1 - ((k - 2) / 2) ** 2), 0.066) for k in range(5)
            ]
        case Shot.MEDIUM:
            hung = [(aspect * 0.24, 0.34, 0.115), (aspect * 0.52, 0.46, 0.165), (aspect * 0.80, 0.32, 0.115)]
        case Shot.CLOSE:
            hung = [(stage.subject_x, 0.50, 0.32)]
    elements: list[Element] = [_rope(stage, hung)] if stage.scene.shot is Shot.WIDE else []
    for x, y, radius in hung:
        elements += _lantern(stage, (x, y), radius)
    return elements


def _rope(stage: Stage, hung: list[tuple[float, float, float]]) -> Layer:
    plate = stage.plate()
    ends = [
        (stage.geometry.left - 0.05, 0.08),
        *((x, y - r * 1.9) for x, y, r in hung),
        (stage.geometry.right + 0.05, 0.08),
    ]
    plate.line(ends, stage.light.on((0.12, 0.09, 0.08)), width=0.006)
    return Layer(plate.pixels, stage.geometry, NEARNESS[Shot.WIDE])


def _lantern(stage: Stage, at: tuple[float, float], radius: float) -> list[Element]:
    accent, light = ACCENTS[stage.scene.accent], stage.light
    cord = (
        radius * 1.9
        if stage.scene.shot is Shot.WIDE
        else at[1] + stage.geometry.margin_y / stage.geometry.height + 0.08
    )
    plate = cell(stage.geometry.height, x0=-radius * 1.5, y0=-cord, x1=radius * 1.5, y1=radius * 1.8)
    plate.line(
        [(0.0, -cord), (0.0, -radius * 0.9)], light.on((0.12, 0.09, 0.08)), width=max(0.004, radius * 0.05)
    )
    paint_lantern(plate, (0.0, 0.0), radius, accent, light)
    base = flipped(plate, 1, (0.0, -cord))
    swing, offset = float(stage.rng.uniform(1.2, 2.4)) * (0.14 / max(0.14, radius)), float(stage.rng.random())
    depth = NEARNESS[stage.scene.shot]

    def pose(index: int) -> Pose:
        return rocked(base, swing * sin(2 * pi * index / 40))

    glow = halo(radius * 3.4 * stage.geometry.height, mix(LAMP, accent, 0.6), 0.20 + 0.50 * light.lamps)
    hang = (at[0], at[1] - cord)
    return [
        Glow(glow, standing(at), stage.geometry, depth, 0.08),
        Sprite(pose, 40, 3.2, standing(hang), stage.geometry, depth, offset),
    ]
