"""Putting the subject into the shot: how large, where, and how it moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sin

import cv2
import numpy as np

from footage.painter.attributes import PEOPLE, Carried, Place, Shot, Subject
from footage.painter.elements import Element, Glow, Layer, Pose, Sprite
from footage.painter.figures import (
    Body,
    Person,
    balloon_at,
    canopy,
    lamp_at,
    paint_body,
    paint_lantern,
    person,
)
from footage.painter.light import ACCENTS, LAMP, Colour, mix
from footage.painter.plate import Pixels, Plate, cell
from footage.painter.stage import Setting, Stage
from footage.painter.things import bird, boat, house, train

NEARNESS = {Shot.WIDE: 0.30, Shot.MEDIUM: 0.14, Shot.CLOSE: 0.0}
"""Depth at which a subject stands."""

Path = Callable[[float], tuple[float, float]]


def subject_elements(stage: Stage, setting: Setting) -> list[Element]:
    """The subject of the scene and the light it carries."""
    match stage.scene.subject:
        case Subject.FIGURE | Subject.PAIR:
            return _people(stage, setting)
        case Subject.BOAT:
            return _boat(stage, setting)
        case Subject.TRAIN:
            return _train(stage, setting)
        case Subject.BIRD:
            return _birds(stage)
        case Subject.HOUSE:
            return _house(stage, setting)
        case Subject.LANTERN:
            return _lanterns(stage)
        case Subject.NONE:
            return []


def sun_side(stage: Stage, x: float) -> int:
    """1 if the sun stands to the right of x, else -1."""
    return 1 if stage.sun[0] > x else -1


def halo(radius: float, colour: Colour, strength: float) -> Pixels:
    """A round light `radius` pixels wide, falling to nothing at its edge; (2r, 2r, 3)."""
    size = max(4, round(radius * 2))
    at = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    distance = np.sqrt(at[:, None] ** 2 + at[None, :] ** 2)
    fall = np.clip(1 - distance, 0, 1) ** 2.4
    return np.clip(fall[..., None] * np.asarray(colour, np.float32) * 255 * strength, 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Framing:
    """Size of a body in frame heights and where its crown is when it doesn't stand in the frame."""

    size: float
    crown: float


def _framing(stage: Stage, ground: float) -> Framing:
    tall = stage.scene.carried in (Carried.UMBRELLA, Carried.BALLOON)
    match stage.scene.shot:
        case Shot.WIDE:
            size = float(stage.rng.uniform(0.27, 0.31)) * (1.45 if stage.scene.place is Place.ROOM else 1.0)
            return Framing(size, ground - size)
        case Shot.MEDIUM:
            return Framing(1.12, 0.31) if tall else Framing(1.30, 0.17)
        case Shot.CLOSE:
            pair = stage.scene.subject is Subject.PAIR
            return Framing(2.05 if pair else 2.35, 0.30) if tall else Framing(2.3 if pair else 2.75, 0.19)


def _people(stage: Stage, setting: Setting) -> list[Element]:
    scene = stage.scene
    framing = _framing(stage, setting.ground)
    accent = ACCENTS[scene.accent]
    pair = scene.subject is Subject.PAIR
    close = scene.shot is Shot.CLOSE
    lead = person(
        stage.rng, accent=accent, carried=scene.carried, dressed=scene.carried is Carried.NONE, close=close
    )
    gap = {Shot.WIDE: 0.30, Shot.MEDIUM: 0.34, Shot.CLOSE: 0.36}[scene.shot] * framing.size
    walking = scene.shot is Shot.WIDE and bool(stage.rng.random() < 0.5)
    centre = stage.aspect / 2 if pair and scene.shot is not Shot.WIDE else stage.subject_x
    x = centre - (stage.facing * gap / 2 if pair else 0.0)
    elements: list[Element] = []
    if pair:
        other = person(stage.rng, accent=mix(accent, (0.5, 0.5, 0.5), 0.7), carried=Carried.NONE, dressed=False, close=close)
        elements += _body(stage, other, framing, x=x + stage.facing * gap, walking=walking, turned=not walking, scale=0.95)
    elements += _body(stage, lead, framing, x=x, walking=walking, turned=False, scale=1.0)
    return elements


