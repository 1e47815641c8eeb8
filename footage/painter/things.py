"""Boats, trains, birds, houses: things a shot can be about, painted in units of their own size."""

from __future__ import annotations

from math import pi, sin

import cv2
import numpy as np

from footage.painter.bodies import limb, smooth
from footage.painter.figures import shade_cloth
from footage.painter.light import LAMP, Colour, Light, mix
from footage.painter.plate import Plate, cell, soften

WOOD: Colour = (0.36, 0.23, 0.14)
CREAM: Colour = (0.95, 0.90, 0.80)


def boat(unit: float, *, accent: Colour, light: Light, sun_side: int, afloat: bool) -> Plate:
    """A sailing boat one unit long on its waterline (y = 0), sails up to y = -1; mirrored when afloat."""
    plate = cell(unit, x0=-0.68, y0=-1.12, x1=0.68, y1=0.62 if afloat else 0.16)
    red, cream, wood = light.vivid(accent), light.on(CREAM), light.on(WOOD)
    _sails(plate, red, cream, wood)
    hull = [
        (-0.50, -0.115),
        (-0.30, -0.085),
        (0.20, -0.090),
        (0.56, -0.165),
        (0.44, 0.02),
        (0.36, 0.075),
        (-0.38, 0.075),
        (-0.46, 0.02),
    ]
    plate.polygon(smooth(np.array(hull, np.float32), times=1), mix(red, (0.08, 0.06, 0.08), 0.25))
    plate.polygon(
        [(-0.47, -0.022), (0.475, -0.062), (0.43, 0.03), (0.36, 0.075), (-0.38, 0.075), (-0.455, 0.03)], wood
    )
    plate.line(
        [(-0.49, -0.108), (-0.30, -0.080), (0.20, -0.085), (0.55, -0.158)],
        mix(cream, (1, 1, 1), 0.2),
        width=0.013,
    )
    for k in range(1, 4):
        y = -0.022 + 0.026 * k
        plate.line(
            [(-0.46 + 0.012 * k, y), (0.46 - 0.02 * k, y - 0.03)], mix(wood, (0, 0, 0), 0.3), width=0.004
        )
    cabin = [(-0.30, -0.085), (-0.28, -0.165), (-0.08, -0.165), (-0.06, -0.085)]
    plate.polygon(cabin, mix(cream, (0.5, 0.4, 0.3), 0.3))
    glow = mix(light.on((0.2, 0.3, 0.4)), LAMP, light.lamps)
    for x in (-0.25, -0.19, -0.13):
        plate.ellipse((x, -0.125), (0.017, 0.017), glow)
    plate.line([(0.30, -0.10), (0.40, 0.0)], light.on((0.75, 0.7, 0.6)), width=0.006)
    shade_cloth(plate, light=light, sun_side=sun_side)
    if afloat:
        _mirror_below(plate, light)
    return plate


def _sails(plate: Plate, red: Colour, cream: Colour, wood: Colour) -> None:
    main = np.array(
        [(-0.02, -1.0), (-0.06, -0.7), (-0.20, -0.42), (-0.45, -0.20), (-0.03, -0.165)], np.float32
    )
    jib = np.array(
        [(0.035, -0.92), (0.12, -0.66), (0.25, -0.40), (0.50, -0.21), (0.25, -0.20), (0.045, -0.22)],
        np.float32,
    )
    plate.polygon(smooth(main, times=1), red)
    plate.polygon(smooth(jib, times=1), cream)
    for k in range(1, 5):
        y = -0.165 - 0.16 * k
        reach = -0.45 * (1 - k / 5.4) ** 1.5 - 0.02
        plate.line([(-0.02, y), (reach * 0.92, y + 0.028)], mix(red, (0, 0, 0), 0.22), width=0.007)
    plate.line([(0.06, -0.40), (0.22, -0.42)], mix(cream, (0, 0, 0), 0.14), width=0.006)
    plate.line([(0.0, -0.08), (0.0, -1.06)], wood, width=0.022)
    plate.line([(-0.47, -0.175), (0.0, -0.150)], wood, width=0.014)
    plate.line([(0.0, -1.03), (0.55, -0.17)], mix(wood, (0, 0, 0), 0.4), width=0.004)
    plate.line([(0.0, -1.03), (-0.49, -0.11)], mix(wood, (0, 0, 0), 0.4), width=0.004)
    plate.polygon([(0.0, -1.09), (-0.13, -1.06), (0.0, -1.03)], red)


