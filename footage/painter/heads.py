"""Heads: a profile with eyes, hair and hats."""

from __future__ import annotations

import numpy as np

from footage.painter.bodies import Body, Person, Points, limb, smooth
from footage.painter.light import Light, mix
from footage.painter.plate import Plate

# Clockwise from the crown: forehead, nose, lips, chin, jaw, nape, back of the head.
PROFILE = np.array(
    [
        *[(0.02, 0.0), (0.24, 0.05), (0.39, 0.17), (0.43, 0.31), (0.425, 0.40), (0.40, 0.455)],
        *[(0.46, 0.54), (0.535, 0.635), (0.50, 0.675), (0.435, 0.69), (0.455, 0.735), (0.45, 0.765)],
        *[(0.42, 0.785), (0.445, 0.815), (0.43, 0.855), (0.40, 0.88), (0.415, 0.93), (0.38, 0.99)],
        *[(0.29, 1.0), (0.12, 0.93), (0.0, 0.86), (-0.10, 0.88), (-0.26, 0.80)],
        *[(-0.42, 0.58), (-0.45, 0.36), (-0.34, 0.13), (-0.18, 0.03)],
    ],
    np.float32,
)
"""A head in profile, looking right: x forward, y from crown (0) to chin (1), both in head heights."""
HEAD = (0.122, 0.145)
"""Depth and height of a head in body heights."""


def paint_head(plate: Plate, body: Body, light: Light) -> None:
    who = body.who
    skin = light.on(who.skin)
    nod = 0.0015 * body.breath
    plate.polygon(limb((-0.012, 0.115), (-0.008, 0.185), 0.058, 0.074), mix(skin, (0, 0, 0), 0.26))
    face = np.stack([PROFILE[:, 0] * HEAD[0] + 0.004, PROFILE[:, 1] * HEAD[1] + nod], 1)
    plate.polygon(smooth(face, times=1), skin)
    plate.ellipse((0.040, 0.098 + nod), (0.014, 0.011), mix(skin, (0.85, 0.35, 0.3), 0.16))
    plate.polygon(
        _on_head([(0.35, 0.425), (0.25, 0.435), (0.22, 0.46), (0.34, 0.475)], nod), mix(skin, (1, 1, 1), 0.45)
    )
    plate.polygon(
        _on_head([(0.35, 0.425), (0.29, 0.43), (0.29, 0.47), (0.345, 0.47)], nod), (0.06, 0.05, 0.05)
    )
    plate.line(_on_head([(0.375, 0.42), (0.28, 0.415), (0.20, 0.445)], nod), (0.06, 0.05, 0.05), width=0.0022)
    plate.line(_on_head([(0.40, 0.345), (0.30, 0.325), (0.18, 0.365)], nod), light.on(who.hair), width=0.0034)
    plate.line(
        _on_head([(0.425, 0.775), (0.33, 0.79)], nod), mix(skin, (0.45, 0.05, 0.08), 0.65), width=0.0032
    )
    _hair(plate, who, light, nod)


def _on_head(points: list[tuple[float, float]], nod: float) -> Points:
    at = np.asarray(points, np.float32)
    return np.stack([at[:, 0] * HEAD[0] + 0.004, at[:, 1] * HEAD[1] + nod], 1)


def hair_behind(plate: Plate, body: Body, light: Light) -> None:
    who = body.who
    if who.style == "long":
        w = 0.25 * body.wind
        fall = [
            (-0.1, 0.05),
            (-0.48, 0.25),
            (-0.60 - w * 0.4, 0.9),
            (-0.66 - w, 1.75),
            (-0.30 - w, 1.82),
            (0.0, 1.0),
        ]
        plate.polygon(smooth(_on_head(fall, 0)), light.on(mix(who.hair, (0, 0, 0), 0.2)))
    if who.style == "bun":
        plate.ellipse((-0.062, 0.022), (0.030, 0.028), light.on(who.hair))


def _hair(plate: Plate, who: Person, light: Light, nod: float) -> None:
    hair = light.on(who.hair)
    line = [(0.41, 0.22), (0.30, 0.20), (0.16, 0.30), (0.08, 0.42), (0.04, 0.56), (-0.06, 0.60)]
    nape = {"bob": [(-0.05, 0.95), (-0.34, 1.0), (-0.56, 0.86)], "long": [(-0.05, 0.95), (-0.45, 1.02)]}
    back = nape.get(who.style, [(-0.16, 0.80), (-0.32, 0.80)])
    crown = [
        (-0.51, 0.55),
        (-0.52, 0.32),
        (-0.40, 0.08),
        (-0.18, -0.045),
        (0.06, -0.06),
        (0.30, 0.02),
        (0.42, 0.14),
    ]
    plate.polygon(smooth(_on_head([*line, *back, *crown], nod)), hair)
    sheen = mix(hair, (1, 1, 1), 0.10)
    for k in range(4):
        strand = [
            (0.22 - 0.12 * k, 0.04 + 0.02 * k),
            (-0.02 - 0.10 * k, 0.22 + 0.04 * k),
            (-0.08 - 0.09 * k, 0.5),
        ]
        plate.line(smooth(_on_head(strand, nod), closed=False), sheen, width=0.0022)
    if who.style not in ("bob", "long"):
        plate.polygon(
            smooth(_on_head([(0.03, 0.46), (-0.07, 0.43), (-0.09, 0.58), (-0.01, 0.66)], nod)),
            light.on(who.skin),
        )
    _headwear(plate, who, light, nod)


def _headwear(plate: Plate, who: Person, light: Light, nod: float) -> None:
    colour = light.on(mix(who.coat, (0.1, 0.1, 0.1), 0.45))
    if who.style == "cap":
        dome = [
            (-0.53, 0.36),
            (-0.50, 0.05),
            (-0.25, -0.14),
            (0.12, -0.15),
            (0.40, 0.02),
            (0.48, 0.24),
            (0.0, 0.26),
        ]
        plate.polygon(smooth(_on_head(dome, nod)), colour)
        plate.polygon(
            _on_head([(-0.53, 0.22), (0.48, 0.17), (0.48, 0.27), (-0.52, 0.38)], nod),
            mix(colour, (1, 1, 1), 0.12),
        )
    if who.style == "hat":
        brim = [(-0.80, 0.24), (-0.3, 0.16), (0.4, 0.14), (0.84, 0.22), (0.4, 0.27), (-0.3, 0.30)]
        dome = [(-0.44, 0.22), (-0.40, -0.16), (-0.1, -0.24), (0.25, -0.22), (0.40, -0.10), (0.42, 0.2)]
        plate.polygon(smooth(_on_head(dome, nod), times=1), colour)
        plate.polygon(
            _on_head([(-0.44, 0.10), (0.42, 0.07), (0.42, 0.19), (-0.44, 0.22)], nod),
            mix(colour, (0, 0, 0), 0.4),
        )
        plate.polygon(smooth(_on_head(brim, nod)), colour)
