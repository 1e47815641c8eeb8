"""Water: what stands above it mirrored, darkened towards the viewer, with ripples that catch the light."""

from __future__ import annotations

import cv2
import numpy as np

from footage.painter.elements import Layer, Water, wrapped
from footage.painter.light import mix
from footage.painter.noise import Field, looping
from footage.painter.plate import Pixels
from footage.painter.stage import Stage, flatten


def water(
    stage: Stage, above: list[Layer], *, surface: float, bottom: float = 1.2, calm: float = 0.5
) -> tuple[Layer, Water]:
    """Painted water from `surface` down, and its moving ripples.

    Args:
        above: What is mirrored, far to near; the first is the opaque sky.
        calm: 0 open sea, 1 a canal without wind.
    """
    geometry = stage.geometry
    top = geometry.row(surface)
    end = min(geometry.rows, max(top + 2, geometry.row(bottom)))
    mirrored = _mirror(stage, flatten(above), top=top, rows=end - top, calm=calm)
    plate = stage.plate()
    plate.pixels[top:end, :, :3] = mirrored
    plate.pixels[top:end, :, 3] = 255
    layer = Layer(plate.pixels, geometry, 0.72)
    return layer, _ripples(stage, top=top, rows=end - top, calm=calm, surface=surface)


def _mirror(stage: Stage, above: Pixels, *, top: int, rows: int, calm: float) -> Pixels:
    """The picture above the surface, upside down, broken by waves and tinted by depth."""
    down = np.arange(rows, dtype=np.float32)
    source = np.clip(top - 1 - down * (0.95 if calm > 0.6 else 0.8), 0, max(0, top - 1)).astype(int)
    flipped = above[source]
    near = (down / max(rows, 1))[:, None]
    height = stage.geometry.height
    smear = max(3, int(height * (0.05 - 0.035 * calm))) | 1
    flipped = cv2.blur(flipped, (smear, max(1, smear // 3)))
    noise = stage.rng.standard_normal((max(2, rows), 1)).astype(np.float32)
    waver = cv2.GaussianBlur(noise, (1, 3), 1.0)[:rows] * (0.004 + 0.03 * near * (1 - 0.6 * calm)) * height
    columns = np.arange(above.shape[1], dtype=np.float32)[None, :] + waver
    lines = np.broadcast_to(down[:, None], columns.shape)
    waved = cv2.remap(
        flipped,
        columns.astype(np.float32),
        lines.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    deep = np.asarray(stage.light.on(mix((0.03, 0.16, 0.24), stage.light.sky[0], 0.45)), np.float32) * 255
    share = (0.22 + 0.5 * near**0.8) * (1.0 - 0.35 * calm)
    tinted = waved * (1 - share[..., None]) * 0.96 + deep * share[..., None]
    painted: Pixels = np.clip(tinted, 0, 255).astype(np.uint8)
    return painted


def _ripples(stage: Stage, *, top: int, rows: int, calm: float, surface: float) -> Water:
    geometry = stage.geometry
    loop = int(geometry.columns * 1.2)
    textures = (_texture(stage, rows, loop), _texture(stage, rows, loop))
    near = np.linspace(0, 1, rows, dtype=np.float32)
    sun_x = stage.sun[0]
    spread = 0.055 + 0.30 * near
    column = np.exp(-(((geometry.xs()[None, :] - sun_x) / spread[:, None]) ** 2))
    path = column * (0.25 + 0.75 * (1 - near[:, None]) ** 0.6) * stage.light.disc
    sky = 0.14 + 0.10 * (1 - calm)
    light = np.asarray(stage.light.key, np.float32) * path[..., None] + np.asarray(stage.light.sky[2]) * sky
    sparkle = np.clip(light * 255 * (1 - 0.4 * calm), 0, 255).astype(np.uint8)
    dark = 52 if not stage.light.night else 18
    shade = np.clip((0.35 + 0.65 * near) * dark * (1 - 0.5 * calm), 0, 255).astype(np.uint8)
    return Water(textures, sparkle, shade, geometry, top, 0.035 * (1.2 - calm), 0.72)


def _texture(stage: Stage, rows: int, loop: int) -> Pixels:
    """Looping ripples, fine at the far edge and broad at the near one."""
    plain: Field = looping(stage.rng, height=max(rows, 8), width=loop, rows=34, columns=13)
    at = np.linspace(0, 1, rows, dtype=np.float32) ** 0.55
    squeezed = plain[np.minimum((at * (len(plain) - 1)).astype(int), len(plain) - 1)]
    return wrapped(np.clip(squeezed * 1.25 * 255, 0, 255).astype(np.uint8), stage.geometry.width)
