"""People: seen whole, to the waist, or head and shoulders; in a coat with a scarf, walking or breathing.

A body is painted in body heights: crown at y = 0, soles at y = 1, x = 0 in the middle, looking to the right.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from footage.painter.attributes import Carried
from footage.painter.light import LAMP, Colour, Light, mix
from footage.painter.plate import CIRCLE, Plate

Points = NDArray[np.float32]

SKINS: tuple[Colour, ...] = ((0.93, 0.75, 0.62), (0.86, 0.65, 0.50), (0.72, 0.50, 0.36), (0.50, 0.33, 0.23))
HAIRS: tuple[Colour, ...] = ((0.07, 0.06, 0.07), (0.16, 0.10, 0.07), (0.30, 0.17, 0.09), (0.42, 0.40, 0.40))
COATS: tuple[Colour, ...] = ((0.20, 0.21, 0.26), (0.30, 0.26, 0.24), (0.34, 0.36, 0.40), (0.24, 0.18, 0.20))
STYLES = ("bun", "bob", "short", "long", "cap", "hat")

# Head in profile, x forward, y from crown (0) to chin (1).
PROFILE = np.array(
    [(0.02, 0.0), (0.24, 0.05), (0.39, 0.17), (0.43, 0.31), (0.425, 0.40), (0.40, 0.455), (0.46, 0.54), (0.535, 0.635),
     (0.50, 0.675), (0.435, 0.69), (0.455, 0.735), (0.45, 0.765), (0.42, 0.785), (0.445, 0.815), (0.43, 0.855),
     (0.40, 0.88), (0.415, 0.93), (0.38, 0.99), (0.29, 1.0), (0.12, 0.93), (0.0, 0.86), (-0.10, 0.88), (-0.26, 0.80),
     (-0.42, 0.58), (-0.45, 0.36), (-0.34, 0.13), (-0.18, 0.03)],
    np.float32,
)  # fmt: skip
LAMP_SIZE = 0.076
HEAD = (0.122, 0.145)
"""Depth and height of a head in body heights."""


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


def paint_body(plate: Plate, body: Body, *, light: Light, sun_side: int) -> None:
    """Paint a person looking to the right, shade it and light its edge from the side of the sun."""
    who = body.who
    _carried_behind(plate, body, light)
    if not who.close:
        _legs(plate, body, light)
    _far_arm(plate, body, light)
    _hair_behind(plate, body, light)
    _coat(plate, body, light)
    _head(plate, body, light)
    _scarf(plate, body, light)
    _near_arm(plate, body, light)
    shade_cloth(plate, light=light, sun_side=sun_side)
    _carried_before(plate, body, light)


def limb(start: tuple[float, float], end: tuple[float, float], first: float, last: float) -> Points:
    """A tapered limb as a polygon; widths at both ends."""
    (x0, y0), (x1, y1) = start, end
    length = max(1e-6, float(np.hypot(x1 - x0, y1 - y0)))
    nx, ny = -(y1 - y0) / length / 2, (x1 - x0) / length / 2
    sides = [
        (x0 + nx * first, y0 + ny * first), (x1 + nx * last, y1 + ny * last),
        (x1 - nx * last, y1 - ny * last), (x0 - nx * first, y0 - ny * first),
    ]  # fmt: skip
    tip = CIRCLE[::3] * np.float32(last / 2) + np.float32(end)
    root = CIRCLE[::3] * np.float32(first / 2) + np.float32(start)
    hull = cv2.convexHull(np.concatenate([np.asarray(sides, np.float32), tip, root]))
    return hull[:, 0, :]  # type: ignore[no-any-return]


def smooth(points: Points, *, closed: bool = True, times: int = 2) -> Points:
    """Round a polygon's corners (Chaikin's corner cutting)."""
    for _ in range(times):
        following = np.roll(points, -1, 0)
        cut = np.stack([0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following], 1).reshape(-1, 2)
        points = cut if closed else cut[:-2]
    return points.astype(np.float32)


def _legs(plate: Plate, body: Body, light: Light) -> None:
    trousers = light.on(mix(body.who.coat, (0.07, 0.07, 0.09), 0.82))
    shoe = light.on((0.09, 0.07, 0.06))
    swings = (0.0, 0.0) if body.stride is None else (sin(body.stride), -sin(body.stride))
    for index, swing in enumerate(swings):
        rest = 0.028 * (1 - 2 * index) if body.stride is None else 0.0
        hip = (rest * 0.6, 0.52)
        knee = (rest + 0.085 * swing + (0.02 if body.stride is not None else 0), 0.735)
        lift = 0.0 if body.stride is None else 0.035 * max(0.0, cos(body.stride + pi * index))
        ankle = (rest + 0.15 * swing - 0.03 * (lift > 0.01), 0.955 - lift)
        colour = mix(trousers, (0, 0, 0), 0.3 * index)
        plate.polygon(limb(hip, knee, 0.088, 0.064), colour)
        plate.polygon(limb(knee, ankle, 0.064, 0.046), colour)
        toe = (ankle[0] + 0.055, ankle[1] + 0.026)
        plate.polygon(limb((ankle[0] - 0.008, ankle[1] + 0.018), toe, 0.050, 0.034), shoe)


def _coat(plate: Plate, body: Body, light: Light) -> None:
    who, b = body.who, 0.004 * body.breath
    colour = light.vivid(who.coat) if who.dressed else light.on(who.coat)
    step = 0.0 if body.stride is None else 0.018 * sin(2 * body.stride)
    hem = 0.72 if who.skirt else 0.64
    wide = 0.125 if who.skirt else 0.102
    w = 0.02 * body.wind
    outline = np.array(
        [(-0.030, 0.150), (0.030, 0.150), (0.075, 0.183 - b), (0.107 + b, 0.225), (0.100 + b, 0.31), (0.074, 0.42),
         (0.088, 0.52), (wide + step - w, hem), (0.0, hem + 0.012), (-wide + step - 1.6 * w, hem - 0.004),
         (-0.092, 0.52), (-0.080, 0.42), (-0.104 - b, 0.31), (-0.109 - b, 0.225), (-0.075, 0.183 - b)],
        np.float32,
    )  # fmt: skip
    plate.polygon(smooth(outline), colour)
    dark, pale = mix(colour, (0, 0, 0), 0.28), mix(colour, (1, 1, 1), 0.07)
    plate.polygon(smooth(np.array([(0.018, 0.17), (0.062, 0.19), (0.052, 0.33), (0.028, 0.30)], np.float32)), pale)
    plate.line([(0.030, 0.20), (0.032, 0.42), (0.040, hem)], dark, width=0.006)
    plate.line([(-0.083, 0.425), (0.0, 0.437), (0.077, 0.425)], dark, width=0.012)
    for y in (0.30, 0.36, 0.48):
        plate.ellipse((0.052, y), (0.007, 0.007), dark)


def _far_arm(plate: Plate, body: Body, light: Light) -> None:
    swing = 0.0 if body.stride is None else sin(body.stride)
    sleeve = light.on(mix(body.who.coat, (0, 0, 0), 0.35))
    elbow, hand = (0.055 + 0.05 * swing, 0.37), (0.06 + 0.10 * swing, 0.49)
    plate.polygon(limb((0.068, 0.225), elbow, 0.062, 0.052), sleeve)
    plate.polygon(limb(elbow, hand, 0.052, 0.040), sleeve)
    plate.ellipse((hand[0] + 0.003, hand[1] + 0.018), (0.018, 0.022), light.on(body.who.skin))


def grip(body: Body) -> tuple[float, float]:
    """Where the near hand is."""
    who = body.who
    swing = 0.0 if body.stride is None else -sin(body.stride)
    match who.carried:
        case Carried.UMBRELLA:
            return 0.118, 0.315 + 0.003 * body.breath
        case Carried.LANTERN:
            return (0.205, 0.205) if who.close else (0.200, 0.375 + 0.006 * body.breath)
        case Carried.BALLOON:
            return (-0.135, 0.30) if who.close else (-0.14, 0.36)
        case Carried.SUITCASE:
            return (0.10, 0.27) if who.close else (-0.035 + 0.03 * swing, 0.515)
        case _:
            return -0.045 + 0.11 * swing, 0.50 - 0.012 * abs(swing)


def _near_arm(plate: Plate, body: Body, light: Light) -> None:
    sleeve = light.on(mix(body.who.coat, (1, 1, 1), 0.04))
    edge = mix(light.on(body.who.coat), (0, 0, 0), 0.34)
    hand = grip(body)
    shoulder = (-0.066, 0.228)
    reach = float(np.hypot(hand[0] - shoulder[0], hand[1] - shoulder[1]))
    bend = max(0.0, 0.31 - reach) * 0.75
    elbow = ((shoulder[0] + hand[0]) / 2 - 0.02, (shoulder[1] + hand[1]) / 2 + 0.02 + bend)
    for grown, colour in ((0.009, edge), (0.0, sleeve)):
        plate.polygon(limb(shoulder, elbow, 0.070 + grown, 0.056 + grown), colour)
        plate.polygon(limb(elbow, hand, 0.056 + grown, 0.042 + grown), colour)
    plate.ellipse(hand, (0.021, 0.023), light.on(body.who.skin))


def _head(plate: Plate, body: Body, light: Light) -> None:
    who = body.who
    skin = light.on(who.skin)
    nod = 0.0015 * body.breath
    plate.polygon(limb((-0.012, 0.115), (-0.008, 0.185), 0.058, 0.074), mix(skin, (0, 0, 0), 0.26))
    face = np.stack([PROFILE[:, 0] * HEAD[0] + 0.004, PROFILE[:, 1] * HEAD[1] + nod], 1)
    plate.polygon(smooth(face, times=1), skin)
    plate.ellipse((0.040, 0.098 + nod), (0.014, 0.011), mix(skin, (0.85, 0.35, 0.3), 0.16))
    plate.polygon(_on_head([(0.35, 0.425), (0.25, 0.435), (0.22, 0.46), (0.34, 0.475)], nod), mix(skin, (1, 1, 1), 0.45))
    plate.polygon(_on_head([(0.35, 0.425), (0.29, 0.43), (0.29, 0.47), (0.345, 0.47)], nod), (0.06, 0.05, 0.05))
    plate.line(_on_head([(0.375, 0.42), (0.28, 0.415), (0.20, 0.445)], nod), (0.06, 0.05, 0.05), width=0.0022)
    plate.line(_on_head([(0.40, 0.345), (0.30, 0.325), (0.18, 0.365)], nod), light.on(who.hair), width=0.0034)
    plate.line(_on_head([(0.425, 0.775), (0.33, 0.79)], nod), mix(skin, (0.45, 0.05, 0.08), 0.65), width=0.0032)
    _hair(plate, who, light, nod)


def _on_head(points: list[tuple[float, float]], nod: float) -> Points:
    at = np.asarray(points, np.float32)
    return np.stack([at[:, 0] * HEAD[0] + 0.004, at[:, 1] * HEAD[1] + nod], 1)


def _hair_behind(plate: Plate, body: Body, light: Light) -> None:
    who = body.who
    if who.style == "long":
        w = 0.25 * body.wind
        fall = [(-0.1, 0.05), (-0.48, 0.25), (-0.60 - w * 0.4, 0.9), (-0.66 - w, 1.75), (-0.30 - w, 1.82), (0.0, 1.0)]
        plate.polygon(smooth(_on_head(fall, 0)), light.on(mix(who.hair, (0, 0, 0), 0.2)))
    if who.style == "bun":
        plate.ellipse((-0.062, 0.022), (0.030, 0.028), light.on(who.hair))


def _hair(plate: Plate, who: Person, light: Light, nod: float) -> None:
    hair = light.on(who.hair)
    line = [(0.41, 0.22), (0.30, 0.20), (0.16, 0.30), (0.08, 0.42), (0.04, 0.56), (-0.06, 0.60)]
    nape = {"bob": [(-0.05, 0.95), (-0.34, 1.0), (-0.56, 0.86)], "long": [(-0.05, 0.95), (-0.45, 1.02)]}
    back = nape.get(who.style, [(-0.16, 0.80), (-0.32, 0.80)])
    crown = [(-0.51, 0.55), (-0.52, 0.32), (-0.40, 0.08), (-0.18, -0.045), (0.06, -0.06), (0.30, 0.02), (0.42, 0.14)]
    plate.polygon(smooth(_on_head([*line, *back, *crown], nod)), hair)
    sheen = mix(hair, (1, 1, 1), 0.10)
    for k in range(4):
        strand = [(0.22 - 0.12 * k, 0.04 + 0.02 * k), (-0.02 - 0.10 * k, 0.22 + 0.04 * k), (-0.08 - 0.09 * k, 0.5)]
        plate.line(smooth(_on_head(strand, nod), closed=False), sheen, width=0.0022)
    if who.style not in ("bob", "long"):
        plate.polygon(smooth(_on_head([(0.03, 0.46), (-0.07, 0.43), (-0.09, 0.58), (-0.01, 0.66)], nod)), light.on(who.skin))
    _headwear(plate, who, light, nod)


def _headwear(plate: Plate, who: Person, light: Light, nod: float) -> None:
    colour = light.on(mix(who.coat, (0.1, 0.1, 0.1), 0.45))
    if who.style == "cap":
        dome = [(-0.53, 0.36), (-0.50, 0.05), (-0.25, -0.14), (0.12, -0.15), (0.40, 0.02), (0.48, 0.24), (0.0, 0.26)]
        plate.polygon(smooth(_on_head(dome, nod)), colour)
        plate.polygon(_on_head([(-0.53, 0.22), (0.48, 0.17), (0.48, 0.27), (-0.52, 0.38)], nod), mix(colour, (1, 1, 1), 0.12))
    if who.style == "hat":
        brim = [(-0.80, 0.24), (-0.3, 0.16), (0.4, 0.14), (0.84, 0.22), (0.4, 0.27), (-0.3, 0.30)]
        dome = [(-0.44, 0.22), (-0.40, -0.16), (-0.1, -0.24), (0.25, -0.22), (0.40, -0.10), (0.42, 0.2)]
        plate.polygon(smooth(_on_head(dome, nod), times=1), colour)
        plate.polygon(_on_head([(-0.44, 0.10), (0.42, 0.07), (0.42, 0.19), (-0.44, 0.22)], nod), mix(colour, (0, 0, 0), 0.4))
        plate.polygon(smooth(_on_head(brim, nod)), colour)


def _scarf(plate: Plate, body: Body, light: Light) -> None:
    colour = light.vivid(body.who.scarf)
    dark = mix(colour, (0, 0, 0), 0.2)
    w = body.wind
    tail = np.array(
        [(-0.045, 0.160), (-0.085 - 0.03 * w, 0.205), (-0.115 - 0.06 * w, 0.270 - 0.04 * w),
         (-0.135 - 0.10 * w, 0.345 - 0.07 * w), (-0.100 - 0.09 * w, 0.355 - 0.06 * w), (-0.072 - 0.03 * w, 0.270), (-0.030, 0.195)],
        np.float32,
    )  # fmt: skip
    plate.polygon(smooth(tail), dark)
    wrap = np.array([(-0.060, 0.142), (0.0, 0.150), (0.050, 0.140), (0.060, 0.172), (0.0, 0.196), (-0.066, 0.180)], np.float32)
    plate.polygon(smooth(wrap), colour)
    plate.line([(-0.050, 0.160), (0.0, 0.170), (0.052, 0.158)], dark, width=0.005)


def shade_cloth(plate: Plate, *, light: Light, sun_side: int, rim: float = 1.0) -> None:
    """Round the shape by a soft gradient and draw the thin bright edge that back light makes."""
    alpha = plate.pixels[..., 3]
    unit = plate.geometry.height
    reach = max(1, round(0.008 * unit))
    soft = cv2.blur(alpha, (max(3, int(0.06 * unit)) | 1,) * 2)
    lit = cv2.addWeighted(_moved(soft, -sun_side * reach * 3, reach), 0.5, _moved(soft, sun_side * reach * 3, 0), -0.5, 128)
    factor = cv2.LUT(lit, _SHADE)
    rgb = plate.pixels[..., :3]
    shaded = cv2.multiply(rgb, cv2.merge([factor] * 3), scale=1 / 160)
    edge = cv2.subtract(alpha, _moved(alpha, sun_side * reach, -max(0, reach // 2)))
    edge = cv2.blur(cv2.min(edge, alpha), (3, 3)) if reach > 1 else cv2.min(edge, alpha)
    strength = rim * (0.30 + 0.55 * light.disc)
    light_on_edge = cv2.merge([cv2.multiply(edge, c * strength, scale=1.0) for c in light.key])
    lit_rgb = cv2.add(shaded, light_on_edge)
    plate.pixels[..., :3] = cv2.min(lit_rgb, cv2.merge([alpha] * 3))


_SHADE = np.clip(160 + (128 - np.arange(256)) * 0.85, 70, 255).astype(np.uint8)


def _moved(field: NDArray[np.uint8], dx: int, dy: int) -> NDArray[np.uint8]:
    """The field moved left by dx and up by dy pixels; empty where nothing comes in."""
    matrix = np.array([[1.0, 0, -dx], [0, 1.0, -dy]])
    moved: NDArray[np.uint8] = cv2.warpAffine(field, matrix, field.shape[::-1], flags=cv2.INTER_NEAREST)  # type: ignore[assignment]
    return moved


def canopy(body: Body) -> tuple[float, float, float]:
    """Centre of the umbrella's rim and its half width."""
    return (0.050, 0.015, 0.30) if body.who.close else (0.055, -0.015, 0.315)