def _body(
    stage: Stage, who: Person, framing: Framing, *, x: float, walking: bool, turned: bool, scale: float
) -> list[Element]:
    size = framing.size * scale
    crown = framing.crown + (framing.size - size if stage.scene.shot is Shot.WIDE else 0.12 * (framing.size - size))
    facing = -stage.facing if turned else stage.facing
    depth = NEARNESS[stage.scene.shot]
    start, offset = x - stage.facing * 0.14 * walking, float(stage.rng.random())
    phases = 20 if walking else 16
    period = 1.3 if walking else 4.0

    def path(t: float) -> tuple[float, float]:
        sway = 0.0 if walking else 0.004 * framing.size * sin(0.9 * t + 6 * offset)
        rise = 0.006 * size * abs(sin(2 * pi * t / period)) if walking else 0.003 * size * sin(2 * pi * t / 4.0)
        return start + sway + (stage.facing * 0.30 * size * t if walking else 0.0), crown - rise

    def body(index: int) -> Body:
        turn = 2 * pi * index / phases
        return Body(who, turn if walking else None, 0.0 if walking else sin(turn), 0.45 + 0.4 * sin(turn + 1))

    side = sun_side(stage, x) * facing

    def pose(index: int) -> Pose:
        return _body_pose(stage, body(index), size=size, facing=facing, side=side)

    sprite = Sprite(pose, phases, period, path, stage.geometry, depth, offset)
    return [sprite, *_carried_light(stage, body(0), size, facing, path, depth)]


def _body_pose(stage: Stage, body: Body, *, size: float, facing: int, side: int) -> Pose:
    wide = stage.scene.shot is Shot.WIDE
    unit = size * stage.geometry.height
    lowest = 1.06 if wide else (1 + stage.geometry.margin_y / stage.geometry.height + 0.06) / size
    plate = cell(unit, x0=-0.42, y0=-0.28, x1=0.42, y1=lowest)
    if wide:
        _shadow(plate)
    paint_body(plate, body, light=stage.light, sun_side=side)
    anchor = (0.42 * unit, 0.28 * unit)
    if facing > 0:
        return Pose(plate.pixels, anchor)
    return Pose(np.ascontiguousarray(plate.pixels[:, ::-1]), (plate.pixels.shape[1] - anchor[0], anchor[1]))


def _shadow(plate: Plate) -> None:
    grid = plate.geometry
    across = grid.xs()[None, :] / 0.24
    down = (grid.ys()[:, None] - 0.995) / 0.045
    plate.lay((0.0, 0.0, 0.02), (np.clip(1 - across**2 - down**2, 0, 1) * 0.6).astype(np.float32))


def _carried_light(
    stage: Stage, body: Body, size: float, facing: int, path: Path, depth: float
) -> list[Element]:
    if body.who.carried is not Carried.LANTERN:
        return []
    x, y = lamp_at(body)
    colour = mix(LAMP, body.who.accent, 0.55)
    strength = 0.25 + 0.65 * stage.light.lamps
    light = halo(0.62 * size**0.7 * stage.geometry.height * 0.62, colour, strength)

    def lamp(t: float) -> tuple[float, float]:
        px, py = path(t)
        return px + facing * x * size, py + y * size

    return [Glow(light, lamp, stage.geometry, depth, 0.18)]


def _flipped(plate: Plate, facing: int, at: tuple[float, float]) -> Pose:
    grid = plate.geometry
    anchor = ((at[0] - grid.left) * grid.height, (at[1] - grid.top) * grid.height)
    if facing > 0:
        return Pose(plate.pixels, anchor)
    return Pose(np.ascontiguousarray(plate.pixels[:, ::-1]), (plate.pixels.shape[1] - anchor[0], anchor[1]))


def _rocked(pose: Pose, degrees: float) -> Pose:
    """The pose turned about its anchor."""
    height, width = pose.pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(pose.anchor, degrees, 1.0)
    turned: Pixels = cv2.warpAffine(pose.pixels, matrix, (width, height), flags=cv2.INTER_LINEAR)  # type: ignore[assignment]
    return Pose(turned, pose.anchor)


