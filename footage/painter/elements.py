"""Things that know how to put themselves into a frame at a moment: layers, water, drifting air, moving sprites.

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


class Element(Protocol):
    """Anything that can be drawn."""

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Draw over the frame, in place."""


def place_plate(pixels: Pixels, geometry: Geometry, view: View, *, shift: float = 0.0) -> Pixels:
    """The part of a plate that the camera sees; shape (height, width, channels)."""
    mx, my = geometry.margin_x, geometry.margin_y
    if view.resting and shift == 0.0:
        return pixels[my : my + geometry.height, mx : mx + geometry.width]
    h = geometry.height
    cx, cy = geometry.width / 2, geometry.height / 2
    zoom = view.zoom
    matrix = np.array(
        [[zoom, 0, cx + (view.dx + shift) * h - zoom * (cx + mx)], [0, zoom, cy + view.dy * h - zoom * (cy + my)]]
    )
    size = (geometry.width, geometry.height)
    seen: Pixels = cv2.warpAffine(  # type: ignore[assignment]
        pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
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
    """A plate at a depth; opaque ones replace the frame. `band` is the rows that hold anything."""

    pixels: Pixels
    geometry: Geometry
    depth: float
    opaque: bool = False
    _band: tuple[int, int] | None = field(default=None)

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Draw the layer as the camera sees it."""
        seen = place_plate(self.pixels, self.geometry, view.at(self.depth))
        if self.opaque:
            cv2.cvtColor(seen, cv2.COLOR_RGBA2RGB, dst=frame)
            return
        top, bottom = self._rows()
        if bottom > top:
            compose(frame[top:bottom], seen[top:bottom])

    def _rows(self) -> tuple[int, int]:
        if self._band is None:
            filled = np.flatnonzero(self.pixels[..., 3].any(axis=1))
            reach = int(0.18 * self.geometry.height) + 2 if self.geometry.margin_y else 0
            slack = reach + int(0.14 * self.geometry.height)
            low = int(filled[0]) - self.geometry.margin_y - slack if filled.size else 0
            high = int(filled[-1]) - self.geometry.margin_y + slack if filled.size else 0
            self._band = (max(0, low), min(self.geometry.height, high))
        return self._band


@dataclass(slots=True)
class Drift:
    """A looping RGBA strip that drifts sideways: clouds, banks of fog.

    Attributes:
        pixels: (rows, loop, 4) premultiplied; the right edge continues at the left.
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
        height, loop = self.pixels.shape[:2]
        offset = (-(near.dx + self.speed * t) * self.geometry.height) % loop
        whole = int(offset)
        top = self.top + round(near.dy * self.geometry.height)
        low, high = max(0, top), min(self.geometry.height, top + height)
        if high <= low:
            return
        part = self.pixels[low - top : high - top]
        columns = np.arange(whole, whole + self.geometry.width + 1) % loop
        strip = part[:, columns]
        moved = cv2.addWeighted(
            strip[:, :-1], 1 - (offset - whole), strip[:, 1:], offset - whole, 0.0
        )
        compose(frame[low:high], moved)  # type: ignore[arg-type]


@dataclass(slots=True)
class Water:
    """Sparkle and ripple over painted water.

    Attributes:
        ripples: Two looping uint8 textures (rows, loop) in perspective, scrolled against each other.
        sparkle: (rows, width + margins, 3) light that shows where ripples meet; already shaped by the sun's path.
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
        top = self.top - geometry.margin_y + round(near.dy * geometry.height + (near.zoom - 1) * 0.1 * geometry.height)
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
        add_light(water, light)  # type: ignore[arg-type]


GLINT: Pixels = np.clip((np.arange(256) - 92.0) * 3.4, 0, 255).astype(np.uint8)


def _scrolled(texture: Pixels, by: float, width: int) -> Pixels:
    """`width` columns of a looping texture, shifted right by a number of pixels."""
    loop = texture.shape[1]
    offset = (-by) % loop
    whole = int(offset)
    share = offset - whole
    doubled = cv2.hconcat([texture, texture])
    first, second = doubled[:, whole : whole + width], doubled[:, whole + 1 : whole + 1 + width]
    blended: Pixels = cv2.addWeighted(first, 1 - share, second, share, 0.0)  # type: ignore[assignment]
    return blended


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
    path: Callable[[float], tuple[float, float]]
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


def stamp(
    frame: Pixels, pose: Pose, place: tuple[float, float], *, geometry: Geometry, view: View
) -> None:
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
    compose(box, seen)  # type: ignore[arg-type]
    frame[y0:y1, x0:x1] = box


@dataclass(slots=True)
class Glow:
    """Light that breathes around a moving point: a carried lantern, a lamp."""

    light: Pixels
    path: Callable[[float], tuple[float, float]]
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
        light = cv2.convertScaleAbs(self.light[y0 - top : y1 - top, x0 - left : x1 - left], alpha=float(level))
        box = np.ascontiguousarray(frame[y0:y1, x0:x1])
        add_light(box, light)  # type: ignore[arg-type]
        frame[y0:y1, x0:x1] = box