def lamp_at(body: Body) -> tuple[float, float]:
    """Middle of the carried lantern."""
    hand = grip(body)
    return hand[0] + 0.012 * body.wind, hand[1] + LAMP_SIZE + 0.04


def balloon_at(body: Body) -> tuple[float, float]:
    """Middle of the balloon."""
    if body.who.close:
        return -0.205 - 0.012 * body.wind, 0.030
    return -0.20 - 0.03 * body.wind, -0.135


def _carried_behind(plate: Plate, body: Body, light: Light) -> None:
    if body.who.carried is Carried.UMBRELLA:
        x, y, half = canopy(body)
        plate.line([grip(body), (x, y - 0.12)], light.on((0.16, 0.13, 0.12)), width=0.010)
        inside = mix(light.vivid(body.who.accent), (0, 0, 0), 0.45)
        plate.ellipse((x, y), (half * 0.97, 0.035), inside)
    if body.who.carried is Carried.BALLOON:
        x, y = balloon_at(body)
        plate.line([grip(body), (x * 0.8 - 0.03, (y + 0.3) / 2), (x, y + 0.10)], light.on((0.8, 0.8, 0.8)), width=0.004)


def _carried_before(plate: Plate, body: Body, light: Light) -> None:
    match body.who.carried:
        case Carried.UMBRELLA:
            _umbrella(plate, body, light)
        case Carried.LANTERN:
            hand = grip(body)
            plate.line([hand, (lamp_at(body)[0], lamp_at(body)[1] - LAMP_SIZE)], (0.1, 0.08, 0.07), width=0.006)
            paint_lantern(plate, lamp_at(body), LAMP_SIZE, body.who.accent, light)
        case Carried.SUITCASE:
            _suitcase(plate, body, light)
        case Carried.BALLOON:
            _balloon(plate, balloon_at(body), body.who.accent, light)
        case _:
            pass


