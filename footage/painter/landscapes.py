"""Places under the open sky: sea, mountains, desert, field and forest."""

from __future__ import annotations

import cv2
import numpy as np

from footage.painter.attributes import Shot, Subject
from footage.painter.elements import Element, Layer
from footage.painter.grounds import foreground, in_perspective, lake, meadow, pine_hill
from footage.painter.light import mix
from footage.painter.nature import grasses, pebbles, round_tree, sway
from footage.painter.noise import ridge, smoothstep
from footage.painter.skies import sky
from footage.painter.stage import Setting, Stage, blend, terrain
from footage.painter.waters import water


def sea(stage: Stage) -> Setting:
    """Open sea with a headland and, in wide shots, a beach or a pier."""
    above = sky(stage)
    headland = _headland(stage)
    layer, moving = water(stage, [above[0], headland], surface=stage.horizon, calm=0.25)  # type: ignore[list-item]
    setting = Setting(behind=[*above, headland, layer, moving], water=stage.horizon, ground=0.885)
    afloat = stage.scene.subject in (Subject.BOAT, Subject.TRAIN)
    if stage.scene.subject is Subject.HOUSE:
        setting.behind.append(_beach(stage))
    elif stage.scene.shot is Shot.WIDE and not afloat:
        setting.behind.append(_beach(stage) if stage.rng.random() < 0.5 else _pier(stage))
    if stage.scene.shot is Shot.CLOSE and stage.scene.subject is Subject.NONE:
        setting.before.append(_rocks(stage))
    elif stage.scene.shot is not Shot.WIDE and not afloat and stage.scene.subject is not Subject.BIRD:
        setting.before.append(sway(stage, grasses(stage, count=22, height=0.32, seedheads=True)))
    return setting


def _headland(stage: Stage) -> Layer:
    plate, light = stage.plate(), stage.light
    columns = stage.geometry.columns
    right = stage.sun[0] < stage.aspect / 2
    for depth, high, reach in ((0.95, 0.10, 0.75), (0.8, 0.065, 0.42)):
        shape = ridge(stage.rng, points=columns, peaks=3, roughness=0.45)
        along = np.linspace(0, 1, columns, dtype=np.float32)
        fade = (
            np.clip((along - (1 - reach)) / reach * 1.6, 0, 1)
            if right
            else np.clip((reach - along) / reach * 1.6, 0, 1)
        )
        line = (
            stage.horizon
            + 0.01
            - high * stage.magnify * (0.35 + 0.65 * shape) * fade**0.7
            - 0.012 * (fade > 0)
        )
        below = terrain(plate, line.astype(np.float32), light.ground((0.26, 0.32, 0.30), depth=depth))
        plate.shade(
            1.0
            - 0.10 * np.clip(below * 14, 0, 1)
            + 0.10 * (stage.fractal(rows=20, columns=30, octaves=2) - 0.5)
        )
    return stage.layer(plate, depth=0.9)


def _beach(stage: Stage) -> Layer:
    plate, light = stage.plate(), stage.light
    columns = stage.geometry.columns
    shape = ridge(stage.rng, points=columns, peaks=2, roughness=0.35)
    slope = np.linspace(-0.03, 0.03, columns, dtype=np.float32) * (1 if stage.rng.random() < 0.5 else -1)
    line = (0.815 + 0.05 * shape + slope).astype(np.float32)
    sand = blend(
        np.clip((stage.geometry.ys()[:, None] - 0.8) / 0.25, 0, 1) * np.ones((1, columns), np.float32),
        light.ground((0.66, 0.56, 0.44)),
        light.ground((0.86, 0.76, 0.58)),
    )
    below = terrain(plate, line, sand)
    wet = np.clip(1 - np.abs(below) / 0.035, 0, 1) * (below > 0)
    plate.veil(mix(light.sky[2], light.on((0.5, 0.5, 0.5)), 0.4), wet * 0.6)
    plate.shade(1.0 + 0.22 * (stage.fractal(rows=40, columns=60, octaves=3) - 0.5))
    edge = np.exp(-(((below + 0.004 * np.sin(stage.geometry.xs()[None, :] * 40)) / 0.006) ** 2))
    plate.lay(light.on((1.0, 1.0, 1.0)), (edge * 0.85).astype(np.float32))
    pebbles(stage, plate, top=0.88, count=26)
    return stage.layer(plate, depth=0.35, focus=1)


