"""Built places: a city by its river, an old town by its canal."""

from __future__ import annotations

import numpy as np

from footage.painter.attributes import Place, Shot, Subject
from footage.painter.bodies import smooth
from footage.painter.carried import paint_lantern
from footage.painter.elements import Element, Glow, Layer, standing
from footage.painter.light import LAMP, Colour, mix
from footage.painter.nature import branch, sway
from footage.painter.plate import Plate
from footage.painter.poses import halo
from footage.painter.skies import sky
from footage.painter.stage import Setting, Stage, blend
from footage.painter.waters import water

WINDOW_COLOURS: tuple[Colour, ...] = (
    (1.0, 0.80, 0.45),
    (1.0, 0.90, 0.68),
    (0.85, 0.92, 1.0),
    (1.0, 0.66, 0.34),
)


def city(stage: Stage) -> Setting:
    """A skyline in three depths mirrored in a river, seen from the quay."""
    above = sky(stage)
    k = stage.magnify
    bank = stage.horizon + 0.05
    rows = [
        _skyline(stage, foot=bank, high=0.40 * k**0.6, wide=0.060 * k, depth=0.9),
        _skyline(stage, foot=bank, high=0.30 * k**0.6, wide=0.085 * k, depth=0.7),
        _skyline(stage, foot=bank + 0.005, high=0.17 * k**0.6, wide=0.11 * k, depth=0.5),
    ]
    layer, moving = water(stage, [above[0], *rows], surface=bank, calm=0.6)  # type: ignore[list-item]
    setting = Setting(behind=[*above, *rows, layer, moving], water=bank, ground=0.90)
    if stage.scene.subject not in (Subject.BOAT, Subject.TRAIN):
        setting.behind += _quay(stage)
    if stage.scene.subject is Subject.NONE and stage.scene.shot is Shot.CLOSE:
        setting.before.append(sway(stage, branch(stage, needles=False)))
    return setting


def _skyline(stage: Stage, *, foot: float, high: float, wide: float, depth: float) -> Layer:
    plate, light, rng = stage.plate(), stage.light, stage.rng
    x = stage.geometry.left - 0.05
    while x < stage.geometry.right:
        w = wide * float(rng.uniform(0.65, 1.5))
        swell = 0.62 + 0.38 * np.cos((x / stage.aspect - 0.5) * 2.6)
        tall = high * float(rng.uniform(0.35, 1.0)) * float(swell)
        grey = mix((0.30, 0.34, 0.42), (0.56, 0.50, 0.48), float(rng.random()))
        _tower(stage, plate, x, w, foot - tall, foot, light.on(grey, depth=depth), depth=depth)
        x += w * float(rng.uniform(0.85, 1.25))
    low = np.clip((stage.geometry.ys() - foot + high * 0.8) / (high * 0.8), 0, 1)[:, None]
    plate.veil(
        light.haze,
        (low * light.thickness * depth * 0.45 * np.ones((1, stage.geometry.columns))).astype(np.float32),
    )
    return stage.layer(plate, depth=depth)


def _tower(
    stage: Stage, plate: Plate, x: float, w: float, top: float, foot: float, colour: Colour, *, depth: float
) -> None:
    rng, light = stage.rng, stage.light
    sunny = stage.sun[0] > x + w / 2
    bright, dark = mix(colour, light.key, 0.16 * light.disc), mix(colour, (0, 0, 0), 0.16)
    style = rng.random()
    if style < 0.25:
        plate.polygon(
            [(x + w * 0.2, top - 0.03), (x + w * 0.8, top - 0.03), (x + w * 0.8, top), (x + w * 0.2, top)],
            dark,
        )
    elif style < 0.42:
        plate.polygon([(x, top), (x + w / 2, top - 0.5 * w), (x + w, top)], bright)
    elif style < 0.58:
        plate.line([(x + w / 2, top), (x + w / 2, top - 0.07)], dark, width=0.004)
    plate.polygon([(x, top), (x + w, top), (x + w, foot), (x, foot)], dark if sunny else bright)
    split = x + w * (0.62 if sunny else 0.38)
    face = [(split, top), (x + w, top), (x + w, foot), (split, foot)]
    plate.polygon(face, bright if sunny else dark)
    if light.snow:
        plate.line([(x, top), (x + w, top)], light.on((0.95, 0.97, 1.0), depth=depth * 0.6), width=0.009)
    _lit_windows(stage, plate, x, w, top, foot, depth=depth)


