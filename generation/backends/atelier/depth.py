"""Depth pictures of painted scenes: near is bright, as ControlNets for depth are used to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from footage.painter.camera import view_at
from footage.painter.frames import Picture


def depth_of(picture: Picture, t: float) -> NDArray[np.uint8]:
    """Nearness at a moment of the take; (height, width) uint8, 255 nearest.

    Each element is drawn over black and over white: where both agree it covers, and there its depth holds.
    Light and air, which cover nothing wholly, fade in by as much as they hide.
    """
    size = (picture.geometry.height, picture.geometry.width, 3)
    near = np.zeros(size[:2], np.float32)
    view = view_at(picture.scene.move, t, phase=picture.phase)
    for element in picture.elements:
        black, white = np.zeros(size, np.uint8), np.full(size, 255, np.uint8)
        element.draw(black, t=t, view=view)
        element.draw(white, t=t, view=view)
        cover = 1.0 - (white.astype(np.float32) - black).mean(axis=-1) / 255.0
        nearness = 1.0 - float(getattr(element, "depth", 0.0))
        near = near * (1.0 - cover) + 255.0 * nearness * cover
    return np.clip(near, 0, 255).astype(np.uint8)
