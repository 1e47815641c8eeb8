"""Working on a picture's own pixels: what is drawn anew, what stays, and how the two are put together again.

Arrays are (height, width, 3) uint8 RGB; masks are (height, width) uint8, 255 where something is drawn anew.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
MARGIN = 0.6
"""Surroundings an engine is shown beside a hole, as a share of the hole's longer side."""
FEATHER = 0.006
"""Softness of a pasted edge, as a share of the picture's longer side."""


SCRATCH = 0.08
"""Share of the frame's height along which something thin counts as a scratch."""


class Box(NamedTuple):
    """Part of a picture in pixels, right and bottom excluded."""

    left: int
    top: int
    right: int
    bottom: int


def working_box(mask: Image.Image, *, width: int, height: int) -> Box:
    """Return the part of a picture to work on: the mask with its surroundings, in the proportions of the engine.

    A small hole is so drawn with all the pixels the engine has. The part stays inside the picture; where the proportions
    don't fit into it, the entire picture is the part.
    """
    left, top, right, bottom = mask.getbbox() or (0, 0, mask.width, mask.height)
    margin = MARGIN * max(right - left, bottom - top)
    wide = max(right - left + margin, (bottom - top + margin) * width / height, width / 2)
    high = wide * height / width
    if wide > mask.width or high > mask.height:
        return Box(0, 0, mask.width, mask.height)
    x = min(max((left + right - wide) / 2, 0), mask.width - wide)
    y = min(max((top + bottom - high) / 2, 0), mask.height - high)
    return Box(int(x), int(y), int(x + wide), int(y + high))


def pasted(picture: Image.Image, drawn: Image.Image, *, box: Box, mask: Image.Image) -> Image.Image:
    """Return the picture with what was drawn laid into it under the mask; outside of the mask's edge nothing changes."""
    size = (box.right - box.left, box.bottom - box.top)
    layer = picture.copy()
    layer.paste(drawn.resize(size, Image.Resampling.LANCZOS), (box.left, box.top))
    return Image.composite(layer, picture, _feathered(mask))


def _feathered(mask: Image.Image) -> Image.Image:
    """Soften the mask inwards, so that not a pixel outside of it is touched."""
    radius = max(1, round(FEATHER * max(mask.size)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    inner = cv2.erode(np.asarray(mask), kernel)
    soft = cv2.blur(inner, (2 * radius + 1, 2 * radius + 1))
    return Image.fromarray(np.minimum(soft, np.asarray(mask)) if inner.any() else np.asarray(mask))


def filled(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """Return the picture with the hole closed from its edges (Telea 2004): a quiet ground for an engine to draw on."""
    radius = max(3, round(0.004 * max(picture.size)))
    closed = cv2.inpaint(np.asarray(picture), np.asarray(mask), radius, cv2.INPAINT_TELEA)
    return Image.fromarray(closed)


def widened(mask: Image.Image, *, pixels: int) -> Image.Image:
    """Return the mask, larger by so many pixels on every side."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return Image.fromarray(cv2.dilate(np.asarray(mask), kernel))


def share_of(mask: Image.Image) -> float:
    """Return the share of the picture under the mask, 0..1, to four digits."""
    return round(float((np.asarray(mask) > 0).mean()), 4)


def damage(picture: Image.Image, *, amount: float) -> Image.Image:
    """Return a mask of dust and scratches: thin things much lighter or darker than all around them.

    Args:
        amount: 0 finds almost nothing, 1 takes much fine detail for damage too.

    A scratch is thin across the film (what a narrow opening or closing takes away) and runs far along it, so up and down
    the frame. Dust is a speck that stands out from everything in a ring around it.
    """
    grey = cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2GRAY)
    faint = 10 + 40 * (1 - amount)
    radius = max(2, round(0.005 * max(grey.shape)))
    found = cv2.bitwise_or(
        _scratches(grey, limit=faint, radius=radius), _specks(grey, limit=faint, radius=radius)
    )
    return Image.fromarray(cv2.dilate(found, np.ones((3, 3), np.uint8)))


def _scratches(grey: Pixels, *, limit: float, radius: int) -> Pixels:
    """Return what is thin over SCRATCH of the height, bridged where it is interrupted."""
    across = np.ones((1, 2 * radius + 1), np.uint8)
    thin = cv2.max(
        cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, across), cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, across)
    )
    length = max(5, round(SCRATCH * grey.shape[0]))
    wide = cv2.dilate(_over(thin, limit), np.ones((1, 3), np.uint8))  # a scratch leans a little
    bridged = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((length // 3, 1), np.uint8))
    runs = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    found: Pixels = np.minimum(cv2.dilate(runs, np.ones((length // 2, 3), np.uint8)), wide)
    return found


def _specks(grey: Pixels, *, limit: float, radius: int) -> Pixels:
    """Return what is lighter than all of a ring around it, or darker than all of it."""
    ring = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (4 * radius + 1, 4 * radius + 1))
    ring[radius : 3 * radius + 1, radius : 3 * radius + 1] = 0
    lighter = cv2.subtract(grey, cv2.dilate(grey, ring))
    darker = cv2.subtract(cv2.erode(grey, ring), grey)
    return _over(cv2.max(lighter, darker), limit)


def _over(values: Pixels, limit: float) -> Pixels:
    return np.where(values > limit, 255, 0).astype(np.uint8)


def smoothed(picture: Image.Image, *, amount: float) -> Image.Image:
    """Return the picture with its grain reduced (non-local means); amount 0 leaves it alone, 1 is strong."""
    if amount <= 0:
        return picture
    strength = 12.0 * amount
    return Image.fromarray(
        cv2.fastNlMeansDenoisingColored(np.asarray(picture), None, strength, strength, 5, 15)
    )


def coloured(picture: Image.Image, drawn: Image.Image, *, saturation: float) -> Image.Image:
    """Return the picture with its own lightness (CIE L*) and the colours (a*, b*) of what was drawn over it."""
    own = _lab(picture)
    lent = _lab(drawn.resize(picture.size, Image.Resampling.BICUBIC))
    merged = np.dstack([own[:, :, :1], np.clip(lent[:, :, 1:] * saturation, -127, 127)])
    rgb = cv2.cvtColor(merged.astype(np.float32), cv2.COLOR_LAB2RGB)
    return Image.fromarray((np.clip(rgb, 0, 1) * 255).round().astype(np.uint8))


def _lab(picture: Image.Image) -> NDArray[np.float32]:
    lab: NDArray[np.float32] = cv2.cvtColor(np.asarray(picture, dtype=np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab


def is_grey(picture: Image.Image) -> bool:
    """Tell whether the picture has no colour worth the name: an a* or b* beyond ±6 for less than one pixel in a hundred."""
    return bool((np.abs(_lab(picture)[:, :, 1:]).max(axis=2) > 6).mean() < 0.01)


def grey(picture: Image.Image) -> Image.Image:
    """Return the picture without its colours, as RGB."""
    return picture.convert("L").convert("RGB")