def _pier(stage: Stage) -> Layer:
    plate, light = stage.plate(), stage.light
    left = stage.subject_x < stage.aspect / 2
    end = stage.subject_x + (0.30 if left else -0.30)
    x0, x1 = (stage.geometry.left - 0.05, end) if left else (end, stage.geometry.right + 0.05)
    wood = light.ground((0.34, 0.25, 0.19))
    for x in np.arange(x0 + 0.04, x1, 0.15):
        plate.polygon([(x, 0.89), (x + 0.022, 0.89), (x + 0.022, 1.12), (x, 1.12)], mix(wood, (0, 0, 0), 0.5))
        plate.glow((float(x) + 0.004, 0.9), 0.02, light.key, 0.15)
    plate.polygon([(x0, 0.878), (x1, 0.878), (x1, 0.925), (x0, 0.925)], mix(wood, (0, 0, 0), 0.2))
    plate.polygon([(x0, 0.872), (x1, 0.872), (x1, 0.892), (x0, 0.892)], mix(wood, light.key, 0.16))
    for x in np.arange(x0, x1, 0.035):
        plate.line([(x, 0.874), (x - 0.006, 0.890)], mix(wood, (0, 0, 0), 0.45), width=0.003)
    for x in np.arange(x0 + 0.11, x1, 0.30):
        plate.polygon([(x, 0.80), (x + 0.016, 0.80), (x + 0.016, 0.88), (x, 0.88)], wood)
    return stage.layer(plate, depth=0.3, focus=1)


def _rocks(stage: Stage) -> Layer:
    plate, light = stage.plate(), stage.light
    for _ in range(5):
        x = float(stage.rng.uniform(stage.geometry.left, stage.geometry.right))
        w, h = float(stage.rng.uniform(0.2, 0.5)), float(stage.rng.uniform(0.1, 0.34))
        turn = np.linspace(np.pi, 2 * np.pi, 11)
        rough = stage.rng.uniform(0.78, 1.1, 11)
        points = np.stack([x + w * np.cos(turn) * rough, 1.1 + (h + 0.1) * np.sin(turn) * rough], 1)
        plate.polygon(points, light.ground((0.27, 0.26, 0.29)))
    plate.shade(0.7 + 0.7 * stage.fractal(rows=14, columns=24, octaves=4))
    return stage.layer(plate, depth=0.0, focus=1)


def mountains(stage: Stage) -> Setting:
    """Three ranges behind each other, pines, a meadow or a lake."""
    above = sky(stage)
    k = stage.magnify
    ranges = [
        _range(stage, base=stage.horizon + 0.03, high=0.44 * k**0.5, depth=0.92, peaks=3, snow=0.62),
        _range(stage, base=stage.horizon + 0.07, high=0.27 * k**0.5, depth=0.72, peaks=4, snow=0.30),
    ]
    hill = pine_hill(stage, base=stage.horizon + 0.10, high=0.09 * k, depth=0.5, trees=34, size=0.085 * k)
    behind: list[Element] = [*above, *ranges, hill]
    if stage.scene.subject in (Subject.BOAT, Subject.TRAIN):
        return lake(stage, behind, [above[0], *ranges, hill], surface=stage.horizon + 0.085)  # type: ignore[list-item]
    behind.append(meadow(stage, top=stage.horizon + 0.08, near=(0.30, 0.42, 0.18), far=(0.36, 0.46, 0.26)))
    setting = Setting(behind=behind, ground=0.88)
    foreground(stage, setting, pine=True)
    return setting


