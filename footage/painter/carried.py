"""What people carry: umbrella, lantern, suitcase, balloon, in the body heights of `bodies`."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin

import numpy as np

from footage.painter.attributes import Carried
from footage.painter.bodies import Body, Points, smooth
from footage.painter.light import LAMP, Colour, Light, mix
from footage.painter.plate import Plate

LAMP_SIZE = 0.076


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


def carried_behind(plate: Plate, body: Body, light: Light) -> None:
    if body.who.carried is Carried.UMBRELLA:
        x, y, half = canopy(body)
        plate.line([grip(body), (x, y - 0.12)], light.on((0.16, 0.13, 0.12)), width=0.010)
        inside = mix(light.vivid(body.who.accent), (0, 0, 0), 0.45)
        plate.ellipse((x, y), (half * 0.97, 0.035), inside)
    if body.who.carried is Carried.BALLOON:
        x, y = balloon_at(body)
        plate.line(
            [grip(body), (x * 0.8 - 0.03, (y + 0.3) / 2), (x, y + 0.10)],
            light.on((0.8, 0.8, 0.8)),
            width=0.004,
        )


def carried_before(plate: Plate, body: Body, light: Light) -> None:
    match body.who.carried:
        case Carried.UMBRELLA:
            _umbrella(plate, body, light)
        case Carried.LANTERN:
            hand = grip(body)
            plate.line(
                [hand, (lamp_at(body)[0], lamp_at(body)[1] - LAMP_SIZE)], (0.1, 0.08, 0.07), width=0.006
            )
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
    for k, (a, b) in enumerate(pairwise(ribs)):
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
        plate.ellipse(
            (x, y + radius * 0.04),
            (radius * share, radius * 0.95 * (0.6 + 0.4 * share)),
            mix(body, core, k / 3),
        )
    for share in (-0.66, -0.33, 0.0, 0.33, 0.66):
        rib = [
            (x + radius * share * cos(a), y + radius * 0.95 * sin(a)) for a in np.linspace(-pi / 2, pi / 2, 9)
        ]
        plate.line(rib, mix(body, (0, 0, 0), 0.22), width=radius * 0.035)
    cap = mix(light.on((0.30, 0.20, 0.08)), (0.55, 0.36, 0.10), 0.4 * lit)
    for side in (-1, 1):
        lid = y + side * radius * 0.95
        plate.line([(x - radius * 0.40, lid), (x + radius * 0.40, lid)], cap, width=radius * 0.19)
    for thread in (-0.10, 0.0, 0.10):
        plate.line(
            [(x + thread * radius, y + radius), (x + 1.6 * thread * radius, y + radius * 1.55)],
            body,
            width=radius * 0.06,
        )


def _suitcase(plate: Plate, body: Body, light: Light) -> None:
    x, y = grip(body)
    colour = light.vivid(body.who.accent)
    x0, x1, y0, y1 = x - 0.115, x + 0.115, y + 0.032, y + 0.205
    plate.line(
        [(x - 0.03, y0), (x - 0.03, y - 0.002), (x + 0.03, y - 0.002), (x + 0.03, y0)],
        light.on((0.2, 0.14, 0.1)),
        width=0.012,
    )
    r = 0.016
    box = np.array(
        [
            (x0 + r, y0),
            (x1 - r, y0),
            (x1, y0 + r),
            (x1, y1 - r),
            (x1 - r, y1),
            (x0 + r, y1),
            (x0, y1 - r),
            (x0, y0 + r),
        ],
        np.float32,
    )
    plate.polygon(smooth(box, times=1), colour)
    plate.polygon(
        [(x0, y1 - 0.06), (x1, y1 - 0.06), (x1 - r, y1), (x0 + r, y1)], mix(colour, (0, 0, 0), 0.18)
    )
    for strap in (x0 + 0.05, x1 - 0.05):
        plate.line([(strap, y0), (strap, y1)], mix(colour, (0.1, 0.06, 0.03), 0.65), width=0.014)
    plate.line([(x0 + 0.008, y0 + 0.012), (x1 - 0.008, y0 + 0.012)], mix(colour, (1, 1, 1), 0.3), width=0.006)


def _balloon(plate: Plate, centre: tuple[float, float], accent: Colour, light: Light) -> None:
    x, y = centre
    colour = light.vivid(accent)
    plate.polygon(
        [(x, y + 0.09), (x - 0.012, y + 0.118), (x + 0.012, y + 0.118)], mix(colour, (0, 0, 0), 0.2)
    )
    for k in range(5):
        share = 1 - 0.16 * k
        tone = mix(mix(colour, (0, 0, 0), 0.16), mix(colour, (1, 1, 1), 0.22), k / 4)
        plate.ellipse((x - 0.012 * k, y - 0.012 * k), (0.086 * share, 0.100 * share), tone)
    plate.ellipse((x - 0.040, y - 0.050), (0.012, 0.020), mix(colour, (1, 1, 1), 0.75), angle=30)
