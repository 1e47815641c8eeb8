"""Contact sheets of painted scenes, to look at."""

from __future__ import annotations

import numpy as np

from footage.painter.frames import paint
from footage.painter.plate import Pixels
from footage.painter.scene import random_scene


def contact_sheet(
    *, seed: int, count: int = 48, columns: int = 6, width: int = 384, height: int = 216, **fixed: str
) -> Pixels:
    """`count` random scenes side by side, without captions; (rows * height, columns * width, 3) uint8 RGB."""
    rng = np.random.default_rng(seed)
    rows = -(-count // columns)
    sheet = np.zeros((rows * height, columns * width, 3), np.uint8)
    for index in range(count):
        y, x = divmod(index, columns)
        frame = paint(random_scene(rng, **fixed), seed=seed * 1000 + index, width=width, height=height, t=1.0)
        sheet[y * height : (y + 1) * height, x * width : (x + 1) * width] = frame
    return sheet