def _lit_windows(
    stage: Stage, plate: Plate, x: float, w: float, top: float, foot: float, *, depth: float
) -> None:
    """A grid of windows: lamps behind some at night, sky in the others by day."""
    rng, light, grid = stage.rng, stage.light, stage.geometry
    cell_w = max(3, round(0.0135 * stage.magnify * grid.height * (1.3 - 0.5 * depth)))
    cell_h = max(3, round(cell_w * float(rng.uniform(1.0, 1.5))))
    x0, x1 = round((x - grid.left) * grid.height) + cell_w // 2, round((x + w - grid.left) * grid.height) - 1
    y0, y1 = grid.row(top) + cell_h // 2 + 1, grid.row(foot)
    x0 = max(0, x0)
    columns, rows = (min(x1, grid.columns) - x0) // cell_w, (y1 - y0) // cell_h
    if columns < 1 or rows < 1:
        return
    lit = rng.random((rows, columns)) < (0.10 + 0.55 * light.lamps)
    glass = np.asarray(mix(light.on((0.24, 0.30, 0.38), depth=depth), light.sky[1], 0.35))
    lamp = np.asarray(WINDOW_COLOURS)[rng.integers(0, len(WINDOW_COLOURS), (rows, columns))]
    level = light.lamps * rng.uniform(0.55, 1.0, (rows, columns, 1)) * (1 - 0.35 * depth * light.thickness)
    colour = glass * (1 - level * lit[..., None]) + lamp * level * lit[..., None]
    block = plate.pixels[y0 : y0 + rows * cell_h, x0 : x0 + columns * cell_w, :3]
    shaped = block.reshape(rows, cell_h, columns, cell_w, 3) if block.flags.c_contiguous else None
    tile = np.zeros((cell_h, cell_w), bool)
    tile[: max(1, cell_h * 3 // 5), : max(1, cell_w * 3 // 5)] = True
    mask = np.tile(tile, (rows, columns))
    full = np.repeat(np.repeat((colour * 255).astype(np.uint8), cell_h, 0), cell_w, 1)
    del shaped
    np.copyto(block, full, where=mask[..., None])


def _quay(stage: Stage) -> list[Element]:
    """Stone quay with a railing and street lamps in wide shots, the railing alone in nearer ones."""
    plate, light = stage.plate(), stage.light
    wide = stage.scene.shot is Shot.WIDE
    top = 0.83 if wide else 0.90
    left, right = stage.geometry.left - 0.05, stage.geometry.right + 0.05
    stone = light.ground((0.46, 0.45, 0.46))
    share = np.clip((stage.geometry.ys()[:, None] - top) / (1.05 - top), 0, 1) * np.ones(
        (1, stage.geometry.columns), np.float32
    )
    cover = np.clip((stage.geometry.ys()[:, None] - top) * stage.geometry.height + 0.5, 0, 1) * np.ones(
        (1, stage.geometry.columns)
    )
    plate.lay(blend(share.astype(np.float32), stone, mix(stone, (0, 0, 0), 0.35)), cover.astype(np.float32))
    plate.shade(0.84 + 0.32 * stage.fractal(rows=30, columns=50, octaves=3))
    vanish = stage.aspect / 2
    for x in np.arange(-3.0, stage.aspect + 3.0, 0.26):
        plate.line([(vanish + (x - vanish) * 0.62, top), (x, 1.15)], mix(stone, (0, 0, 0), 0.30), width=0.003)
    for y in (top + 0.035, top + 0.09, top + 0.17):
        plate.line([(left, y), (right, y)], mix(stone, (0, 0, 0), 0.30), width=0.003)
    _railing(stage, plate, top=top, high=0.075 if wide else 0.26, left=left, right=right)
    elements: list[Element] = [stage.layer(plate, depth=0.32, focus=1)]
    return [*elements, *_street_lamps(stage, top)] if wide else elements


def _railing(stage: Stage, plate: Plate, *, top: float, high: float, left: float, right: float) -> None:
    iron = mix(stage.light.on((0.16, 0.17, 0.20)), stage.light.haze, 0.05)
    for y, w in ((top - high, 0.10), (top - high * 0.25, 0.05)):
        plate.line([(left, y), (right, y)], iron, width=high * w)
    for x in np.arange(left, right, high * 0.45):
        plate.line([(x, top - high), (x, top)], iron, width=high * 0.035)
    for x in np.arange(left, right, high * 3.6):
        plate.line([(x, top - high * 1.06), (x, top)], iron, width=high * 0.11)
        plate.ellipse((float(x), top - high * 1.10), (high * 0.09, high * 0.09), iron)


def _street_lamps(stage: Stage, top: float) -> list[Element]:
    plate, light = stage.plate(), stage.light
    elements: list[Element] = []
    iron = light.on((0.12, 0.13, 0.15))
    for x in (0.10 * stage.aspect, 0.52 * stage.aspect, 0.93 * stage.aspect):
        if abs(x - stage.subject_x) < 0.16:
            continue
        head = top - 0.33
        plate.line([(x, top + 0.02), (x, head)], iron, width=0.009)
        plate.polygon(
            [(x - 0.016, head), (x + 0.016, head), (x + 0.022, head - 0.05), (x - 0.022, head - 0.05)],
            mix(light.on((0.8, 0.8, 0.75)), mix(LAMP, (1, 1, 0.9), 0.5), light.lamps),
        )
        plate.polygon([(x - 0.028, head - 0.05), (x + 0.028, head - 0.05), (x, head - 0.075)], iron)
        if light.lamps > 0.3:
            lit = halo(0.20 * stage.geometry.height, LAMP, 0.75 * light.lamps)
            elements.append(Glow(lit, standing((x, head - 0.025)), stage.geometry, 0.32))
    return [stage.layer(plate, depth=0.32, focus=1), *elements]


def old_town(stage: Stage) -> Setting:
    """White walls and black tiles along a canal, an arched bridge, lanterns under the eaves."""
    above = sky(stage)
    bank = stage.horizon + 0.10
    hills = _far_roofs(stage, foot=stage.horizon + 0.05)
    bridge = _bridge(stage, foot=bank)
    left, right = _house_row(stage, side=-1, foot=bank), _house_row(stage, side=1, foot=bank)
    mirrored: list[Layer] = [above[0], hills, bridge, left, right]  # type: ignore[list-item]
    layer, moving = water(stage, mirrored, surface=bank, calm=0.85)
    setting = Setting(
        behind=[*above, hills, bridge, left, right, *_eave_lights(stage, bank), layer, moving],
        water=bank,
        ground=0.905,
    )
    if stage.scene.subject not in (Subject.BOAT, Subject.TRAIN) and stage.scene.shot is Shot.WIDE:
        setting.behind.append(_landing(stage))
    if stage.scene.subject is Subject.NONE and stage.scene.shot is Shot.CLOSE:
        setting.before.append(sway(stage, branch(stage, needles=False)))
    return setting


def _far_roofs(stage: Stage, *, foot: float) -> Layer:
    plate, light, rng = stage.plate(), stage.light, stage.rng
    x = stage.geometry.left - 0.1
    while x < stage.geometry.right:
        w = float(rng.uniform(0.16, 0.30)) * stage.magnify
        _tiled_house(
            stage, plate, x, w, foot - float(rng.uniform(0.02, 0.09)) * stage.magnify, foot + 0.08, depth=0.85
        )
        x += w * 0.85
    plate.veil(
        light.haze, np.full((stage.geometry.rows, stage.geometry.columns), 0.3 * light.thickness, np.float32)
    )
    return stage.layer(plate, depth=0.85)


def _house_row(stage: Stage, *, side: int, foot: float) -> Layer:
    """A row of houses growing towards the viewer on one bank."""
    plate, rng = stage.plate(), stage.rng
    k = stage.magnify**0.7
    inner = stage.aspect * (0.5 + side * 0.17)
    edge = stage.geometry.right + 0.05 if side > 0 else stage.geometry.left - 0.05
    count = 4
    for index in range(count):
        near = (index + 1) / count
        w = (abs(edge - inner) / count) * 1.25
        x = inner + (edge - inner) * index / count - (w if side < 0 else 0.0)
        tall = (0.12 + 0.24 * near) * k * float(rng.uniform(0.9, 1.15))
        _tiled_house(stage, plate, x, w, foot - tall, foot + 0.012 * near, depth=0.62 - 0.3 * near)
    plate.polygon(
        [(inner, foot - 0.012), (edge, foot - 0.03), (edge, foot + 0.06), (inner, foot + 0.012)],
        stage.light.ground((0.40, 0.39, 0.38), depth=0.35),
    )
    plate.shade(0.90 + 0.20 * stage.fractal(rows=26, columns=40, octaves=3))
    return stage.layer(plate, depth=0.55)


def _tiled_house(
    stage: Stage, plate: Plate, x: float, w: float, eave: float, foot: float, *, depth: float
) -> None:
    """White wall, dark wooden ground floor, a black tiled roof with upturned eaves."""
    light, rng = stage.light, stage.rng
    wall = light.on(mix((0.93, 0.91, 0.87), (0.80, 0.76, 0.70), float(rng.random())), depth=depth)
    wood, tile = light.on((0.34, 0.20, 0.14), depth=depth), light.ground((0.20, 0.21, 0.25), depth=depth)
    plate.polygon([(x, eave), (x + w, eave), (x + w, foot), (x, foot)], wall)
    tall = foot - eave
    plate.polygon([(x, foot - 0.42 * tall), (x + w, foot - 0.42 * tall), (x + w, foot), (x, foot)], wood)
    _lattices(stage, plate, x, w, eave, foot, depth=depth)
    high = min(0.5 * w, 0.40 * tall + 0.02)
    over, lift = 0.09 * w, 0.10 * high
    roof = [
        (x - over, eave - lift),
        (x + 0.02 * w, eave + 0.012),
        (x + 0.98 * w, eave + 0.012),
        (x + w + over, eave - lift),
        (x + 0.88 * w, eave - 0.55 * high),
        (x + 0.82 * w, eave - high),
        (x + 0.18 * w, eave - high),
        (x + 0.12 * w, eave - 0.55 * high),
    ]
    plate.polygon(roof, tile)
    for k in range(1, 9):
        a, b = x + w * (0.18 + 0.64 * k / 9), x + w * (0.02 + 0.96 * k / 9)
        plate.line(
            [(a, eave - high), (b, eave + 0.008)], mix(tile, (0, 0, 0), 0.35), width=max(0.002, 0.012 * w)
        )
    ridge_colour = mix(tile, light.key, 0.10)
    plate.line(
        [
            (x + 0.14 * w, eave - high - 0.012),
            (x + 0.20 * w, eave - high),
            (x + 0.80 * w, eave - high),
            (x + 0.86 * w, eave - high - 0.012),
        ],
        light.on((0.95, 0.97, 1.0), depth=depth) if light.snow else ridge_colour,
        width=max(0.004, 0.03 * w),
    )


def _lattices(
    stage: Stage, plate: Plate, x: float, w: float, eave: float, foot: float, *, depth: float
) -> None:
    light, rng = stage.light, stage.rng
    tall = foot - eave
    paper = mix(light.on((0.30, 0.26, 0.22), depth=depth), LAMP, 0.92 * light.lamps)
    bars = light.on((0.20, 0.12, 0.09), depth=depth)
    for row, (top, high) in enumerate(((eave + 0.17 * tall, 0.24 * tall), (foot - 0.36 * tall, 0.26 * tall))):
        for k in range(3):
            if rng.random() < 0.2:
                continue
            x0, x1 = x + w * (0.12 + 0.28 * k), x + w * (0.32 + 0.28 * k)
            dim = float(rng.uniform(0, 0.45))
            plate.polygon([(x0, top), (x1, top), (x1, top + high), (x0, top + high)], mix(paper, bars, dim))
            for share in (0.33, 0.67):
                plate.line(
                    [(x0 + (x1 - x0) * share, top), (x0 + (x1 - x0) * share, top + high)], bars, width=0.0025
                )
            plate.line([(x0, top + high * 0.5), (x1, top + high * 0.5)], bars, width=0.0025)
            plate.line(
                [(x0, top), (x1, top), (x1, top + high), (x0, top + high)], bars, width=0.004, closed=True
            )
        if row == 0 and rng.random() < 0.5:
            plate.line([(x, eave + 0.52 * tall), (x + w, eave + 0.52 * tall)], bars, width=0.006)


def _eave_spots(stage: Stage, bank: float) -> list[tuple[float, float, float]]:
    k = stage.magnify**0.7
    spots = []
    for side in (-1, 1):
        for step in range(3):
            away = 0.27 + 0.10 * step
            spots.append(
                (stage.aspect * (0.5 + side * away), bank - (0.10 + 0.055 * step) * k, 0.016 + 0.007 * step)
            )
    return spots


def _eave_lights(stage: Stage, bank: float) -> list[Element]:
    plate, light = stage.plate(), stage.light
    glows: list[Element] = []
    red = (0.84, 0.14, 0.10)
    for x, y, radius in _eave_spots(stage, bank):
        r = radius * stage.magnify**0.5
        plate.line([(x, y - 2.4 * r), (x, y)], light.on((0.1, 0.08, 0.07)), width=0.003)
        paint_lantern(plate, (x, y), r, red, light)
        if light.lamps > 0.3:
            lit = halo(r * 5 * stage.geometry.height, mix(LAMP, red, 0.4), 0.6 * light.lamps)
            glows.append(Glow(lit, standing((x, y)), stage.geometry, 0.55, 0.1))
    return [stage.layer(plate, depth=0.55), *glows]


def _bridge(stage: Stage, *, foot: float) -> Layer:
    """An arched stone bridge across the canal."""
    plate, light = stage.plate(), stage.light
    k = stage.magnify**0.7
    middle, half, rise = stage.aspect / 2, 0.40 * k, 0.15 * k
    at = np.linspace(-1.25, 1.25, 25)
    deck = np.stack([middle + half * at, foot - rise * np.exp(-(at**2) * 1.3) - 0.01], 1)
    stone = light.ground((0.42, 0.40, 0.39), depth=0.55)
    turn = np.linspace(0, np.pi, 21)
    arch = np.stack([middle + 0.42 * half * np.cos(turn), foot + 0.01 - 0.72 * rise * np.sin(turn)], 1)
    outline = np.concatenate(
        [deck, [(middle + 1.25 * half, foot + 0.01)], arch, [(middle - 1.25 * half, foot + 0.01)]]
    )
    plate.polygon(outline, stone)
    plate.line(arch, mix(stone, (0, 0, 0), 0.3), width=0.008)
    for point in deck[::2]:
        plate.line([point, point - (0, 0.028 * k)], mix(stone, (1, 1, 1), 0.06), width=0.007)
    plate.line(deck - (0, 0.028 * k), mix(stone, (1, 1, 1), 0.08), width=0.008)
    plate.shade(0.88 + 0.24 * stage.fractal(rows=40, columns=60, octaves=2))
    return stage.layer(plate, depth=0.66)


def _landing(stage: Stage) -> Layer:
    """Wet flagstones in front, on which people stand."""
    plate, light = stage.plate(), stage.light
    top = 0.845
    left, right = stage.geometry.left - 0.05, stage.geometry.right + 0.05
    stone = light.ground((0.42, 0.41, 0.40))
    plate.polygon([(left, top), (right, top), (right, 1.2), (left, 1.2)], stone)
    for row, y in enumerate((top + 0.012, top + 0.05, top + 0.105, top + 0.18)):
        plate.line([(left, y), (right, y)], mix(stone, (0, 0, 0), 0.35), width=0.004)
        high = (0.038, 0.055, 0.075, 0.10)[row]
        for x in np.arange(left + (row % 2) * 0.1, right, 0.16 + 0.07 * row):
            plate.line(
                [(x, y), (x + (x - stage.aspect / 2) * 0.05, y + high)],
                mix(stone, (0, 0, 0), 0.35),
                width=0.003,
            )
    plate.shade(0.80 + 0.40 * stage.fractal(rows=24, columns=40, octaves=3))
    wet = 0.35 if stage.scene.place is Place.OLD_TOWN else 0.2
    near = np.clip((stage.geometry.ys()[:, None] - top) * 4, 0, 1) * np.ones((1, stage.geometry.columns))
    plate.veil(light.sky[2], (wet * 0.5 * (1 - near)).astype(np.float32))
    plate.polygon(
        smooth(
            np.array(
                [(left, top - 0.008), (right, top - 0.008), (right, top + 0.006), (left, top + 0.006)],
                np.float32,
            ),
            times=1,
        ),
        mix(stone, light.key, 0.25),
    )
    return stage.layer(plate, depth=0.3, focus=1)