def _boat(stage: Stage, setting: Setting) -> list[Element]:
    scene = stage.scene
    length = {Shot.WIDE: 0.46, Shot.MEDIUM: 0.86, Shot.CLOSE: 1.75}[scene.shot]
    afloat = setting.water is not None
    line = {Shot.WIDE: (setting.water or setting.ground - 0.12) + 0.13, Shot.MEDIUM: 0.80, Shot.CLOSE: 0.86}[scene.shot]
    side = sun_side(stage, stage.subject_x) * stage.facing
    painted = boat(
        length * stage.geometry.height, accent=ACCENTS[scene.accent], light=stage.light, sun_side=side, afloat=afloat
    )
    base = _flipped(painted, stage.facing, (0.0, 0.0))
    rock = 1.6 if afloat else 0.0
    tilt = 0.0 if afloat else 5.0 * stage.facing

    def pose(index: int) -> Pose:
        return _rocked(base, tilt + rock * sin(2 * pi * index / 32))

    def path(t: float) -> tuple[float, float]:
        drift = 0.014 * stage.facing * t if afloat else 0.0
        return stage.subject_x + drift, line + (0.005 * length * sin(1.4 * t) if afloat else 0.0)

    return [Sprite(pose, 32, 4.4, path, stage.geometry, NEARNESS[scene.shot])]


def _train(stage: Stage, setting: Setting) -> list[Element]:
    scene = stage.scene
    size = {Shot.WIDE: 0.125, Shot.MEDIUM: 0.40, Shot.CLOSE: 1.0}[scene.shot]
    foot = {Shot.WIDE: setting.ground - 0.07, Shot.MEDIUM: 0.82, Shot.CLOSE: 1.06}[scene.shot]
    speed = {Shot.WIDE: 0.10, Shot.MEDIUM: 0.26, Shot.CLOSE: 0.42}[scene.shot]
    cars = {Shot.WIDE: 4, Shot.MEDIUM: 4, Shot.CLOSE: 3}[scene.shot]
    side = sun_side(stage, stage.subject_x) * stage.facing
    painted = train(
        size * stage.geometry.height, cars=cars, accent=ACCENTS[scene.accent], light=stage.light, sun_side=side, rng=stage.rng
    )
    base = _flipped(painted, stage.facing, (0.0, 1.0))
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
        plate.polygon([(left, foot), (right, foot), (right, deck), (left, deck)], light.on((0.45, 0.40, 0.38)))
        for x in np.arange(left, right, 1.7 * size):
            plate.polygon([(x, deck - 0.01), (x + 0.34 * size, deck - 0.01), (x + 0.30 * size, foot + 1.2 * size),
                           (x + 0.04 * size, foot + 1.2 * size)], light.on((0.34, 0.31, 0.31)))  # fmt: skip
        plate.line([(left, foot + 0.02 * size), (right, foot + 0.02 * size)], mix(stone, (1, 1, 1), 0.2), width=0.03 * size)
    else:
        plate.polygon([(left, foot), (right, foot), (right, foot + 0.34 * size), (left, foot + 0.34 * size)], stone)
        for x in np.arange(left, right, 0.34 * size):
            plate.line([(x, foot + 0.05 * size), (x - 0.05 * size, foot + 0.16 * size)], light.on((0.2, 0.15, 0.12)), width=0.07 * size)
    plate.line([(left, foot), (right, foot)], light.on((0.75, 0.74, 0.72)), width=0.04 * size)
    return Layer(plate.pixels, stage.geometry, NEARNESS[stage.scene.shot])


def _birds(stage: Stage) -> list[Element]:
    match stage.scene.shot:
        case Shot.WIDE:
            flock = [(0.0, 0.0, 0.21), (-0.17, 0.075, 0.17), (0.18, 0.085, 0.17), (-0.34, 0.15, 0.15), (0.36, 0.17, 0.15)]
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
        return _flipped(painted, stage.facing, (0.0, 0.0))

    speed = 0.045 * stage.facing
    wave = float(stage.rng.uniform(0, 6))

    def path(t: float) -> tuple[float, float]:
        return at[0] + speed * t, at[1] + 0.012 * sin(1.2 * t + wave) - 0.004 * t

    period = 0.75 + 0.5 * span
    return Sprite(pose, phases, period, path, stage.geometry, NEARNESS[stage.scene.shot], float(stage.rng.random()))