def _mirror_below(plate: Plate, light: Light) -> None:
    """Mirror what is above the waterline into the rows below it, broken and fading."""
    grid = plate.geometry
    line = grid.row(0.055)
    rows = grid.rows - line
    source = np.clip(line - 1 - (np.arange(rows) * 1.15).astype(int), 0, line - 1)
    flipped = soften(plate.pixels[source], max(0.4, 0.008 * grid.height))
    down = np.linspace(0, 1, rows, dtype=np.float32)
    waver = (
        0.012 * grid.height * (0.4 + down) * np.sin(np.arange(rows) / max(1.0, 0.016 * grid.height))
    ).astype(np.float32)
    columns = np.arange(grid.columns, dtype=np.float32)[None, :] + waver[:, None]
    lines = np.broadcast_to(np.arange(rows, dtype=np.float32)[:, None], columns.shape)
    broken = cv2.remap(flipped, columns, np.ascontiguousarray(lines), cv2.INTER_LINEAR)
    fade = (0.62 * (1 - down) ** 1.1)[:, None, None]
    plate.pixels[line:] = np.maximum(plate.pixels[line:], (broken * fade).astype(np.uint8))
    foam = np.array([(-0.50, 0.055), (0.0, 0.047), (0.44, 0.055), (0.0, 0.070)], np.float32)
    plate.polygon(foam, mix(light.on((0.8, 0.9, 0.95)), light.haze, 0.3))


def train(
    unit: float, *, cars: int, accent: Colour, light: Light, sun_side: int, rng: np.random.Generator
) -> Plate:
    """A train one unit high standing on y = 1, nose at x = 0, cars to the left; looks to the right."""
    length = 3.05
    plate = cell(unit, x0=-length * cars - 0.1, y0=-0.12, x1=0.62, y1=1.06)
    body, dark = light.vivid(accent), light.on((0.10, 0.10, 0.12))
    pale = mix(light.on(CREAM), body, 0.08)
    for index in range(cars):
        x1 = -length * index
        x0 = x1 - length + 0.07
        nose = index == 0
        _car(plate, x0, x1, nose=nose, body=body, pale=pale, dark=dark, light=light)
        _windows(plate, x0, x1, light=light, rng=rng)
        for wheel in (x0 + 0.38, x0 + 0.78, x1 - 0.78, x1 - 0.38):
            plate.ellipse((wheel, 0.91), (0.105, 0.105), dark)
            plate.ellipse((wheel, 0.91), (0.050, 0.050), mix(dark, (0.6, 0.6, 0.62), 0.45))
    shade_cloth(plate, light=light, sun_side=sun_side, rim=0.7)
    if light.lamps > 0.1:
        plate.ellipse((0.40, 0.66), (0.05, 0.05), (1.0, 0.95, 0.8))
    return plate


def _car(
    plate: Plate, x0: float, x1: float, *, nose: bool, body: Colour, pale: Colour, dark: Colour, light: Light
) -> None:
    front = [(x1, 0.04), (x1 + 0.12, 0.10), (x1 + 0.34, 0.36), (x1 + 0.50, 0.66), (x1 + 0.50, 0.84)]
    outline = [(x0, 0.04), *(front if nose else [(x1, 0.04), (x1, 0.84)]), (x0, 0.84)]
    plate.polygon(
        [(x0 + 0.1, 0.82), (x1 + 0.2 * nose - 0.05, 0.82), (x1 + 0.2 * nose - 0.12, 0.95), (x0 + 0.16, 0.95)],
        dark,
    )
    plate.polygon(
        [(x0 - 0.09, 0.25), (x0 + 0.01, 0.25), (x0 + 0.01, 0.82), (x0 - 0.09, 0.82)],
        mix(dark, (0, 0, 0), 0.3),
    )
    plate.polygon(outline, body)
    end = x1 + (0.20 if nose else 0.0)
    plate.polygon(
        [(x0, 0.57), (x1 + (0.45 if nose else 0.0), 0.57), (x1 + (0.49 if nose else 0.0), 0.65), (x0, 0.65)],
        pale,
    )
    plate.polygon([(x0, 0.0), (end - 0.24, 0.0), (end - 0.10, 0.06), (x0, 0.06)], mix(dark, body, 0.2))
    plate.line([(x0 + 0.02, 0.80), (x1 + 0.45 * nose, 0.80)], mix(body, (0, 0, 0), 0.35), width=0.03)
    if light.snow:
        plate.polygon(
            [(x0, -0.03), (end - 0.24, -0.03), (end - 0.16, 0.03), (x0, 0.03)], light.on((0.95, 0.96, 1.0))
        )
    if nose:
        glass = mix(light.on((0.15, 0.22, 0.30)), light.sky[2], 0.35)
        plate.polygon([(x1 + 0.10, 0.16), (x1 + 0.17, 0.18), (x1 + 0.33, 0.43), (x1 + 0.08, 0.43)], glass)


