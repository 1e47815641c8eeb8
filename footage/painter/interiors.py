"""A room: a large window with the weather behind it, curtains, lamp, boards, and the light on the floor."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from footage.painter.attributes import Shot, Subject, Weather
from footage.painter.elements import Element, Glow, Layer, standing
from footage.painter.light import ACCENTS, LAMP, Colour, Light, mix
from footage.painter.nature import conifer
from footage.painter.plate import Plate
from footage.painter.poses import halo
from footage.painter.skies import sky
from footage.painter.stage import Setting, Stage
from footage.painter.weathers import fog_bank, rain, snow

Box = tuple[float, float, float, float]


def room(stage: Stage) -> Setting:
    """Paint the view, the weather before it, and the wall with a hole for the window."""
    window = _window(stage)
    outside = sky(stage)
    behind: list[Element] = [*outside, _view(stage, window), *_weather_outside(stage)]
    inside = _indoors(stage.light)
    wall = _wall(stage, window, inside)
    behind.append(stage.layer(wall, depth=0.42, focus=0.35))
    behind += _lamp(stage, window, inside)
    setting = Setting(behind=behind, ground=0.93, water=None)
    if stage.scene.subject is Subject.NONE and stage.scene.shot is not Shot.WIDE:
        setting.before.append(_table_with_cup(stage, inside))
    return setting


def _indoors(light: Light) -> Light:
    """The light in the room: what comes in, and the lamp."""
    warm = mix(light.ambient, (0.62, 0.44, 0.28), 0.45 if light.night else 0.30)
    return replace(light, ambient=warm, thickness=0.0, snow=0.0)


def _window(stage: Stage) -> Box:
    """Left, top, right, bottom of the window in heights."""
    k = {Shot.WIDE: 1.0, Shot.MEDIUM: 1.15, Shot.CLOSE: 1.35}[stage.scene.shot]
    middle = stage.aspect / 2 - stage.facing * -0.20 * (1 if stage.scene.subject is not Subject.NONE else 0.5)
    half, top, bottom = 0.40 * k, 0.12 / k, 0.64 * (0.9 + 0.1 * k)
    return middle - half, top, middle + half, bottom


def _view(stage: Stage, window: Box) -> Layer:
    """Hills, trees or roofs behind the glass."""
    plate, light, rng = stage.plate(), stage.light, stage.rng
    base = window[3] - 0.06
    x = stage.geometry.xs()
    for depth, high in ((0.9, 0.14), (0.6, 0.07)):
        line = base - high * (
            0.6 + 0.4 * np.sin(x * 3.1 + rng.uniform(0, 6)) * np.sin(x * 1.3 + rng.uniform(0, 6))
        )
        points = [
            (stage.geometry.left, 1.0),
            *zip(x[::8], line[::8], strict=True),
            (stage.geometry.right, 1.0),
        ]
        plate.polygon(points, light.ground((0.24, 0.34, 0.26), depth=depth))
    for _ in range(10):
        at = float(rng.uniform(window[0], window[2]))
        conifer(
            plate,
            (at, base + 0.03),
            float(rng.uniform(0.08, 0.20)),
            light.ground((0.12, 0.22, 0.15), depth=0.35),
            rng=rng,
            tiers=5,
        )
    plate.shade(0.85 + 0.3 * stage.fractal(rows=20, columns=30, octaves=3))
    return stage.layer(plate, depth=0.8)


def _weather_outside(stage: Stage) -> list[Element]:
    match stage.scene.weather:
        case Weather.RAIN:
            return [rain(stage, count=260, near=0.55), rain(stage, count=120, near=0.9)]
        case Weather.SNOW:
            return [snow(stage, count=260, size=0.7), snow(stage, count=110, size=1.15)]
        case Weather.FOG:
            return [fog_bank(stage, top=-0.05, height=0.9, thickness=0.95, speed=0.015, depth=0.7)]
        case _:
            return []


def _wall(stage: Stage, window: Box, light: Light) -> Plate:
    plate, rng = stage.plate(), stage.rng
    grid = stage.geometry
    paper: Colour = ((0.62, 0.54, 0.47), (0.46, 0.52, 0.52), (0.60, 0.48, 0.44), (0.50, 0.52, 0.44))[
        int(rng.integers(4))
    ]
    plate.lay(np.broadcast_to(np.asarray(light.on(paper), np.float32), (grid.rows, grid.columns, 3)))
    stripes = 0.97 + 0.03 * np.sign(np.sin(grid.xs() * 62))[None, :]
    plate.shade((stripes * (0.94 + 0.12 * stage.fractal(rows=5, columns=8, octaves=3))).astype(np.float32))
    skirting = 0.76 if stage.scene.shot is Shot.WIDE else 0.94
    _floor(stage, plate, skirting, light)
    _light_from_window(stage, plate, window, skirting)
    _picture(stage, plate, window, light)
    _frame(stage, plate, window, light)
    _curtains(stage, plate, window, light)
    return plate


def _floor(stage: Stage, plate: Plate, top: float, light: Light) -> None:
    grid = stage.geometry
    wood = light.on((0.42, 0.27, 0.17))
    left, right = grid.left - 0.05, grid.right + 0.05
    plate.polygon([(left, top), (right, top), (right, 1.25), (left, 1.25)], wood)
    vanish = stage.aspect / 2
    for k, x in enumerate(np.arange(-2.6, stage.aspect + 2.6, 0.17)):
        a, b = (vanish + (x - vanish) * 0.52, top), (x, 1.25)
        c, d = (x + 0.17, 1.25), (vanish + (x + 0.17 - vanish) * 0.52, top)
        plate.polygon(
            [a, b, c, d],
            mix(wood, (0, 0, 0) if k % 2 else (1, 0.8, 0.6), 0.08 + 0.10 * float(stage.rng.random())),
        )
        plate.line([a, b], mix(wood, (0, 0, 0), 0.45), width=0.003)
    plate.polygon(
        [(left, top - 0.035), (right, top - 0.035), (right, top), (left, top)], light.on((0.74, 0.68, 0.60))
    )
    plate.line([(left, top), (right, top)], mix(wood, (0, 0, 0), 0.6), width=0.006)


def _light_from_window(stage: Stage, plate: Plate, window: Box, floor: float) -> None:
    """Brightness around the window and a patch of light lying on the boards."""
    light, grid = stage.light, stage.geometry
    x0, top, x1, bottom = window
    across = np.maximum(np.maximum(x0 - grid.xs(), grid.xs() - x1), 0)[None, :]
    down = np.maximum(np.maximum(top - grid.ys(), grid.ys() - bottom), 0)[:, None]
    near = np.exp(-np.sqrt(across**2 + down**2) * 2.6)
    plate.shade((0.66 + 0.60 * near * (0.35 + 0.65 * (light.disc + 0.25))).astype(np.float32))
    slide = 0.30 if stage.sun[0] < stage.aspect / 2 else -0.30
    lit = mix(light.key, light.sky[2], 0.35)
    for a, b in ((0.02, 0.48), (0.52, 0.98)):
        xa, xb = x0 + (x1 - x0) * a, x0 + (x1 - x0) * b
        patch = [
            (xa + slide * 0.4, floor + 0.03),
            (xb + slide * 0.4, floor + 0.03),
            (xb + slide, floor + 0.19),
            (xa + slide, floor + 0.19),
        ]
        mask = cv2.GaussianBlur(plate.mask(patch), (0, 0), max(0.5, 0.006 * grid.height))
        plate.veil(lit, mask * (0.10 + 0.40 * light.disc) * (0.55 if light.night else 1.0))


def _frame(stage: Stage, plate: Plate, window: Box, light: Light) -> None:
    """Cut the opening, then paint frame, bars and sill around and across it."""
    x0, top, x1, bottom = window
    grid = stage.geometry
    ya, yb = grid.row(top), grid.row(bottom)
    xa, xb = (int(np.clip((x - grid.left) * grid.height, 0, grid.columns)) for x in (x0, x1))
    plate.pixels[ya:yb, xa:xb] = 0
    white = light.on((0.80, 0.76, 0.70))
    dark = mix(white, (0, 0, 0), 0.35)
    plate.line([(x0, top), (x1, top), (x1, bottom), (x0, bottom)], dark, width=0.040, closed=True)
    plate.line([(x0, top), (x1, top), (x1, bottom), (x0, bottom)], white, width=0.026, closed=True)
    middle, third = (x0 + x1) / 2, top + (bottom - top) * 0.36
    plate.line([(middle, top), (middle, bottom)], white, width=0.018)
    plate.line([(x0, third), (x1, third)], white, width=0.014)
    plate.polygon(
        [(x0 - 0.06, bottom), (x1 + 0.06, bottom), (x1 + 0.08, bottom + 0.030), (x0 - 0.08, bottom + 0.030)],
        mix(white, stage.light.key, 0.2),
    )
    plate.polygon(
        [
            (x0 - 0.06, bottom + 0.030),
            (x1 + 0.06, bottom + 0.030),
            (x1 + 0.05, bottom + 0.045),
            (x0 - 0.05, bottom + 0.045),
        ],
        dark,
    )


def _curtains(stage: Stage, plate: Plate, window: Box, light: Light) -> None:
    x0, top, x1, bottom = window
    cloth = stage.rng.random()
    pale = mix((0.80, 0.74, 0.64), (0.58, 0.62, 0.66), float(cloth))
    colour = (
        light.vivid(ACCENTS[stage.scene.accent]) if stage.scene.subject is Subject.NONE else light.on(pale)
    )
    rod = light.on((0.25, 0.18, 0.12))
    for side, edge in ((-1, x0), (1, x1)):
        for k in range(6):
            a = edge + side * (0.17 - 0.034 * k) - side * 0.05
            hang = bottom + 0.13
            pinch = 0.012 * np.sin(k * 1.9)
            fold = [
                (a, top - 0.055),
                (a - side * 0.040, top - 0.055),
                (a - side * 0.040 + pinch, hang),
                (a + pinch, hang),
            ]
            tone = mix(
                mix(colour, (0, 0, 0), 0.30), mix(colour, (1, 1, 1), 0.08), 0.5 + 0.5 * float(np.cos(k * 2.2))
            )
            plate.polygon(fold, tone)
    plate.line([(x0 - 0.20, top - 0.06), (x1 + 0.20, top - 0.06)], rod, width=0.014)
    for x in (x0 - 0.20, x1 + 0.20):
        plate.ellipse((x, top - 0.06), (0.016, 0.016), rod)


def _picture(stage: Stage, plate: Plate, window: Box, light: Light) -> None:
    """A framed landscape on the wider side of the wall."""
    left_room = window[0] > stage.aspect - window[2]
    x = (window[0] - 0.12) / 2 if left_room else (window[2] + 0.12 + stage.aspect) / 2
    w, h, y = 0.13, 0.10, 0.34
    plate.polygon(
        [(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)], light.on((0.36, 0.24, 0.13))
    )
    inner = (w - 0.016, h - 0.016)
    sky_colour, hill = light.on((0.66, 0.76, 0.80)), light.on((0.34, 0.46, 0.36))
    plate.polygon(
        [
            (x - inner[0], y - inner[1]),
            (x + inner[0], y - inner[1]),
            (x + inner[0], y + inner[1]),
            (x - inner[0], y + inner[1]),
        ],
        sky_colour,
    )
    plate.polygon(
        [
            (x - inner[0], y + 0.02),
            (x - 0.03, y - 0.035),
            (x + 0.03, y + 0.01),
            (x + inner[0], y - 0.01),
            (x + inner[0], y + inner[1]),
            (x - inner[0], y + inner[1]),
        ],
        hill,
    )
    plate.ellipse((x + 0.055, y - 0.045), (0.014, 0.014), light.on((0.98, 0.90, 0.70)))


def _lamp(stage: Stage, window: Box, light: Light) -> list[Element]:
    """A table with a lamp at the narrower side."""
    if stage.scene.shot is Shot.CLOSE:
        return []
    plate = stage.plate()
    left_room = window[0] > stage.aspect - window[2]
    x = (stage.aspect + window[2]) / 2 + 0.05 if left_room else (window[0]) / 2 - 0.05
    low = 0.80 if stage.scene.shot is Shot.WIDE else 0.98
    wood = light.on((0.34, 0.21, 0.13))
    y = low - 0.20
    plate.polygon(
        [(x - 0.16, y), (x + 0.16, y), (x + 0.16, y + 0.025), (x - 0.16, y + 0.025)],
        mix(wood, (1, 0.8, 0.6), 0.18),
    )
    for leg in (x - 0.14, x + 0.12):
        plate.polygon(
            [(leg, y + 0.02), (leg + 0.02, y + 0.02), (leg + 0.016, low + 0.02), (leg + 0.004, low + 0.02)],
            wood,
        )
    plate.line([(x, y), (x, y - 0.10)], light.on((0.55, 0.42, 0.22)), width=0.012)
    plate.ellipse((x, y - 0.004), (0.04, 0.010), light.on((0.55, 0.42, 0.22)))
    shade = mix(light.on((0.80, 0.72, 0.58)), mix(LAMP, (1, 1, 0.85), 0.35), max(0.25, light.lamps))
    plate.polygon(
        [(x - 0.045, y - 0.19), (x + 0.045, y - 0.19), (x + 0.085, y - 0.085), (x - 0.085, y - 0.085)], shade
    )
    for k, book in enumerate(((0.45, 0.16, 0.14), (0.18, 0.30, 0.40), (0.70, 0.58, 0.34))):
        plate.polygon(
            [
                (x + 0.07, y - 0.016 * k),
                (x + 0.145, y - 0.016 * k),
                (x + 0.145, y - 0.016 * (k + 1) + 0.002),
                (x + 0.07, y - 0.016 * (k + 1) + 0.002),
            ],
            light.on(book),
        )
    elements: list[Element] = [stage.layer(plate, depth=0.36, focus=0.7)]
    if light.lamps > 0.2:
        lit = halo(0.46 * stage.geometry.height, LAMP, 0.62 * light.lamps)
        elements.append(Glow(lit, standing((x, y - 0.12)), stage.geometry, 0.36, 0.03))
    return elements


def _table_with_cup(stage: Stage, light: Light) -> Layer:
    """A table edge with a cup, for a room without people."""
    plate = stage.plate()
    left, right = stage.geometry.left - 0.05, stage.geometry.right + 0.05
    wood = light.on((0.40, 0.25, 0.15))
    plate.polygon([(left, 0.84), (right, 0.84), (right, 1.2), (left, 1.2)], wood)
    plate.line([(left, 0.842), (right, 0.842)], mix(wood, stage.light.key, 0.4), width=0.010)
    k = 1.0 if stage.scene.shot is Shot.MEDIUM else 1.7
    x, y = stage.subject_x, 0.90
    cup = light.vivid(ACCENTS[stage.scene.accent])
    plate.ellipse((x + 0.03, y + 0.01), (0.16 * k, 0.030 * k), mix(wood, (0, 0, 0), 0.5))
    plate.ellipse((x, y), (0.14 * k, 0.028 * k), light.on((0.88, 0.86, 0.82)))
    turn = np.linspace(0, 2 * np.pi, 22)
    handle = np.stack([x + 0.105 * k + 0.04 * k * np.cos(turn), y - 0.075 * k + 0.042 * k * np.sin(turn)], 1)
    plate.line(handle, mix(cup, (0, 0, 0), 0.2), width=0.016 * k)
    body = [
        (x - 0.10 * k, y - 0.15 * k),
        (x + 0.10 * k, y - 0.15 * k),
        (x + 0.085 * k, y - 0.03 * k),
        (x + 0.05 * k, y),
        (x - 0.05 * k, y),
        (x - 0.085 * k, y - 0.03 * k),
    ]
    plate.polygon(body, cup)
    plate.polygon(
        [
            (x - 0.085 * k, y - 0.15 * k),
            (x - 0.05 * k, y - 0.15 * k),
            (x - 0.05 * k, y - 0.01),
            (x - 0.075 * k, y - 0.03 * k),
        ],
        mix(cup, (1, 1, 1), 0.35),
    )
    plate.ellipse((x, y - 0.15 * k), (0.10 * k, 0.020 * k), mix(cup, (0, 0, 0), 0.35))
    plate.ellipse((x, y - 0.147 * k), (0.088 * k, 0.014 * k), light.on((0.30, 0.18, 0.10)))
    plate.shade(0.92 + 0.16 * stage.fractal(rows=8, columns=50, octaves=3))
    return stage.layer(plate, depth=0.0, focus=1)
