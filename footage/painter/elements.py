"""Things that put themselves into a frame at a moment: layers, water, drifting air, moving sprites.

A frame is (height, width, 3) uint8 RGB; every element draws over it in place or returns the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from footage.painter.camera import View
from footage.painter.plate import Geometry, Pixels

Path = Callable[[float], tuple[float, float]]
"""Seconds into the take to a place in heights."""


def standing(place: tuple[float, float]) -> Path:
    """The path of something that stays where it is."""
    return lambda _: place


class Element(Protocol):
    """Anything that can be drawn."""

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Draw over the frame, in place."""


def place_plate(
    pixels: Pixels, geometry: Geometry, view: View, *, rows: tuple[int, int] | None = None
) -> Pixels:
    """The part of a plate that the camera sees, or some rows of it; shape (rows, width, channels)."""
    top, bottom = rows or (0, geometry.height)
    mx, my = geometry.margin_x, geometry.margin_y
    if view.resting:
        return pixels[my + top : my + bottom, mx : mx + geometry.width]
    h, zoom = geometry.height, view.zoom
    cx, cy = geometry.width / 2, h / 2
    matrix = np.array(
        [[zoom, 0, cx + view.dx * h - zoom * (cx + mx)], [0, zoom, cy + view.dy * h - zoom * (cy + my) - top]]
    )
    seen: Pixels = cv2.warpAffine(
        pixels,
        matrix,
        (geometry.width, bottom - top),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return seen


def compose(frame: Pixels, layer: Pixels) -> None:
    """Put a premultiplied RGBA picture over the frame; same rows and columns."""
    alpha = cv2.extractChannel(layer, 3)
    through = cv2.bitwise_not(alpha)
    cv2.multiply(frame, cv2.merge([through, through, through]), dst=frame, scale=1 / 255)
    cv2.add(frame, cv2.cvtColor(layer, cv2.COLOR_RGBA2RGB), dst=frame)


def add_light(frame: Pixels, light: Pixels) -> None:
    """Screen a (rows, columns, 3) light over the frame, so that it never clips."""
    room = cv2.bitwise_not(frame)
    cv2.multiply(room, light, dst=room, scale=1 / 255)
    cv2.add(frame, room, dst=frame)


@dataclass(slots=True)
class Layer:
    """A plate at a depth; an opaque one replaces the frame. `band` is the plate rows that hold anything."""

    pixels: Pixels
    geometry: Geometry
    depth: float
    opaque: bool = False
    band: tuple[int, int] | None = None

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Draw the layer as the camera sees it, working only on the rows it can reach."""
        near = view.at(self.depth)
        if self.opaque:
            cv2.cvtColor(place_plate(self.pixels, self.geometry, near), cv2.COLOR_RGBA2RGB, dst=frame)
            return
        top, bottom = self._rows(near)
        if bottom > top:
            compose(frame[top:bottom], place_plate(self.pixels, self.geometry, near, rows=(top, bottom)))

    def _rows(self, view: View) -> tuple[int, int]:
        """Frame rows in which the layer shows."""
        if self.band is None:
            filled = np.flatnonzero(self.pixels[..., 3].any(axis=1))
            self.band = (int(filled[0]), int(filled[-1]) + 1) if filled.size else (0, 0)
        middle, margin = self.geometry.height / 2, self.geometry.margin_y
        first, last = (
            middle + view.zoom * (row - margin - middle) + view.dy * self.geometry.height for row in self.band
        )
        touches_end = self.band[1] >= self.geometry.rows
        low = self.geometry.height if touches_end else min(self.geometry.height, int(last) + 2)
        return max(0, int(first) - 1), low if self.band[1] else 0


@dataclass(slots=True)
class Drift:
    """A looping RGBA strip that drifts sideways: clouds, banks of fog.

    Attributes:
        pixels: (rows, loop + width + 1, 4) premultiplied, as `wrapped` gives it.
        top: First row of the frame it covers at rest.
        speed: Heights per second, to the right.
    """

    pixels: Pixels
    geometry: Geometry
    top: int
    speed: float
    depth: float

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Draw where the strip has drifted to."""
        near = view.at(self.depth)
        height = self.pixels.shape[0]
        top = self.top + round(near.dy * self.geometry.height)
        low, high = max(0, top), min(self.geometry.height, top + height)
        if high <= low:
            return
        shift = (near.dx + self.speed * t) * self.geometry.height
        compose(frame[low:high], _scrolled(self.pixels[low - top : high - top], shift, self.geometry.width))


@dataclass(slots=True)
class Water:
    """Sparkle and ripple over painted water.

    Attributes:
        ripples: Two `wrapped` uint8 textures (rows, …) in perspective, scrolled against each other.
        sparkle: (rows, width + margins, 3) light that shows where ripples meet, shaped by the sun's path.
        shade: 0..255, how much ripples darken the water.
        top: First plate row of the water.
    """

    ripples: tuple[Pixels, Pixels]
    sparkle: Pixels
    shade: Pixels
    geometry: Geometry
    top: int
    speed: float
    depth: float

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Scroll the ripples and let light through where they meet."""
        near = view.at(self.depth)
        geometry = self.geometry
        rows = self.sparkle.shape[0]
        pan = round(near.dx * geometry.height)
        top = (
            self.top
            - geometry.margin_y
            + round(
                near.dy * geometry.height
                + (near.zoom - 1)
                * (self.top - geometry.margin_y - geometry.height / 2)
                / geometry.height
                * geometry.height
            )
        )
        low, high = max(0, top), min(geometry.height, top + rows)
        if high <= low:
            return
        part = slice(low - top, high - top)
        left = geometry.margin_x - pan
        across = slice(max(0, left), max(0, left) + geometry.width)
        meeting = cv2.multiply(
            _scrolled(self.ripples[0][part], t * self.speed * geometry.height - pan, geometry.width),
            _scrolled(self.ripples[1][part], -t * self.speed * 0.7 * geometry.height - pan, geometry.width),
            scale=1 / 255,
        )
        water = frame[low:high]
        dark = cv2.multiply(meeting, self.shade[part, None].repeat(geometry.width, 1), scale=1 / 255)
        cv2.subtract(water, cv2.merge([dark, dark, dark]), dst=water)
        bright = cv2.LUT(meeting, GLINT)
        light = cv2.multiply(self.sparkle[part, across], cv2.merge([bright, bright, bright]), scale=1 / 255)
        add_light(water, light)


GLINT: Pixels = np.clip((np.arange(256) - 92.0) * 3.4, 0, 255).astype(np.uint8)


def _scrolled(texture: Pixels, by: float, width: int) -> Pixels:
    """`width` columns of a looping texture, shifted right by a number of pixels."""
    loop = texture.shape[1]
    offset = (-by) % (loop - width - 1)
    matrix = np.array([[1.0, 0.0, -offset], [0.0, 1.0, 0.0]])
    moved: Pixels = cv2.warpAffine(texture, matrix, (width, texture.shape[0]), flags=cv2.INTER_LINEAR)
    return moved


def wrapped(texture: Pixels, width: int) -> Pixels:
    """A looping texture with its first columns repeated at its end, so that `width` of them always fit."""
    repeats = np.arange(texture.shape[1] + width + 1) % texture.shape[1]
    return np.ascontiguousarray(texture[:, repeats])


@dataclass(frozen=True, slots=True)
class Pose:
    """A painted sprite: premultiplied pixels and the pixel in them that stands on the anchor."""

    pixels: Pixels
    anchor: tuple[float, float]


@dataclass(slots=True)
class Sprite:
    """A moving thing: poses over a phase, drawn where `path` says.

    Attributes:
        pose: Phase index to pose; poses are painted when first needed and kept.
        phases: Number of poses of a cycle; `period` its seconds.
        path: Seconds to the anchor's place in heights.
    """

    pose: Callable[[int], Pose]
    phases: int
    period: float
    path: Path
    geometry: Geometry
    depth: float
    offset: float = 0.0
    _poses: dict[int, Pose] = field(default_factory=dict)

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Draw the pose of the moment at its place."""
        index = int((t / self.period + self.offset) * self.phases) % self.phases
        if index not in self._poses:
            self._poses[index] = self.pose(index)
        pose = self._poses[index]
        stamp(frame, pose, self.path(t), geometry=self.geometry, view=view.at(self.depth))


def stamp(frame: Pixels, pose: Pose, place: tuple[float, float], *, geometry: Geometry, view: View) -> None:
    """Draw a pose with its anchor at a place in heights."""
    h = geometry.height
    cx, cy = geometry.width / 2, geometry.height / 2
    x = cx + view.zoom * (place[0] * h - cx) + view.dx * h
    y = cy + view.zoom * (place[1] * h - cy) + view.dy * h
    left, top = x - view.zoom * pose.anchor[0], y - view.zoom * pose.anchor[1]
    rows = int(pose.pixels.shape[0] * view.zoom) + 2
    columns = int(pose.pixels.shape[1] * view.zoom) + 2
    x0, y0 = max(0, int(np.floor(left))), max(0, int(np.floor(top)))
    x1, y1 = min(geometry.width, int(left) + columns), min(geometry.height, int(top) + rows)
    if x1 <= x0 or y1 <= y0:
        return
    matrix: NDArray[np.float64] = np.array([[view.zoom, 0, left - x0], [0, view.zoom, top - y0]])
    seen = cv2.warpAffine(pose.pixels, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
    box = np.ascontiguousarray(frame[y0:y1, x0:x1])
    compose(box, seen)
    frame[y0:y1, x0:x1] = box


@dataclass(slots=True)
class Glow:
    """Light that breathes around a moving point: a carried lantern, a lamp."""

    light: Pixels
    path: Path
    geometry: Geometry
    depth: float
    flicker: float = 0.0

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Screen the light over the frame."""
        near = view.at(self.depth)
        h, (rows, columns) = self.geometry.height, self.light.shape[:2]
        px, py = self.path(t)
        cx, cy = self.geometry.width / 2, self.geometry.height / 2
        left = round(cx + near.zoom * (px * h - cx) + near.dx * h - columns / 2)
        top = round(cy + near.zoom * (py * h - cy) + near.dy * h - rows / 2)
        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(self.geometry.width, left + columns), min(h, top + rows)
        if x1 <= x0 or y1 <= y0:
            return
        level = 1 - self.flicker * (0.5 + 0.5 * np.sin(9 * t + 3 * np.sin(4.1 * t)))
        light = cv2.convertScaleAbs(
            self.light[y0 - top : y1 - top, x0 - left : x1 - left], alpha=float(level)
        )
        box = np.ascontiguousarray(frame[y0:y1, x0:x1])
        add_light(box, light)
        frame[y0:y1, x0:x1] = box
