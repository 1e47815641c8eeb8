"""A plate: what is painted once and then moved under the camera.

Plates are (rows, columns, 4) uint8, RGB premultiplied by coverage plus coverage. Painting an opaque shape
with an anti-aliased edge onto such an array is exactly "over", so shapes need no supersampling.
Coordinates are in frame heights: x from 0 to the aspect ratio, y from 0 (top) to 1; a plate reaches past the
frame by its margins, so that a moving camera finds picture there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin, tau

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from footage.painter.light import Colour
from footage.painter.noise import Field

Pixels = NDArray[np.uint8]
SUBPIXEL_BITS = 4
SUBPIXEL = 1 << SUBPIXEL_BITS
CIRCLE = np.array([(cos(k * tau / 26), sin(k * tau / 26)) for k in range(26)], np.float32)
"""A unit circle as a polygon."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Frame size in pixels and the margins painted around it."""

    width: int
    height: int
    margin_x: int = 0
    margin_y: int = 0

    @property
    def aspect(self) -> float:
        """Width in heights."""
        return self.width / self.height

    @property
    def columns(self) -> int:
        """Columns of a plate."""
        return self.width + 2 * self.margin_x

    @property
    def rows(self) -> int:
        """Rows of a plate."""
        return self.height + 2 * self.margin_y

    @property
    def left(self) -> float:
        """x of the plate's left edge."""
        return -self.margin_x / self.height

    @property
    def right(self) -> float:
        """x of the plate's right edge."""
        return self.aspect + self.margin_x / self.height

    @property
    def top(self) -> float:
        """y of the plate's top edge."""
        return -self.margin_y / self.height

    @property
    def bottom(self) -> float:
        """y of the plate's bottom edge."""
        return 1 + self.margin_y / self.height

    def xs(self) -> Field:
        """x of every column, shape (columns,)."""
        return ((np.arange(self.columns, dtype=np.float32) + 0.5) / self.height + self.left).astype(
            np.float32
        )

    def ys(self) -> Field:
        """y of every row, shape (rows,)."""
        return ((np.arange(self.rows, dtype=np.float32) + 0.5) / self.height + self.top).astype(np.float32)

    def row(self, y: float) -> int:
        """The row of a height, inside the plate."""
        return int(np.clip(round((y - self.top) * self.height), 0, self.rows))

    def fixed(self, points: ArrayLike) -> NDArray[np.int32]:
        """Points as the fixed-point pixels cv2 draws at; shape (n, 2)."""
        scale = self.height * SUBPIXEL
        at = np.asarray(points, np.float32) * scale
        at -= (self.left * scale + SUBPIXEL / 2, self.top * scale + SUBPIXEL / 2)
        return at.astype(np.int32)


@dataclass(frozen=True, slots=True)
class Cell(Geometry):
    """The little plate of a sprite: `height` is the pixels of one unit, and the edges lie where one likes."""

    x0: float = 0.0
    y0: float = 0.0
    x1: float = 1.0
    y1: float = 1.0

    @property
    def columns(self) -> int:
        """Columns of the plate."""
        return max(2, round((self.x1 - self.x0) * self.height))

    @property
    def rows(self) -> int:
        """Rows of the plate."""
        return max(2, round((self.y1 - self.y0) * self.height))

    @property
    def left(self) -> float:
        """x of the left edge."""
        return self.x0

    @property
    def right(self) -> float:
        """x of the right edge."""
        return self.x1

    @property
    def top(self) -> float:
        """y of the top edge."""
        return self.y0

    @property
    def bottom(self) -> float:
        """y of the bottom edge."""
        return self.y1


def cell(unit: float, *, x0: float, y0: float, x1: float, y1: float) -> Plate:
    """An empty sprite plate whose unit is so many pixels."""
    return Plate(Cell(width=1, height=max(4, round(unit)), x0=x0, y0=y0, x1=x1, y1=y1))


def bytes_of(colour: Colour) -> tuple[float, float, float, float]:
    """8-bit colour with full coverage."""
    red, green, blue = colour
    return (
        min(255.0, max(0.0, red * 255)),
        min(255.0, max(0.0, green * 255)),
        min(255.0, max(0.0, blue * 255)),
        255.0,
    )