def _umbrella(plate: Plate, body: Body, light: Light) -> None:
    x, y, half = canopy(body)
    colour = light.vivid(body.who.accent)
    ribs = np.linspace(-1.0, 1.0, 6)
    top = (x, y - 0.175)
    for k, (a, b) in enumerate(zip(ribs[:-1], ribs[1:], strict=True)):
        bows = [_arc(top, (x + half * a, y), 0.55 * abs(a)), _scallop(x + half * a, x + half * b, y)]
        edge = np.concatenate([*bows, _arc(top, (x + half * b, y), 0.55 * abs(b))[::-1]])
        tone = (0.86, 1.0, 1.12, 0.98, 0.80)[k]
        plate.polygon(edge, tuple(min(1.0, c * tone) for c in colour))  # type: ignore[arg-type]
    plate.line([top, (x, y - 0.200)], light.on((0.2, 0.16, 0.12)), width=0.009)


def _arc(top: tuple[float, float], end: tuple[float, float], bulge: float) -> Points:
    at = np.linspace(0, 1, 9)
    x = top[0] + (end[0] - top[0]) * np.sin(at * pi / 2) ** (1 - 0.2 * bulge)
    y = top[1] + (end[1] - top[1]) * (1 - np.cos(at * pi / 2)) ** 1.05
    return np.stack([x, y], 1).astype(np.float32)


