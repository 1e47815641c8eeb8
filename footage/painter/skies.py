"""Skies: gradient, sun or moon with its glow, stars, drifting clouds lit from the sun's side."""

from __future__ import annotations

import cv2
import numpy as np

from footage.painter.attributes import Weather
from footage.painter.elements import Drift, Element, Layer, wrapped
from footage.painter.light import Light, mix
from footage.painter.noise import Field, looping, smoothstep
from footage.painter.plate import Geometry, Pixels
from footage.painter.stage import FOCUS_FALL_OFF, Stage


def sky(stage: Stage) -> list[Element]:
    """The opaque sky and, when there are any, its clouds."""
    plate = stage.plate()
    plate.lay(_gradient(stage))
    if stage.light.stars > 0.02:
        _stars(stage, plate.pixels)
    _disc(stage, plate.pixels)
    plate.blur(FOCUS_FALL_OFF[stage.scene.shot])
    backdrop = Layer(plate.pixels, stage.geometry, 1.0, opaque=True)
    return [backdrop, *_clouds(stage)]


def _gradient(stage: Stage) -> Field:
    geometry, light = stage.geometry, stage.light
    at = np.array([-0.3, 0.0, 0.55 * stage.horizon, stage.horizon, 1.3])
    stops = np.array(
        [mix(light.sky[0], (0, 0, 0), 0.12), light.sky[0], light.sky[1], light.sky[2], light.sky[2]]
    )
    x, y = stage.sun
    across = ((geometry.xs() - x) * 0.62) ** 2
    distance = np.sqrt(across[None, :] + ((geometry.ys() - y) ** 2)[:, None])
    halo = (np.exp(-distance * 3.4) * 0.55 + np.exp(-distance * 11.0) * 0.40) * np.float32(
        light.disc * light.glare
    )
    planes = []
    for channel, key in enumerate(light.key):
        row = np.interp(geometry.ys(), at, stops[:, channel]).astype(np.float32)[:, None]
        planes.append(row + (1 - row) * np.float32(key) * halo)
    merged: Field = cv2.merge(planes)
    return merged


def _stars(stage: Stage, pixels: Pixels) -> None:
    geometry, rng = stage.geometry, stage.rng
    count = int(170 * stage.light.stars * geometry.columns / geometry.rows / 1.78)
    rows = (rng.random(count) ** 1.4 * geometry.row(stage.horizon)).astype(int)
    columns = rng.integers(0, geometry.columns, count)
    bright = rng.random(count) ** 3
    shining = np.zeros_like(pixels)
    for row, column, power in zip(rows, columns, bright, strict=True):
        centre = (int(column) * 16, int(row) * 16)
        level = 90 + 165 * float(power)
        radius = max(5, int((2.0 + 3.5 * power) * geometry.height / 90))
        cv2.circle(shining, centre, radius, (level, level, min(255.0, level * 1.08), 0), -1, cv2.LINE_AA, 4)
    pixels[...] = cv2.addWeighted(pixels, 1.0, shining, min(1.0, stage.light.stars * 2), 0.0)


def _disc(stage: Stage, pixels: Pixels) -> None:
    light, geometry = stage.light, stage.geometry
    if light.disc < 0.45:
        return
    radius = 0.036 if light.night else 0.048
    x, y = geometry.fixed([stage.sun])[0]
    colour = mix(light.key, (1.0, 1.0, 0.97), 0.72 if not light.night else 0.6)
    shown = mix(light.sky[1], colour, min(1.0, light.disc * 1.25))
    size = int(radius * stage.magnify**0.6 * geometry.height * 16)
    cv2.circle(pixels, (int(x), int(y)), size, (*(c * 255 for c in shown), 255.0), -1, cv2.LINE_AA, 4)
    if light.night and light.disc > 0.5:
        shade = mix(shown, light.sky[1], 0.22)
        for dx, dy, r in ((-0.3, -0.2, 0.28), (0.25, 0.3, 0.2), (0.1, -0.45, 0.13)):
            spot = (int(x + dx * size), int(y + dy * size))
            cv2.circle(pixels, spot, int(r * size), (*(c * 255 for c in shade), 255.0), -1, cv2.LINE_AA, 4)


def _clouds(stage: Stage) -> list[Element]:
    light, geometry = stage.light, stage.geometry
    if light.clouds < 0.08 or stage.scene.weather is Weather.FOG:
        return []
    rows = geometry.row(stage.horizon)
    pixels = cloud_strip(light, stage.rng, geometry=geometry, rows=rows, sun_x=light.sun[0])
    speed = float(stage.rng.uniform(0.006, 0.014)) * (1 if stage.rng.random() < 0.5 else -1)
    return [Drift(wrapped(pixels, geometry.width), geometry, -geometry.margin_y, speed, 0.96)]


def cloud_strip(
    light: Light, rng: np.random.Generator, *, geometry: Geometry, rows: int, sun_x: float
) -> Pixels:
    """A looping strip of clouds, flattening towards the horizon; shape (rows, loop, 4)."""
    loop = int(geometry.columns * 1.25)
    plain = looping(rng, height=max(rows, 8), width=loop, rows=3, columns=5)
    depth = np.linspace(0.02, 1.0, max(rows, 8), dtype=np.float32)
    squeeze = np.clip((depth**0.72) * 1.0, 0, 1)
    plain = plain[np.minimum((squeeze * (len(plain) - 1)).astype(int), len(plain) - 1)]
    threshold = 0.78 - 0.55 * light.clouds
    density = smoothstep(threshold, threshold + 0.34, plain)
    density *= np.clip((1.02 - depth) * 5.0, 0, 1)[:, None] * 0.92
    step = max(1, rows // 28)
    side = step if sun_x < 0.5 else -step
    lit = np.clip(
        0.5 + (plain - np.roll(np.roll(plain, side, 1), -step, 0)) * 6.0 * (28 * step / max(rows, 1)), 0, 1
    )
    dark = mix(light.sky[1], light.ambient, 0.35) if not light.night else mix(light.sky[1], (0, 0, 0), 0.3)
    bright = mix(light.key, (1, 1, 1), 0.45) if not light.night else mix(light.sky[2], light.key, 0.3)
    overcast = light.clouds >= 0.8 and light.disc < 0.4
    if overcast:
        dark, bright = mix(light.sky[1], (0.1, 0.1, 0.12), 0.25), mix(light.sky[2], (1, 1, 1), 0.12)
    rgb = (
        np.asarray(dark, np.float32)
        + (np.asarray(bright, np.float32) - np.asarray(dark, np.float32)) * lit[..., None]
    )
    out = np.empty((len(plain), loop, 4), np.uint8)
    out[..., :3] = np.clip(rgb * density[..., None] * 255, 0, 255)
    out[..., 3] = density * 255
    return out
