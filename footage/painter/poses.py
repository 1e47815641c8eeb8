"""Poses: sprites mirrored to the side they face, rocked about their anchor, and the light around a lamp."""

from __future__ import annotations

import cv2
import numpy as np

from footage.painter.attributes import Shot
from footage.painter.elements import Pose
from footage.painter.light import Colour
from footage.painter.plate import Pixels, Plate
from footage.painter.stage import Stage

NEARNESS = {Shot.WIDE: 0.30, Shot.MEDIUM: 0.14, Shot.CLOSE: 0.0}
"""Depth at which a subject stands."""


def sun_side(stage: Stage, x: float) -> int:
    """1 if the sun stands to the right of x, else -1."""
    return 1 if stage.sun[0] > x else -1


def halo(radius: float, colour: Colour, strength: float) -> Pixels:
    """A round light `radius` pixels wide, falling to nothing at its edge; (2r, 2r, 3)."""
    size = max(4, round(radius * 2))
    at = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    distance = np.sqrt(at[:, None] ** 2 + at[None, :] ** 2)
    fall = np.clip(1 - distance, 0, 1) ** 2.4
    light = fall[..., None] * np.asarray(colour, np.float32) * np.float32(255 * strength)
    painted: Pixels = np.clip(light, 0, 255).astype(np.uint8)
    return painted


def flipped(plate: Plate, facing: int, at: tuple[float, float]) -> Pose:
    grid = plate.geometry
    anchor = ((at[0] - grid.left) * grid.height, (at[1] - grid.top) * grid.height)
    if facing > 0:
        return Pose(plate.pixels, anchor)
    return Pose(np.ascontiguousarray(plate.pixels[:, ::-1]), (plate.pixels.shape[1] - anchor[0], anchor[1]))


def rocked(pose: Pose, degrees: float) -> Pose:
    """The pose turned about its anchor."""
    height, width = pose.pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(pose.anchor, degrees, 1.0)
    turned: Pixels = cv2.warpAffine(pose.pixels, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return Pose(turned, pose.anchor)