def _windows(plate: Plate, x0: float, x1: float, *, light: Light, rng: np.random.Generator) -> None:
    outside = mix(light.on((0.30, 0.45, 0.55)), light.sky[2], 0.55)
    glass = mix(outside, LAMP, min(1.0, light.lamps * 1.1))
    door = mix(light.on((0.2, 0.2, 0.22)), (0, 0, 0), 0.2)
    for k in range(6):
        x = x0 + 0.30 + k * 0.43
        if x + 0.30 > x1 - 0.1:
            break
        frame = [(x - 0.02, 0.17), (x + 0.32, 0.17), (x + 0.32, 0.51), (x - 0.02, 0.51)]
        plate.polygon(frame, door)
        plate.polygon([(x, 0.19), (x + 0.30, 0.19), (x + 0.30, 0.49), (x, 0.49)], glass)
        plate.polygon(
            [(x + 0.02, 0.19), (x + 0.11, 0.19), (x + 0.04, 0.49), (x, 0.49)], mix(glass, (1, 1, 1), 0.25)
        )
        if rng.random() < 0.6:
            sitter = x + float(rng.uniform(0.10, 0.20))
            tone = mix(door, glass, 0.12)
            plate.ellipse((sitter, 0.345), (0.042, 0.052), tone)
            plate.polygon(limb((sitter, 0.44), (sitter, 0.47), 0.15, 0.13), tone)
        plate.line([(x, 0.49), (x + 0.30, 0.49)], door, width=0.02)


def bird(unit: float, *, phase: float, accent: Colour, light: Light, sun_side: int) -> Plate:
    """A bird with a wingspan of about one unit, flying to the right; `phase` 0..1 of a wing beat."""
    plate = cell(unit, x0=-0.62, y0=-0.62, x1=0.50, y1=0.50)
    beat = sin(2 * pi * phase)
    colour, pale = light.vivid(accent), light.on(CREAM)
    dark = light.on((0.10, 0.09, 0.11))
    _wing(
        plate,
        (0.02, -0.015),
        beat * 0.9 + 0.15,
        mix(colour, (0, 0, 0), 0.40),
        mix(dark, (0, 0, 0), 0.2),
        lean=0.10,
    )
    plate.polygon(
        np.array(
            [(-0.14, -0.02), (-0.42, -0.045), (-0.38, -0.005), (-0.43, 0.04), (-0.14, 0.035)], np.float32
        ),
        dark,
    )
    body = np.array(
        [
            (-0.20, 0.0),
            (-0.08, -0.055),
            (0.08, -0.06),
            (0.18, -0.062),
            (0.235, -0.03),
            (0.22, 0.005),
            (0.12, 0.045),
            (-0.02, 0.058),
            (-0.14, 0.035),
        ],
        np.float32,
    )
    plate.polygon(smooth(body), colour)
    belly = np.array(
        [(-0.14, 0.02), (0.0, 0.022), (0.17, 0.012), (0.10, 0.046), (-0.02, 0.058), (-0.12, 0.040)],
        np.float32,
    )
    plate.polygon(smooth(belly), pale)
    plate.polygon([(0.215, -0.040), (0.305, -0.015), (0.215, 0.002)], light.on((0.95, 0.66, 0.15)))
    plate.ellipse((0.180, -0.030), (0.012, 0.012), (0.03, 0.03, 0.03))
    plate.ellipse((0.184, -0.034), (0.004, 0.004), (0.95, 0.95, 0.95))
    _wing(plate, (0.0, -0.02), beat, colour, dark, lean=-0.02)
    shade_cloth(plate, light=light, sun_side=sun_side, rim=0.8)
    return plate


def _wing(
    plate: Plate, root: tuple[float, float], beat: float, colour: Colour, dark: Colour, *, lean: float
) -> None:
    """A wing of feathers: an arm that follows the beat and a hand that lags behind it."""
    lift = -0.30 * beat - 0.06
    wrist = np.array([root[0] - 0.03 + lean, root[1] + lift * 0.55])
    tip = np.array([root[0] - 0.20 + lean * 2.2, root[1] + lift * 1.55 + 0.02])
    back = np.array([root[0] - 0.17, root[1] + 0.02])
    front = np.array([root[0] + 0.10, root[1]])
    before, behind = wrist + np.array([0.05, -0.01]), wrist + np.array([-0.15, 0.05])
    outline = np.array([front, before, tip, behind, back], np.float32)
    plate.polygon(smooth(outline, times=1), colour)
    for k in range(7):
        share = k / 6
        start = wrist * (1 - share * 0.4) + back * share * 0.4
        trailing = np.array([-0.04 * share - 0.05 * (1 - abs(2 * share - 1)), 0.03 * share + 0.02])
        end = tip * (1 - share) + back * share + trailing
        plate.polygon(limb(tuple(start), tuple(end), 0.045, 0.016), mix(dark, colour, 0.15 + 0.55 * share))
    plate.polygon(limb(tuple(front - (0.03, 0.0)), tuple(wrist), 0.085, 0.055), mix(colour, (1, 1, 1), 0.08))
    plate.polygon(limb(tuple(wrist), tuple(tip), 0.055, 0.012), mix(colour, dark, 0.25))