def _range(stage: Stage, *, base: float, high: float, depth: float, peaks: int, snow: float) -> Layer:
    plate, light = stage.plate(), stage.light
    columns = stage.geometry.columns
    shape = ridge(stage.rng, points=columns, peaks=peaks, roughness=0.52) ** 1.15
    line = (base - high * (0.18 + 0.82 * shape)).astype(np.float32)
    below = terrain(plate, line, light.on((0.36, 0.36, 0.42)))
    rough = (1 - np.abs(2 * stage.fractal(rows=9, columns=16, octaves=5) - 1)).astype(np.float32)
    step = max(1, stage.geometry.rows // 70)
    toward = step if stage.sun[0] < stage.aspect / 2 else -step
    lit = np.clip((rough - np.roll(np.roll(rough, toward, 1), -step, 0)) * 4.5, -1, 1)
    slope = np.gradient(line) * stage.geometry.height * (1 if toward > 0 else -1)
    face = np.clip(0.5 + 0.55 * lit - 0.10 * cv2.blur(slope[None, :], (5, 1)), 0, 1)
    cap = smoothstep(0.0, 0.03, (high * snow * (0.05 + 0.75 * rough) - below).astype(np.float32))
    cover = np.clip(cap + light.snow * 0.75, 0, 1) * (below > -0.01)
    white = blend(
        face.astype(np.float32), light.on((0.62, 0.70, 0.86)), mix(light.on((1, 1, 1)), light.key, 0.45)
    )
    rock = blend(
        face.astype(np.float32),
        light.on((0.20, 0.22, 0.30)),
        mix(light.on((0.52, 0.48, 0.46)), light.key, 0.14),
    )
    colour = rock * (1 - cover[..., None]) + white * cover[..., None]
    plate.lay(np.clip(colour, 0, 1), np.clip(below * stage.geometry.height + 0.5, 0, 1))
    air = light.thickness * depth * (0.42 + 0.55 * np.clip(below / max(high, 0.01), 0, 1))
    plate.veil(light.haze, np.clip(air, 0, 1).astype(np.float32))
    return stage.layer(plate, depth=depth)


def desert(stage: Stage) -> Setting:
    """Dunes with a lit and a shaded side, rippled sand in front."""
    above = sky(stage)
    k = stage.magnify
    dunes = [
        _dune(stage, base=stage.horizon + 0.02, high=0.10 * k, depth=0.85),
        _dune(stage, base=stage.horizon + 0.12, high=0.16 * k, depth=0.55),
        _dune(stage, base=stage.horizon + 0.25, high=0.17 * k, depth=0.3),
    ]
    setting = Setting(behind=[*above, *dunes], ground=0.885)
    if stage.scene.shot is not Shot.WIDE and stage.scene.subject is Subject.NONE:
        setting.before.append(sway(stage, grasses(stage, count=16, height=0.34, seedheads=True)))
    return setting


def _dune(stage: Stage, *, base: float, high: float, depth: float) -> Layer:
    plate, light, rng = stage.plate(), stage.light, stage.rng
    columns = stage.geometry.columns
    x = stage.geometry.xs()
    peak = float(rng.uniform(0.1, 0.9)) * stage.aspect
    spread = float(rng.uniform(0.5, 0.8))
    crest = np.exp(-(np.abs((x - peak) / spread) ** 1.6)) + 0.35 * np.exp(
        -(np.abs((x - peak - 1.1) / 0.5) ** 1.7)
    )
    line = (base - high * crest - 0.02 * ridge(rng, points=columns, peaks=2, roughness=0.2)).astype(
        np.float32
    )
    sunny, shady = (
        light.ground((0.96, 0.76, 0.48), depth=depth),
        light.ground((0.55, 0.38, 0.30), depth=depth * 0.9),
    )
    sunny = mix(sunny, light.key, 0.16)
    y = stage.geometry.ys()[:, None]
    sway_x = 0.06 * np.sin(y * 9 + 6 * depth) + 0.03 * np.sin(y * 23)
    edge = peak + sway_x + (y - (base - high)) * (0.9 if stage.sun[0] > peak else -0.9)
    side = 1 if stage.sun[0] > peak else -1
    lit = smoothstep(-0.012, 0.02, ((x[None, :] - edge) * side).astype(np.float32))
    lit = lit * np.exp(-np.clip(y - base + high, 0, 1) * 1.2) + 0.42 * (
        1 - np.exp(-np.clip(y - base + high, 0, 1) * 1.6)
    )
    below = terrain(plate, line, blend(np.clip(lit, 0, 1).astype(np.float32), shady, sunny))
    ripples = in_perspective(stage, top=base - high, rows=70, columns=6)
    plate.shade(0.90 + 0.22 * ripples * np.clip(below * 5, 0.2, 1))
    return stage.layer(plate, depth=depth, focus=0.3 * (depth < 0.4))


def fields(stage: Stage) -> Setting:
    """Rolling fields in bands of colour, a tree line, one tree, grass that moves."""
    above = sky(stage)
    k = stage.magnify
    hills = pine_hill(stage, base=stage.horizon + 0.025, high=0.05 * k, depth=0.85, trees=0, size=0.05)
    trees = _tree_line(stage)
    behind: list[Element] = [*above, hills, trees]
    if stage.scene.subject is Subject.BOAT:
        return lake(stage, behind, [above[0], hills, trees], surface=stage.horizon + 0.05)  # type: ignore[list-item]
    behind += [_crop(stage), _lone_tree(stage)]
    setting = Setting(behind=behind, ground=0.89)
    foreground(stage, setting, pine=False)
    return setting


def _tree_line(stage: Stage) -> Layer:
    plate, light = stage.plate(), stage.light
    y = stage.horizon + 0.035
    for x in np.arange(stage.geometry.left, stage.geometry.right, 0.035 * stage.magnify):
        if stage.rng.random() < 0.62:
            size = float(stage.rng.uniform(0.018, 0.045)) * stage.magnify
            colour = light.ground(
                mix((0.16, 0.30, 0.16), (0.38, 0.40, 0.16), float(stage.rng.random())), depth=0.66
            )
            plate.ellipse((float(x), y - size * 0.5), (size * 0.9, size), colour)
    plate.shade(0.8 + 0.4 * stage.fractal(rows=30, columns=60, octaves=2))
    return stage.layer(plate, depth=0.8)


def _crop(stage: Stage) -> Layer:
    """Stripes of field running to a vanishing point."""
    plate, light, rng = stage.plate(), stage.light, stage.rng
    top = stage.horizon + 0.03
    columns = stage.geometry.columns
    line = (top - 0.03 * ridge(rng, points=columns, peaks=2, roughness=0.3) * stage.magnify).astype(
        np.float32
    )
    golden = rng.random() < 0.6
    near, far = (
        ((0.80, 0.62, 0.22), (0.86, 0.74, 0.40)) if golden else ((0.28, 0.46, 0.16), (0.48, 0.60, 0.26))
    )
    share = np.clip((stage.geometry.ys()[:, None] - top) / (1 - top), 0, 1) * np.ones(
        (1, columns), np.float32
    )
    below = terrain(plate, line, blend(share, light.ground(far, depth=0.4), light.ground(near)))
    vanish = stage.aspect * float(rng.uniform(0.35, 0.65))
    bearing = (stage.geometry.xs()[None, :] - vanish) / np.maximum(below + 0.02, 0.012)
    rows = 0.5 + 0.5 * np.sin(bearing * 5.5)
    strength = np.clip(below * 9, 0, 1) * np.clip(0.09 / np.maximum(np.abs(bearing) * 0.05, 0.05), 0.15, 1)
    plate.shade(
        0.86 + 0.16 * rows * strength + 0.30 * (in_perspective(stage, top=top, rows=50, columns=60) - 0.4)
    )
    return stage.layer(plate, depth=0.4, focus=0.3)


def _lone_tree(stage: Stage) -> Layer:
    plate = stage.plate()
    x = stage.aspect - stage.subject_x + float(stage.rng.uniform(-0.12, 0.12))
    size = float(stage.rng.uniform(0.24, 0.34)) * stage.magnify
    round_tree(stage, plate, (x, stage.horizon + 0.075), size)
    return stage.layer(plate, depth=0.62)
