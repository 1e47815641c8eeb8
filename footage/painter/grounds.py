"""What several landscapes share: ground in perspective, hills with pines, a lake, something near the lens."""

from __future__ import annotations

import numpy as np

from footage.painter.attributes import Shot, Subject
from footage.painter.elements import Element, Layer
from footage.painter.light import Colour, mix
from footage.painter.nature import branch, conifer, grasses, sway
from footage.painter.noise import Field, ridge
from footage.painter.stage import Setting, Stage, blend, terrain
from footage.painter.waters import water


def lake(stage: Stage, behind: list[Element], mirrored: list[Layer], *, surface: float) -> Setting:
    """Water from `surface` down that mirrors what stands behind it, instead of a meadow."""
    layer, moving = water(stage, mirrored, surface=surface, calm=0.75)
    return Setting(behind=[*behind, layer, moving], water=surface, ground=0.88)


def pine_hill(stage: Stage, *, base: float, high: float, depth: float, trees: int, size: float) -> Layer:
    plate, light = stage.plate(), stage.light
    columns = stage.geometry.columns
    line = (base - high * ridge(stage.rng, points=columns, peaks=2, roughness=0.35)).astype(np.float32)
    dark = light.ground((0.13, 0.22, 0.17), depth=depth)
    for x in np.sort(stage.rng.uniform(stage.geometry.left, stage.geometry.right, trees)):
        row = int(np.clip((x - stage.geometry.left) * stage.geometry.height, 0, columns - 1))
        tall = size * float(stage.rng.uniform(0.6, 1.3))
        conifer(plate, (float(x), float(line[row]) + 0.01), tall, dark, rng=stage.rng, tiers=4)
    terrain(plate, line, mix(dark, light.haze, 0.12))
    plate.shade(0.86 + 0.28 * stage.fractal(rows=20, columns=36, octaves=3))
    return stage.layer(plate, depth=depth)


def meadow(stage: Stage, *, top: float, near: Colour, far: Colour) -> Layer:
    """Ground from `top` down, with tufts that grow towards the viewer."""
    plate, light = stage.plate(), stage.light
    columns = stage.geometry.columns
    line = (top - 0.022 * ridge(stage.rng, points=columns, peaks=2, roughness=0.3)).astype(np.float32)
    share = np.clip((stage.geometry.ys()[:, None] - top) / (1 - top), 0, 1) * np.ones(
        (1, columns), np.float32
    )
    below = terrain(plate, line, blend(share, light.ground(far, depth=0.42), light.ground(near)))
    plate.shade(0.80 + 0.42 * in_perspective(stage, top=top) + 0.06 * (below < 0.02))
    return stage.layer(plate, depth=0.3, focus=0.5)


def in_perspective(stage: Stage, *, top: float, rows: int = 26, columns: int = 20) -> Field:
    """Noise lying on the ground: finer towards the horizon at `top`."""
    plain = stage.fractal(rows=rows, columns=columns, octaves=4)
    at = np.clip((stage.geometry.ys() - top) / max(0.05, stage.geometry.bottom - top), 0, 1) ** 0.5
    lying: Field = plain[np.minimum((at * (len(plain) - 1)).astype(int), len(plain) - 1)]
    return lying


def foreground(stage: Stage, setting: Setting, *, pine: bool) -> None:
    """Something near the lens: grass below, and a branch when nobody is there to look at."""
    empty = stage.scene.subject is Subject.NONE
    if stage.scene.shot is Shot.WIDE:
        setting.before.append(sway(stage, grasses(stage, count=70, height=0.085)))
    elif empty and stage.scene.shot is Shot.CLOSE:
        setting.before.append(sway(stage, branch(stage, needles=pine)))
    elif stage.scene.subject not in (Subject.BIRD, Subject.TRAIN, Subject.LANTERN):
        setting.before.append(sway(stage, grasses(stage, count=34, height=0.22 if empty else 0.15)))
