"""The forest: rows of trees fading into the air, shafts of light between them."""

from __future__ import annotations

import numpy as np

from footage.painter.attributes import Shot, Subject
from footage.painter.bodies import limb
from footage.painter.elements import Element, Layer
from footage.painter.grounds import foreground, lake, meadow
from footage.painter.light import mix
from footage.painter.nature import conifer
from footage.painter.skies import sky
from footage.painter.stage import Setting, Stage


def forest(stage: Stage) -> Setting:
    """Rows of trunks and conifers fading into the air, shafts of light, ferns."""
    above = sky(stage)
    k = stage.magnify
    rows: list[Layer] = [
        _tree_row(stage, foot=stage.horizon + 0.03, size=0.34 * k, count=26, depth=0.9),
        _tree_row(stage, foot=stage.horizon + 0.07, size=0.50 * k, count=17, depth=0.7),
        _tree_row(stage, foot=stage.horizon + 0.13, size=0.76 * k, count=9, depth=0.45, clearing=0.30),
    ]
    behind: list[Element] = [*above, *rows[:2]]
    if stage.light.disc > 0.5 and not stage.light.night:
        behind.append(_shafts(stage))
    behind.append(rows[2])
    if stage.scene.subject is Subject.BOAT:
        return lake(stage, behind, [above[0], *rows], surface=stage.horizon + 0.12)  # type: ignore[list-item]
    behind.append(meadow(stage, top=stage.horizon + 0.12, near=(0.20, 0.24, 0.12), far=(0.26, 0.34, 0.18)))
    setting = Setting(behind=behind, ground=0.89)
    if stage.scene.shot is Shot.WIDE:
        setting.before.append(_frame_trees(stage))
    foreground(stage, setting, pine=True)
    return setting


def _tree_row(
    stage: Stage, *, foot: float, size: float, count: int, depth: float, clearing: float = 0.0
) -> Layer:
    plate, light, rng = stage.plate(), stage.light, stage.rng
    step = (stage.geometry.right - stage.geometry.left + 0.2) / count
    for index in range(count):
        x = stage.geometry.left - 0.1 + (index + float(rng.uniform(0.1, 0.9))) * step
        if abs(x - stage.aspect / 2) < clearing * stage.aspect / 2:
            continue
        tall = size * float(rng.uniform(0.75, 1.25))
        green = mix((0.10, 0.24, 0.16), (0.20, 0.32, 0.14), float(rng.random()))
        colour = light.on(mix(green, (0.80, 0.85, 0.90), 0.32 * light.snow), depth=depth)
        conifer(
            plate,
            (x, foot + float(rng.uniform(0, 0.02))),
            tall,
            colour,
            rng=rng,
            tiers=10,
            snow=light.on((0.95, 0.97, 1.0), depth=depth) if light.snow else None,
        )
    plate.polygon(
        [
            (stage.geometry.left, foot),
            (stage.geometry.right, foot),
            (stage.geometry.right, foot + 0.2),
            (stage.geometry.left, foot + 0.2),
        ],
        light.ground((0.16, 0.24, 0.14), depth=depth),
    )
    plate.shade(0.78 + 0.44 * stage.fractal(rows=26, columns=40, octaves=3))
    low = np.clip((stage.geometry.ys() - foot + 0.35) / 0.4, 0, 1)[:, None] * np.ones(
        (1, stage.geometry.columns)
    )
    plate.veil(light.haze, (low * light.thickness * depth * 0.55).astype(np.float32))
    return stage.layer(plate, depth=depth)


def _shafts(stage: Stage) -> Layer:
    """Sunbeams between the trunks."""
    plate = stage.plate()
    x, y = stage.sun
    across = stage.geometry.xs()[None, :] - x
    down = stage.geometry.ys()[:, None] - y + 0.35
    angle = np.arctan2(across, down)
    knots = stage.rng.random(64) ** 2
    beams = np.interp(angle.ravel() * 20 + 32, np.arange(64), knots).reshape(angle.shape)
    reach = np.clip(1.05 - np.sqrt(across**2 + down**2) / 1.35, 0, 1) * np.clip(down * 3, 0, 1)
    plate.lay(
        mix(stage.light.key, (1, 1, 1), 0.2), (beams * reach * 0.55 * stage.light.disc).astype(np.float32)
    )
    return Layer(plate.pixels, stage.geometry, 0.6)


def _frame_trees(stage: Stage) -> Layer:
    """Two dark trunks at the edges that frame the view."""
    plate, light, rng = stage.plate(), stage.light, stage.rng
    for side in (stage.geometry.left, stage.geometry.right):
        inward = 1 if side <= 0 else -1
        x = side + inward * float(rng.uniform(0.02, 0.10))
        w = float(rng.uniform(0.05, 0.08))
        dark = light.on((0.13, 0.10, 0.09))
        plate.polygon(
            [
                (x - w * 0.7, -0.2),
                (x + w * 0.7, -0.2),
                (x + w, 0.9),
                (x + w * 1.5, 1.12),
                (x - w * 1.5, 1.12),
                (x - w, 0.9),
            ],
            dark,
        )
        for _ in range(3):
            y, reach = float(rng.uniform(0.0, 0.42)), float(rng.uniform(0.10, 0.24))
            tip = (x + inward * reach, y + float(rng.uniform(-0.11, -0.03)))
            plate.polygon(limb((x, y), tip, 0.024, 0.004), dark)
            plate.polygon(
                limb(((x + tip[0]) / 2, (y + tip[1]) / 2), (tip[0], tip[1] + 0.07), 0.010, 0.003), dark
            )
    plate.shade(0.65 + 0.7 * stage.fractal(rows=12, columns=90, octaves=3))
    return stage.layer(plate, depth=0.1, focus=0.6)