def house(unit: float, *, accent: Colour, light: Light, sun_side: int, rng: np.random.Generator) -> Plate:
    """A cottage one unit wide standing on y = 0, with a roof of the accent colour."""
    plate = cell(unit, x0=-0.72, y0=-1.0, x1=0.78, y1=0.12)
    wall, roof = light.on((0.93, 0.87, 0.76)), light.vivid(accent)
    side, timber = mix(wall, (0.1, 0.1, 0.2), 0.22), light.on((0.26, 0.17, 0.11))
    plate.polygon([(-0.50, -0.40), (0.18, -0.40), (0.18, 0.0), (-0.50, 0.0)], wall)
    plate.polygon([(0.18, -0.40), (0.36, -0.70), (0.54, -0.40), (0.54, 0.0), (0.18, 0.0)], side)
    plate.polygon([(0.20, -0.86), (0.30, -0.86), (0.30, -0.58), (0.20, -0.58)], light.on((0.50, 0.30, 0.24)))
    plate.polygon([(-0.57, -0.37), (-0.37, -0.72), (0.37, -0.72), (0.175, -0.37)], roof)
    plate.polygon(
        [(0.36, -0.74), (0.62, -0.36), (0.55, -0.36), (0.35, -0.655), (0.18, -0.36), (0.15, -0.40)],
        mix(roof, (0, 0, 0), 0.3),
    )
    for k in range(1, 7):
        share = k / 7
        a, b = (-0.57 + 0.20 * share, -0.37 - 0.35 * share), (0.175 + 0.195 * share, -0.37 - 0.35 * share)
        plate.line([a, b], mix(roof, (0, 0, 0), 0.22), width=0.007)
    if light.snow:
        _roof_snow(plate, light)
    for x in (-0.50, 0.17):
        plate.line([(x + 0.01, -0.37), (x + 0.01, 0.0)], timber, width=0.022)
    _house_front(plate, light, timber, accent)
    for k in range(16):
        x = -0.66 + k * 0.092 + float(rng.uniform(-0.02, 0.02))
        plate.ellipse(
            (x, 0.015),
            (0.055, 0.035),
            light.ground(mix((0.20, 0.36, 0.16), (0.35, 0.45, 0.2), float(rng.random()))),
        )
    shade_cloth(plate, light=light, sun_side=sun_side, rim=0.7)
    _house_lights(plate, light)
    return plate


def _roof_snow(plate: Plate, light: Light) -> None:
    white = light.on((0.96, 0.97, 1.0))
    plate.polygon(
        smooth(
            np.array(
                [
                    (-0.47, -0.55),
                    (-0.37, -0.745),
                    (0.37, -0.745),
                    (0.32, -0.62),
                    (0.1, -0.56),
                    (-0.1, -0.60),
                    (-0.3, -0.54),
                ],
                np.float32,
            )
        ),
        white,
    )
    plate.polygon([(0.19, -0.89), (0.31, -0.89), (0.31, -0.85), (0.19, -0.85)], white)


def _house_front(plate: Plate, light: Light, timber: Colour, accent: Colour) -> None:
    door = mix(light.vivid(accent), (0.1, 0.05, 0.03), 0.4)
    plate.polygon([(-0.07, -0.27), (0.07, -0.27), (0.07, 0.0), (-0.07, 0.0)], timber)
    plate.polygon([(-0.055, -0.255), (0.055, -0.255), (0.055, 0.0), (-0.055, 0.0)], door)
    plate.ellipse((0.038, -0.125), (0.008, 0.008), light.on((0.9, 0.75, 0.3)))
    for x in (-0.40, -0.22):
        plate.polygon(
            [(x - 0.012, -0.292), (x + 0.112, -0.292), (x + 0.112, -0.128), (x - 0.012, -0.128)], timber
        )


def _house_lights(plate: Plate, light: Light) -> None:
    glass = mix(
        mix(light.on((0.35, 0.48, 0.58)), light.sky[2], 0.4),
        mix(LAMP, (1, 1, 0.8), 0.2),
        min(1.0, light.lamps * 1.2),
    )
    for x0, x1, y0, y1 in (
        (-0.40, -0.30, -0.28, -0.14),
        (-0.22, -0.12, -0.28, -0.14),
        (0.30, 0.42, -0.32, -0.16),
    ):
        plate.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], glass)
        bar = light.on((0.30, 0.2, 0.14))
        plate.line([((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)], bar, width=0.010)
        plate.line([(x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)], bar, width=0.010)