def _scallop(x0: float, x1: float, y: float) -> Points:
    at = np.linspace(0, 1, 7)
    return np.stack([x0 + (x1 - x0) * at, y - 0.018 * np.sin(pi * at)], 1).astype(np.float32)


def paint_lantern(
    plate: Plate, centre: tuple[float, float], radius: float, accent: Colour, light: Light
) -> None:
    """A ribbed paper lantern with black caps and a tassel, glowing from inside when lamps are lit."""
    x, y = centre
    lit = max(0.35, light.lamps)
    body = mix(light.on(accent), mix(accent, (1, 1, 1), 0.06), lit)
    core = mix(body, mix(LAMP, (1, 1, 0.9), 0.4), 0.80 * lit)
    for k, share in enumerate((1.0, 0.80, 0.60, 0.42)):
        plate.ellipse((x, y + radius * 0.04), (radius * share, radius * 0.95 * (0.6 + 0.4 * share)), mix(body, core, k / 3))
    for share in (-0.66, -0.33, 0.0, 0.33, 0.66):
        rib = [(x + radius * share * cos(a), y + radius * 0.95 * sin(a)) for a in np.linspace(-pi / 2, pi / 2, 9)]
        plate.line(rib, mix(body, (0, 0, 0), 0.22), width=radius * 0.035)
    cap = mix(light.on((0.30, 0.20, 0.08)), (0.55, 0.36, 0.10), 0.4 * lit)
    for side in (-1, 1):
        yy = y + side * radius * 0.95
        plate.polygon([(x - radius * 0.48, yy - radius * 0.09), (x + radius * 0.48, yy - radius * 0.09),
                       (x + radius * 0.48, yy + radius * 0.09), (x - radius * 0.48, yy + radius * 0.09)], cap)  # fmt: skip
    for k in (-0.10, 0.0, 0.10):
        plate.line([(x + k * radius, y + radius), (x + 1.6 * k * radius, y + radius * 1.55)], body, width=radius * 0.06)


