"""Trees, grasses and stones, and the wind in them."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import cv2
import numpy as np

from footage.painter.attributes import Shot
from footage.painter.bodies import limb, smooth
from footage.painter.camera import View
from footage.painter.elements import Layer, compose, place_plate
from footage.painter.light import Colour, mix
from footage.painter.plate import Pixels, Plate
from footage.painter.stage import Stage


def conifer(
    plate: Plate,
    foot: tuple[float, float],
    tall: float,
    colour: Colour,
    *,
    rng: np.random.Generator,
    tiers: int,
    snow: Colour | None = None,
) -> None:
    """A spruce: a trunk and tiers of drooping branches, narrower towards the top."""
    x, y = foot
    half = tall * float(rng.uniform(0.15, 0.21))
    plate.polygon(
        limb((x, y), (x, y - tall * 0.5), tall * 0.045, tall * 0.02), mix(colour, (0.1, 0.06, 0.03), 0.6)
    )
    left, right = [], []
    for tier in range(tiers):
        low = tall * (0.10 + 0.86 * tier / tiers)
        reach = half * (1 - tier / tiers) ** 0.85
        a, b = reach * rng.uniform(0.82, 1.12, 2)
        inner = 0.55 * reach
        left += [(x - a, y - low), (x - inner, y - low - 0.55 * tall * 0.86 / tiers)]
        right += [(x + b, y - low), (x + inner, y - low - 0.55 * tall * 0.86 / tiers)]
    plate.polygon(np.asarray([*left, (x, y - tall), *right[::-1]], np.float32), colour)
    if snow is not None:
        for tier in range(0, len(left), 2):
            (lx, ly), (ix, iy) = left[tier], left[tier + 1]
            plate.line([(lx, ly), (ix, iy), (x, iy + 0.01)], snow, width=tall * 0.022)


def round_tree(stage: Stage, plate: Plate, foot: tuple[float, float], size: float) -> None:
    """A broad-leaved tree `size` high; bare in snow."""
    x, y = foot
    light, rng = stage.light, stage.rng
    bark = light.on((0.22, 0.16, 0.12), depth=0.4)
    plate.polygon(limb((x, y + 0.01), (x + size * 0.02, y - size * 0.5), size * 0.085, size * 0.045), bark)
    for lean in (-0.30, -0.14, 0.06, 0.20, 0.33):
        tip = (x + size * lean, y - size * float(rng.uniform(0.68, 0.88)))
        plate.polygon(limb((x + size * 0.01, y - size * 0.38), tip, size * 0.035, size * 0.008), bark)
    if light.snow:
        _twigs(plate, (x, y), size, light.on((0.75, 0.78, 0.84), depth=0.4), rng)
        return
    leaf = mix((0.17, 0.32, 0.12), (0.52, 0.38, 0.10), float(rng.random()) ** 2)
    side = 1 if stage.sun[0] > x else -1
    for pass_, tone in enumerate((-0.45, 0.0, 0.22)):
        colour = mix(
            light.on(leaf, depth=0.4), (0, 0, 0) if tone < 0 else mix(light.key, (1, 1, 0.8), 0.3), abs(tone)
        )
        for _ in range(22 - 4 * pass_):
            turn, away = rng.uniform(0, 2 * pi), np.sqrt(rng.random()) * (1 - 0.12 * pass_)
            cx = x + size * (0.38 * away * np.cos(turn) + 0.05 * side * pass_)
            cy = y - size * (0.68 + 0.27 * away * np.sin(turn) + 0.035 * pass_)
            r = size * rng.uniform(0.05, 0.10) * (1 - 0.22 * pass_)
            plate.ellipse((float(cx), float(cy)), (float(r), float(r * 0.8)), colour)


def _twigs(
    plate: Plate, foot: tuple[float, float], size: float, colour: Colour, rng: np.random.Generator
) -> None:
    for _ in range(46):
        turn = rng.uniform(pi * 1.05, pi * 1.95)
        start = np.array([foot[0], foot[1] - size * 0.55])
        a = start + size * 0.18 * np.array([np.cos(turn), np.sin(turn)])
        b = start + size * rng.uniform(0.30, 0.46) * np.array(
            [np.cos(turn + rng.uniform(-0.3, 0.3)), np.sin(turn)]
        )
        plate.line([a, b], colour, width=size * 0.008)


def grasses(stage: Stage, *, count: int, height: float, seedheads: bool = False) -> Plate:
    """Blades growing from below the frame; the plate is for `sway`."""
    plate, light, rng = stage.plate(), stage.light, stage.rng
    bottom = stage.geometry.bottom + 0.02
    green = (0.24, 0.32, 0.12) if stage.scene.shot is Shot.WIDE else (0.30, 0.36, 0.14)
    base = light.ground(green)
    xs = np.sort(rng.uniform(stage.geometry.left - 0.05, stage.geometry.right + 0.05, count))
    for x in xs:
        tall = height * float(rng.uniform(0.45, 1.15))
        lean = float(rng.normal(0.10, 0.22)) * tall
        colour = mix(mix(base, (0, 0, 0), 0.45), mix(base, light.key, 0.25), float(rng.random()))
        w = max(0.005, height * 0.045)
        tip = (float(x) + lean, bottom - tall)
        mid = (float(x) + lean * 0.3, bottom - tall * 0.6)
        plate.polygon(
            np.array(
                [
                    (x - w / 2, bottom),
                    (mid[0] - w / 3, mid[1]),
                    tip,
                    (mid[0] + w / 3, mid[1]),
                    (x + w / 2, bottom),
                ],
                np.float32,
            ),
            colour,
        )
        if seedheads:
            husk = light.ground((0.82, 0.68, 0.38))
            for k in range(5):
                at = (tip[0] + lean * 0.05 * k, tip[1] + 0.014 * k)
                plate.ellipse(
                    (at[0] + (0.008 if k % 2 else -0.008), at[1]),
                    (0.007, 0.014),
                    husk,
                    angle=20 if k % 2 else -20,
                )
    return plate


def branch(stage: Stage, *, needles: bool) -> Plate:
    """A twig close to the lens, growing in from above; leaves or needles."""
    plate, light, rng = stage.plate(), stage.light, stage.rng
    side = -1 if stage.subject_x > stage.aspect / 2 else 1
    start = np.array([stage.geometry.left - 0.1 if side > 0 else stage.geometry.right + 0.1, 0.08])
    for k in range(3):
        end = start + np.array([side * rng.uniform(0.75, 1.15), 0.16 + 0.26 * k])
        line = smooth(
            np.array([start, (start + end) / 2 + (0, -0.06), end], np.float32), closed=False, times=3
        )
        bark = light.on((0.25, 0.17, 0.12))
        plate.line(line, bark, width=0.012)
        for at in np.linspace(0.25, 1, 15):
            point = line[min(len(line) - 1, int(at * (len(line) - 1)))]
            _twig_leaves(plate, point, stage, needles=needles, rng=rng)
    plate.shade(0.9 + 0.2 * stage.fractal(rows=20, columns=30, octaves=2))
    return plate


def _twig_leaves(
    plate: Plate, at: np.ndarray, stage: Stage, *, needles: bool, rng: np.random.Generator
) -> None:
    light = stage.light
    green = light.ground(mix((0.14, 0.34, 0.18), (0.40, 0.50, 0.16), float(rng.random())))
    for turn in (
        rng.uniform(0.2, 1.2),
        rng.uniform(2.0, 2.9),
        *(rng.uniform(0, 2 * pi, 6) if needles else ()),
    ):
        reach = 0.075 if needles else 0.105
        tip = at + reach * np.array([np.cos(turn), np.sin(turn)])
        if needles:
            plate.line([at, tip], green, width=0.006)
        else:
            across = 0.030 * np.array([-np.sin(turn), np.cos(turn)])
            middle = (at + tip) / 2
            plate.polygon(smooth(np.array([at, middle + across, tip, middle - across], np.float32)), green)
            plate.line([at, tip], mix(green, (0, 0, 0), 0.25), width=0.004)


def pebbles(stage: Stage, plate: Plate, *, top: float, count: int) -> None:
    """Stones on sand, larger towards the viewer."""
    for _ in range(count):
        y = float(stage.rng.uniform(top, stage.geometry.bottom))
        x = float(stage.rng.uniform(stage.geometry.left, stage.geometry.right))
        r = 0.004 + 0.02 * (y - top) * float(stage.rng.uniform(0.5, 2))
        stone = stage.light.ground(mix((0.45, 0.40, 0.38), (0.7, 0.66, 0.6), float(stage.rng.random())))
        plate.ellipse((x, y + r * 0.3), (r * 1.1, r * 0.5), mix(stone, (0, 0, 0), 0.45))
        plate.ellipse((x, y), (r, r * 0.6), stone)


@dataclass(slots=True)
class Swaying:
    """A plate rooted at the frame's lower (or upper) edge that leans with the wind."""

    layer: Layer
    phase: float
    amount: float

    def draw(self, frame: Pixels, *, t: float, view: View) -> None:
        """Shear the plate by the wind of the moment."""
        lean = self.amount * (np.sin(1.1 * t + self.phase) + 0.45 * np.sin(2.3 * t + 2 * self.phase))
        geometry = self.layer.geometry
        seen = place_plate(self.layer.pixels, geometry, view.at(self.layer.depth))
        filled = np.flatnonzero(seen[..., 3].any(axis=1))
        if not filled.size:
            return
        top = int(filled[0])
        part = seen[top:]
        matrix = np.array([[1.0, -lean, lean * (geometry.height - top)], [0.0, 1.0, 0.0]])
        size = (part.shape[1], part.shape[0])
        leant = cv2.warpAffine(part, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        compose(frame[top:], leant)


def sway(stage: Stage, plate: Plate) -> Swaying:
    """Let a near plate move in the wind; it is a little out of focus in nearer shots with a subject."""
    if stage.scene.shot is not Shot.WIDE and stage.scene.subject.value != "none":
        plate.blur(0.010)
    layer = Layer(plate.pixels, stage.geometry, 0.0)
    return Swaying(layer, float(stage.rng.uniform(0, 6)), 0.022)