class Plate:
    """An array to paint on; see the module for its format."""

    __slots__ = ("geometry", "pixels")

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self.pixels: Pixels = np.zeros((geometry.rows, geometry.columns, 4), np.uint8)

    def polygon(self, points: ArrayLike, colour: Colour) -> None:
        """Fill an opaque polygon."""
        fixed = self.geometry.fixed(points)
        cv2.fillPoly(self.pixels, [fixed], bytes_of(colour), cv2.LINE_AA, SUBPIXEL_BITS)

    def polygons(self, many: Sequence[ArrayLike], colour: Colour) -> None:
        """Fill opaque polygons that don't overlap."""
        for points in many:
            self.polygon(points, colour)

    def ellipse(
        self, centre: tuple[float, float], radii: tuple[float, float], colour: Colour, *, angle: float = 0.0
    ) -> None:
        """Fill an opaque ellipse; the angle turns it, in degrees clockwise."""
        rim = CIRCLE * np.array(radii, np.float32)
        if angle:
            c, s = cos(radians(angle)), sin(radians(angle))
            rim = rim @ np.array([[c, s], [-s, c]], np.float32)
        self.polygon(rim + np.array(centre, np.float32), colour)

    def line(self, points: ArrayLike, colour: Colour, *, width: float, closed: bool = False) -> None:
        """Draw an opaque line `width` heights wide (at least one pixel)."""
        fixed = self.geometry.fixed(points)
        thick = max(1, round(width * self.geometry.height))
        cv2.polylines(self.pixels, [fixed], closed, bytes_of(colour), thick, cv2.LINE_AA, SUBPIXEL_BITS)

    def mask(self, points: ArrayLike) -> Field:
        """Coverage of a polygon as a field in [0, 1]."""
        cover = np.zeros(self.pixels.shape[:2], np.uint8)
        cv2.fillPoly(cover, [self.geometry.fixed(points)], 255.0, cv2.LINE_AA, SUBPIXEL_BITS)
        return cover.astype(np.float32) / 255.0

    def lay(self, rgb: ArrayLike, cover: Field | None = None) -> None:
        """Lay a colour field (…, 3) in [0, 1] over the plate where `cover` says (everywhere if None)."""
        colour = np.broadcast_to(np.asarray(rgb, np.float32), (*self.pixels.shape[:2], 3))
        if cover is None:
            self.pixels[..., :3] = colour * 255.0
            self.pixels[..., 3] = 255
            return
        rows = _filled(cover)
        alpha = eight_bit(cover[rows])
        self._dim(rows, cv2.bitwise_not(alpha))
        paint = cv2.merge([eight_bit(colour[rows]), np.full_like(alpha, 255)])
        add = cv2.multiply(paint, cv2.merge([alpha] * 4), scale=1 / 255)
        self.pixels[rows] = cv2.add(np.ascontiguousarray(self.pixels[rows]), add)

    def _dim(self, rows: slice, share: Pixels) -> None:
        """Multiply colour and coverage of some rows by a share of 255."""
        part = np.ascontiguousarray(self.pixels[rows])
        self.pixels[rows] = cv2.multiply(part, cv2.merge([share] * 4), scale=1 / 255)

    def shade(self, factor: ArrayLike) -> None:
        """Multiply the colour by a field (rows, columns) of factors in [0, 2] where something is painted."""
        rows = _filled(self.pixels[..., 3])
        by = cv2.convertScaleAbs(np.asarray(factor, np.float32)[rows], alpha=127.5)
        part = np.ascontiguousarray(self.pixels[rows])
        alpha = cv2.extractChannel(part, 3)
        shaded = cv2.multiply(part, cv2.merge([by, by, by, np.full_like(by, 128)]), scale=1 / 127.5)
        self.pixels[rows] = cv2.min(shaded, cv2.merge([alpha] * 4))

    def veil(self, colour: Colour, share: ArrayLike) -> None:
        """Mix painted pixels towards a colour by a field (rows, columns) of shares in [0, 1]."""
        rows = _filled(self.pixels[..., 3])
        amount = eight_bit(np.asarray(share, np.float32)[rows])
        part = np.ascontiguousarray(self.pixels[rows])
        air = cv2.multiply(amount, cv2.extractChannel(part, 3), scale=1 / 255)
        rest = cv2.multiply(
            part, cv2.merge([cv2.bitwise_not(amount)] * 3 + [np.full_like(amount, 255)]), scale=1 / 255
        )
        tint = cv2.merge([cv2.multiply(air, min(1.0, max(0.0, c))) for c in colour] + [np.zeros_like(air)])
        self.pixels[rows] = cv2.add(rest, tint)

    def glow(self, centre: tuple[float, float], radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Add light around a point to what is painted, never more than full coverage allows."""
        box, falloff = self._spot(centre, radius)
        part = self.pixels[box]
        lit = part[..., :3] + falloff[..., None] * np.asarray(colour, np.float32) * (255.0 * strength)
        part[..., :3] = np.minimum(lit, part[..., 3:])

    def _spot(self, centre: tuple[float, float], radius: float) -> tuple[tuple[slice, slice], Field]:
        geometry = self.geometry
        x = (centre[0] - geometry.left) * geometry.height
        y = (centre[1] - geometry.top) * geometry.height
        reach = radius * geometry.height
        rows = slice(max(0, int(y - reach)), max(0, min(geometry.rows, int(y + reach) + 1)))
        columns = slice(max(0, int(x - reach)), max(0, min(geometry.columns, int(x + reach) + 1)))
        down = (np.arange(rows.start, rows.stop, dtype=np.float32) - y)[:, None]
        across = (np.arange(columns.start, columns.stop, dtype=np.float32) - x)[None, :]
        near = np.clip(1.0 - np.sqrt(down * down + across * across) / max(reach, 1e-3), 0.0, 1.0)
        return (rows, columns), (near * near * near).astype(np.float32)

    def blur(self, radius: float) -> None:
        """Throw the plate out of focus by a radius in heights."""
        sigma = radius * self.geometry.height
        if sigma >= 0.3:
            self.pixels = soften(self.pixels, sigma)


def eight_bit(field: ArrayLike) -> Pixels:
    """A field in [0, 1] as bytes."""
    scaled: Pixels = cv2.convertScaleAbs(np.maximum(np.asarray(field, np.float32), 0), alpha=255.0)
    return scaled


def _filled(cover: ArrayLike) -> slice:
    """The rows between the first and the last that hold anything."""
    rows = np.flatnonzero(np.asarray(cover).any(axis=1))
    return slice(int(rows[0]), int(rows[-1]) + 1) if rows.size else slice(0, 1)


def soften(pixels: Pixels, sigma: float) -> Pixels:
    """Gaussian blur; wide blurs are done on a smaller picture, where they cost little."""
    factor = 4 if sigma > 6 else 2 if sigma > 2.5 else 1
    if factor == 1:
        blurred: Pixels = cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        return blurred
    height, width = pixels.shape[:2]
    small = cv2.resize(
        pixels, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), sigma / factor, borderType=cv2.BORDER_REPLICATE)
    back: Pixels = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return back
