"""People: seen whole, to the waist, or head and shoulders; in a coat with a scarf, walking or breathing.

A body is painted in body heights: crown at y = 0, soles at y = 1, x = 0 in the middle, looking to the right.
"""

from __future__ import annotations

from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from footage.painter.bodies import Body, limb, smooth
from footage.painter.carried import carried_before, carried_behind, grip
from footage.painter.heads import hair_behind, paint_head
from footage.painter.light import Light, mix
from footage.painter.plate import Plate

# Head in profile, x forward, y from crown (0) to chin (1).


def paint_body(plate: Plate, body: Body, *, light: Light, sun_side: int) -> None:
    """Paint a person looking to the right, shade it and light its edge from the side of the sun."""
    who = body.who
    carried_behind(plate, body, light)
    if not who.close:
        _legs(plate, body, light)
    _far_arm(plate, body, light)
    hair_behind(plate, body, light)
    _coat(plate, body, light)
    paint_head(plate, body, light)
    _scarf(plate, body, light)
    _near_arm(plate, body, light)
    shade_cloth(plate, light=light, sun_side=sun_side)
    carried_before(plate, body, light)


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
        [
            (-0.030, 0.150),
            (0.030, 0.150),
            (0.075, 0.183 - b),
            (0.107 + b, 0.225),
            (0.100 + b, 0.31),
            (0.074, 0.42),
            (0.088, 0.52),
            (wide + step - w, hem),
            (0.0, hem + 0.012),
            (-wide + step - 1.6 * w, hem - 0.004),
            (-0.092, 0.52),
            (-0.080, 0.42),
            (-0.104 - b, 0.31),
            (-0.109 - b, 0.225),
            (-0.075, 0.183 - b),
        ],
        np.float32,
    )
    plate.polygon(smooth(outline), colour)
    dark, pale = mix(colour, (0, 0, 0), 0.28), mix(colour, (1, 1, 1), 0.07)
    plate.polygon(
        smooth(np.array([(0.018, 0.17), (0.062, 0.19), (0.052, 0.33), (0.028, 0.30)], np.float32)), pale
    )
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


def _scarf(plate: Plate, body: Body, light: Light) -> None:
    colour = light.vivid(body.who.scarf)
    dark = mix(colour, (0, 0, 0), 0.2)
    w = body.wind
    tail = np.array(
        [
            (-0.045, 0.160),
            (-0.085 - 0.03 * w, 0.205),
            (-0.115 - 0.06 * w, 0.270 - 0.04 * w),
            (-0.135 - 0.10 * w, 0.345 - 0.07 * w),
            (-0.100 - 0.09 * w, 0.355 - 0.06 * w),
            (-0.072 - 0.03 * w, 0.270),
            (-0.030, 0.195),
        ],
        np.float32,
    )
    plate.polygon(smooth(tail), dark)
    wrap = np.array(
        [(-0.060, 0.142), (0.0, 0.150), (0.050, 0.140), (0.060, 0.172), (0.0, 0.196), (-0.066, 0.180)],
        np.float32,
    )
    plate.polygon(smooth(wrap), colour)
    plate.line([(-0.050, 0.160), (0.0, 0.170), (0.052, 0.158)], dark, width=0.005)


def shade_cloth(plate: Plate, *, light: Light, sun_side: int, rim: float = 1.0) -> None:
    """Round the shape by a soft gradient and draw the thin bright edge that back light makes."""
    alpha = plate.pixels[..., 3]
    unit = plate.geometry.height
    reach = max(1, round(0.008 * unit))
    soft = cv2.blur(alpha, (max(3, int(0.06 * unit)) | 1,) * 2)
    lit = cv2.addWeighted(
        _moved(soft, -sun_side * reach * 3, reach), 0.5, _moved(soft, sun_side * reach * 3, 0), -0.5, 128
    )
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
    moved: NDArray[np.uint8] = cv2.warpAffine(field, matrix, field.shape[::-1], flags=cv2.INTER_NEAREST)
    return moved