def _house(stage: Stage, setting: Setting) -> list[Element]:
    scene = stage.scene
    width = {Shot.WIDE: 0.46, Shot.MEDIUM: 0.85, Shot.CLOSE: 1.38}[scene.shot]
    foot = {Shot.WIDE: setting.ground - 0.05, Shot.MEDIUM: 0.86, Shot.CLOSE: 1.0}[scene.shot]
    side = sun_side(stage, stage.subject_x) * stage.facing
    painted = house(
        width * stage.geometry.height, accent=ACCENTS[scene.accent], light=stage.light, sun_side=side, rng=stage.rng
    )
    base = _flipped(painted, stage.facing, (0.0, 0.0))
    x, depth = stage.subject_x, NEARNESS[scene.shot]
    elements: list[Element] = [Sprite(lambda _: base, 1, 1.0, lambda _: (x, foot), stage.geometry, depth)]
    if stage.light.lamps > 0.2:
        lit = halo(width * 0.55 * stage.geometry.height, LAMP, 0.62 * stage.light.lamps)
        window = (x - 0.26 * width * stage.facing, foot - 0.20 * width)
        elements.append(Glow(lit, lambda _: window, stage.geometry, depth, 0.05))
    chimney = (x + 0.25 * width * stage.facing, foot - 0.86 * width)
    return [*elements, Smoke(chimney, width, mix(stage.light.haze, stage.light.on((0.9, 0.9, 0.92)), 0.5), stage)]


@dataclass(slots=True)
class Smoke:
    """Puffs that rise from a chimney, widen and thin out."""

    start: tuple[float, float]
    size: float
    colour: Colour
    stage: Stage

    def draw(self, frame: Pixels, *, t: float, view) -> None:  # type: ignore[no-untyped-def]
        """Draw the puffs of the moment."""
        geometry = self.stage.geometry
        for k in range(9):
            age = (t / 6 + k / 9) % 1.0
            x = self.start[0] + self.size * (0.05 * sin(5 * age + k) + 0.28 * age * self.stage.facing)
            y = self.start[1] - self.size * 0.62 * age
            puff = halo(self.size * (0.05 + 0.13 * age) * geometry.height, self.colour, 0.55 * (1 - age) * min(1.0, age * 8))
            Glow(puff, lambda _, x=x, y=y: (x, y), geometry, NEARNESS[self.stage.scene.shot]).draw(frame, t=t, view=view)  # type: ignore[misc]


def _lanterns(stage: Stage) -> list[Element]:
    aspect = stage.aspect
    match stage.scene.shot:
        case Shot.WIDE:
            hung = [(aspect * (0.14 + 0.18 * k), 0.22 + 0.055 * (1 - ((k - 2) / 2) ** 2), 0.066) for k in range(5)]
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
    ends = [(stage.geometry.left - 0.05, 0.08), *((x, y - r * 1.9) for x, y, r in hung), (stage.geometry.right + 0.05, 0.08)]
    plate.line(ends, stage.light.on((0.12, 0.09, 0.08)), width=0.006)
    return Layer(plate.pixels, stage.geometry, NEARNESS[Shot.WIDE])


def _lantern(stage: Stage, at: tuple[float, float], radius: float) -> list[Element]:
    accent, light = ACCENTS[stage.scene.accent], stage.light
    cord = radius * 1.9 if stage.scene.shot is Shot.WIDE else at[1] + stage.geometry.margin_y / stage.geometry.height + 0.08
    plate = cell(stage.geometry.height, x0=-radius * 1.5, y0=-cord, x1=radius * 1.5, y1=radius * 1.8)
    plate.line([(0.0, -cord), (0.0, -radius * 0.9)], light.on((0.12, 0.09, 0.08)), width=max(0.004, radius * 0.05))
    paint_lantern(plate, (0.0, 0.0), radius, accent, light)
    base = _flipped(plate, 1, (0.0, -cord))
    swing, offset = float(stage.rng.uniform(1.2, 2.4)) * (0.14 / max(0.14, radius)), float(stage.rng.random())
    depth = NEARNESS[stage.scene.shot]

    def pose(index: int) -> Pose:
        return _rocked(base, swing * sin(2 * pi * index / 40))

    glow = halo(radius * 3.4 * stage.geometry.height, mix(LAMP, accent, 0.6), 0.20 + 0.50 * light.lamps)
    hang = (at[0], at[1] - cord)
    return [
        Glow(glow, lambda _: at, stage.geometry, depth, 0.08),
        Sprite(pose, 40, 3.2, lambda _: hang, stage.geometry, depth, offset),
    ]