def _suitcase(plate: Plate, body: Body, light: Light) -> None:
    x, y = grip(body)
    colour = light.vivid(body.who.accent)
    x0, x1, y0, y1 = x - 0.115, x + 0.115, y + 0.032, y + 0.205
    plate.line([(x - 0.03, y0), (x - 0.03, y - 0.002), (x + 0.03, y - 0.002), (x + 0.03, y0)], light.on((0.2, 0.14, 0.1)), width=0.012)
    r = 0.016
    box = np.array([(x0 + r, y0), (x1 - r, y0), (x1, y0 + r), (x1, y1 - r), (x1 - r, y1), (x0 + r, y1), (x0, y1 - r), (x0, y0 + r)], np.float32)
    plate.polygon(smooth(box, times=1), colour)
    plate.polygon([(x0, y1 - 0.06), (x1, y1 - 0.06), (x1 - r, y1), (x0 + r, y1)], mix(colour, (0, 0, 0), 0.18))
    for strap in (x0 + 0.05, x1 - 0.05):
        plate.line([(strap, y0), (strap, y1)], mix(colour, (0.1, 0.06, 0.03), 0.65), width=0.014)
    plate.line([(x0 + 0.008, y0 + 0.012), (x1 - 0.008, y0 + 0.012)], mix(colour, (1, 1, 1), 0.3), width=0.006)


def _balloon(plate: Plate, centre: tuple[float, float], accent: Colour, light: Light) -> None:
    x, y = centre
    colour = light.vivid(accent)
    plate.polygon([(x, y + 0.09), (x - 0.012, y + 0.118), (x + 0.012, y + 0.118)], mix(colour, (0, 0, 0), 0.2))
    for k in range(5):
        share = 1 - 0.16 * k
        tone = mix(mix(colour, (0, 0, 0), 0.16), mix(colour, (1, 1, 1), 0.22), k / 4)
        plate.ellipse((x - 0.012 * k, y - 0.012 * k), (0.086 * share, 0.100 * share), tone)
    plate.ellipse((x - 0.040, y - 0.050), (0.012, 0.020), mix(colour, (1, 1, 1), 0.75), angle=30)
