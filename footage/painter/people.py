"""People in the shot: how large, where, walking or standing, and the lantern's light around them."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sin

import numpy as np

from footage.painter.attributes import Carried, Place, Shot, Subject
from footage.painter.bodies import Body, Person, person
from footage.painter.carried import lamp_at
from footage.painter.elements import Element, Glow, Path, Pose, Sprite
from footage.painter.figures import paint_body
from footage.painter.light import ACCENTS, LAMP, mix
from footage.painter.plate import Plate, cell
from footage.painter.poses import NEARNESS, halo, sun_side
from footage.painter.stage import Setting, Stage


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


def people(stage: Stage, setting: Setting) -> list[Element]:
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
        other = person(
            stage.rng,
            accent=mix(accent, (0.5, 0.5, 0.5), 0.7),
            carried=Carried.NONE,
            dressed=False,
            close=close,
        )
        elements += _body(
            stage, other, framing, x=x + stage.facing * gap, walking=walking, turned=not walking, scale=0.95
        )
    elements += _body(stage, lead, framing, x=x, walking=walking, turned=False, scale=1.0)
    return elements


def _body(
    stage: Stage, who: Person, framing: Framing, *, x: float, walking: bool, turned: bool, scale: float
) -> list[Element]:
    size = framing.size * scale
    crown = framing.crown + (
        framing.size - size if stage.scene.shot is Shot.WIDE else 0.12 * (framing.size - size)
    )
    facing = -stage.facing if turned else stage.facing
    depth = NEARNESS[stage.scene.shot]
    start, offset = x - stage.facing * 0.14 * walking, float(stage.rng.random())
    phases = 20 if walking else 16
    period = 1.3 if walking else 4.0

    def path(t: float) -> tuple[float, float]:
        sway = 0.0 if walking else 0.004 * framing.size * sin(0.9 * t + 6 * offset)
        rise = (
            0.006 * size * abs(sin(2 * pi * t / period)) if walking else 0.003 * size * sin(2 * pi * t / 4.0)
        )
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
