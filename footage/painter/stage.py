"""What painters of places and subjects work with, and what they hand back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from footage.painter.attributes import Shot
from footage.painter.elements import Element, Layer
from footage.painter.light import Colour, Light
from footage.painter.noise import Field, fractal
from footage.painter.plate import Geometry, Pixels, Plate
from footage.painter.scene import Scene

MAGNIFY = {Shot.WIDE: 1.0, Shot.MEDIUM: 1.35, Shot.CLOSE: 1.9}
FOCUS_FALL_OFF = {Shot.WIDE: 0.0, Shot.MEDIUM: 0.0035, Shot.CLOSE: 0.014}


@dataclass(slots=True)
class Stage:
    """A scene about to be painted.

    Attributes:
        horizon: y of the horizon in heights.
        subject_x: Where the subject stands, in heights from the left.
        facing: 1 if people look and go to the right, -1 to the left.
    """

    scene: Scene
    light: Light
    geometry: Geometry
    rng: np.random.Generator
    horizon: float
    subject_x: float
    facing: int

    @property
    def aspect(self) -> float:
        """Frame width in heights."""
        return self.geometry.aspect

    @property
    def magnify(self) -> float:
        """How much nearer the place is than in a wide shot."""
        return MAGNIFY[self.scene.shot]

    @property
    def sun(self) -> tuple[float, float]:
        """Centre of sun or moon in heights."""
        return self.light.sun[0] * self.aspect, self.horizon * (1 - self.light.sun[1] * 1.6)

    def plate(self) -> Plate:
        """An empty plate of this scene's geometry."""
        return Plate(self.geometry)

    def fractal(self, *, rows: int, columns: int, octaves: int = 4) -> Field:
        """A noise field as large as a plate."""
        return fractal(
            self.rng,
            height=self.geometry.rows,
            width=self.geometry.columns,
            rows=rows,
            columns=columns,
            octaves=octaves,
        )

    def layer(self, plate: Plate, *, depth: float, focus: float = 0.0) -> Layer:
        """A finished layer, out of focus as its depth and the shot size ask.

        Args:
            focus: Share of the shot's blur that is spared, 0..1.
        """
        plate.blur(FOCUS_FALL_OFF[self.scene.shot] * (1 - focus) * (0.4 + 0.6 * depth))
        return Layer(plate.pixels, self.geometry, depth)


@dataclass(slots=True)
class Setting:
    """A painted place.

    Attributes:
        behind: Elements behind the subject, far to near.
        before: Elements in front of it.
        ground: y of the feet in a wide shot.
        water: y of the surface a boat lies on, or None where there is none.
    """

    behind: list[Element] = field(default_factory=list)
    before: list[Element] = field(default_factory=list)
    ground: float = 0.86
    water: float | None = None


def flatten(layers: Sequence[Layer]) -> Pixels:
    """The layers as one opaque plate; shape (rows, columns, 3), for reflections."""
    base = np.ascontiguousarray(layers[0].pixels[..., :3])
    for layer in layers[1:]:
        through = cv2.bitwise_not(cv2.extractChannel(layer.pixels, 3))
        base = cv2.multiply(base, cv2.merge([through, through, through]), scale=1 / 255)
        base = cv2.add(base, cv2.cvtColor(layer.pixels, cv2.COLOR_RGBA2RGB))
    return base


def terrain(plate: Plate, line: Field, rgb: Field | Colour) -> Field:
    """Lay colour under a line (y per column); returns how far below it each pixel is, in heights."""
    below: Field = plate.geometry.ys()[:, None] - line[None, :]
    plate.lay(rgb, np.clip(below * plate.geometry.height + 0.5, 0, 1))
    return below


def blend(share: Field, a: Colour, b: Colour) -> Field:
    """Colour field from a (share 0) to b (share 1); shape (*share.shape, 3)."""
    share = np.asarray(share, np.float32)
    planes = [share * np.float32(y - x) + np.float32(x) for x, y in zip(a, b, strict=True)]
    merged: Field = cv2.merge(planes)
    return merged
