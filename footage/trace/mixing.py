"""Two references in one picture: how much of it the one explains, what is left, and what the other adds.

Frames are compared in their detail, so that a grade does not matter: what a film shows is taken for
`a * ground + b * layer`, with `a` and `b` the same all over the frame (a blend) or from place to place (a key).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from footage.decode import Array
from footage.fingerprints import Floats

FINEST, COARSEST = 0.8, 4.0
"""Standard deviations, in pixels of the film grid, between which detail lies."""

NEIGHBOURHOOD = 7
"""Side in pixels of the square over which a place is judged."""

NOISE = 2.0
"""Variance of grey values that a codec may add or take away."""

EVEN = 0.5
"""In a blend one opacity leaves at most so many times what the best one of every place leaves: 1 over this."""

SURELY_BLENDED = 0.85


MOST_DETAIL = 2.0
"""Standard deviations to which detail inside a mask is cut."""

MOST_GAIN = 4.0


@dataclass(frozen=True, slots=True)
class Mixture:
    """What two references explain of every frame.

    Attributes:
        joint: float32 (n,), share of the detail both explain together.
        blended: float32 (n,), share that one opacity of the layer all over explains of what the ground leaves.
        opacity: float32 (n,), the layer's part in the blend, [0, 1].
    """

    joint: Floats
    blended: Floats
    opacity: Floats


def detail(greys: Array) -> Floats:
    """Grey values without shading and without what is finer than a codec keeps, float32 (n, h, w)."""
    values = greys.astype(np.float32)
    return np.stack([
        cv2.GaussianBlur(one, (0, 0), FINEST) - cv2.GaussianBlur(one, (0, 0), COARSEST) for one in values
    ]).astype(np.float32)  # fmt: skip


def evened(details: Floats) -> Floats:
    """Detail weighed by the contrast around it, so that what is dim says as much as what is bright; float32 (n, h, w)."""
    around = np.stack([cv2.GaussianBlur(one * one, (0, 0), COARSEST) for one in details])
    return np.asarray(details / np.sqrt(around + NOISE), np.float32)


def left_over(film: Floats, ground: Floats) -> tuple[Floats, Floats]:
    """What the ground, as strong as it fits best, leaves of every frame's detail.

    Returns:
        The rest, float32 (n, 36, 64), and its share of the frame's detail, float32 (n,).
    """
    gain = (film * ground).sum(axis=(1, 2)) / ((ground * ground).sum(axis=(1, 2)) + NOISE)
    rest = film - gain.clip(0, MOST_GAIN)[:, None, None] * ground
    share = (rest * rest).sum(axis=(1, 2)) / ((film * film).sum(axis=(1, 2)) + NOISE)
    return rest.astype(np.float32), share.astype(np.float32)


def shrunk(mask: Array, *, by: int) -> Array:
    """A mask without its borders, which the neighbourhood has drawn too wide; uint8 (n, h, w)."""
    brush = np.ones((3, 3), np.uint8)
    return np.stack([cv2.erode(one, brush, iterations=by) for one in mask])


def agreement_inside(film: Array, shown: Array, mask: Array, *, pooled: int = 1) -> Floats:
    """How well two pictures agree inside a mask, whatever lies around it, float32 (n,) in [-1, 1].

    Args:
        film: uint8 (n, h, w), as `shown` and `mask` (0 or 1).
        pooled: So many neighbouring frames speak together.
    """
    ours, theirs = inside_detail(film, mask), inside_detail(shown, mask)
    sums = np.stack(
        [(one * other).sum(axis=(1, 2)) for one, other in ((ours, theirs), (ours, ours), (theirs, theirs))]
    )
    both, own, other = cv2.blur(sums.astype(np.float32), (pooled, 1))
    return np.asarray(both / (np.sqrt(own * other) + NOISE * 10), np.float32)


def inside_detail(greys: Array, mask: Array) -> Floats:
    """Detail inside a mask, 0 outside; shading is taken from inside alone. float32 (n, h, w)."""
    found = []
    for grey, inside in zip(greys, mask.astype(np.float32), strict=True):
        around = cv2.GaussianBlur(inside, (0, 0), COARSEST) + 1e-3
        values = grey.astype(np.float32)
        left = (values - cv2.GaussianBlur(values * inside, (0, 0), COARSEST) / around) * inside
        # One strong edge would speak for the whole part.
        most = MOST_DETAIL * float(np.sqrt((left**2).sum() / max(1.0, float(inside.sum()))))
        found.append(left.clip(-most, most))
    return np.stack(found).astype(np.float32)


def mixture(film: Array, ground: Array, layer: Array, *, pooled: int = 1) -> Mixture:
    """Explain frames by a ground and a layer. All uint8 (n, 36, 64), the references as the film would show them.

    Args:
        pooled: So many neighbouring frames speak together.
    """
    sums = _Sums(detail(film), detail(ground), detail(layer), pooled)
    most = 2 * np.maximum(sums.ground, sums.layer) + NOISE
    by_place = sums.rest_of(*sums.fitted())
    flat = sums.whole()
    constant = flat.fitted()
    alike = flat.rest_of(*constant)
    blended = _explained(alike, flat.rest_of_ground())
    even = by_place.mean(axis=(1, 2)) / (alike[:, 0, 0] + NOISE / 100)
    is_even = (even >= EVEN) | (blended >= SURELY_BLENDED)
    return Mixture(
        joint=_explained(np.minimum(by_place, most), np.minimum(sums.film, most)),
        blended=np.where(is_even, blended, 0).astype(np.float32),
        opacity=_part(*constant)[:, 0, 0],
    )


def _explained(left: Floats, before: Floats) -> Floats:
    """Share of a power per frame that is gone, [0, 1]."""
    total, rest = before.sum(axis=(1, 2)), left.sum(axis=(1, 2))
    return np.asarray((1 - rest / (total + NOISE)).clip(0, 1), np.float32)


class _Sums:
    """Products of film, ground and layer around every place, pooled over neighbouring frames."""

    def __init__(self, film: Floats, ground: Floats, layer: Floats, pooled: int) -> None:
        self.film, self.ground, self.layer = (_pooled(one * one, pooled) for one in (film, ground, layer))
        self.film_ground, self.film_layer = _pooled(film * ground, pooled), _pooled(film * layer, pooled)
        self.ground_layer = _pooled(ground * layer, pooled)

    def whole(self) -> _Sums:
        """The same over the whole of every frame, each (n, 1, 1)."""
        flat = object.__new__(_Sums)
        for name, values in vars(self).items():
            setattr(flat, name, values.mean(axis=(1, 2), keepdims=True))
        return flat

    def fitted(self) -> tuple[Floats, Floats]:
        """How strongly ground and layer show, neither less than nothing (least squares)."""
        ground, layer = self.ground + NOISE / 4, self.layer + NOISE / 4
        scale = ground * layer - self.ground_layer**2
        scale = np.maximum(scale, 0.02 * ground * layer)
        a = (self.film_ground * layer - self.film_layer * self.ground_layer) / scale
        b = (self.film_layer * ground - self.film_ground * self.ground_layer) / scale
        only_a, only_b = _gain(self.film_ground, self.ground), _gain(self.film_layer, self.layer)
        return (
            np.asarray(np.where(b < 0, only_a, np.where(a < 0, 0, a)).clip(0, MOST_GAIN), np.float32),
            np.asarray(np.where(a < 0, only_b, np.where(b < 0, 0, b)).clip(0, MOST_GAIN), np.float32),
        )

    def rest_of(self, a: Floats, b: Floats) -> Floats:
        """Detail that both leave."""
        shown = a * a * self.ground + b * b * self.layer + 2 * a * b * self.ground_layer
        left = self.film - 2 * a * self.film_ground - 2 * b * self.film_layer + shown
        return np.asarray(left.clip(0), np.float32)

    def rest_of_ground(self) -> Floats:
        """Detail that the ground leaves."""
        return np.asarray(
            (self.film - _gain(self.film_ground, self.ground) * self.film_ground).clip(0), np.float32
        )


def _gain(both: Floats, other: Floats) -> Floats:
    return np.asarray((both / (other + NOISE / 4)).clip(0, MOST_GAIN), np.float32)


def _part(a: Floats, b: Floats) -> Floats:
    return np.asarray(b / np.maximum(a + b, 0.05), np.float32).clip(0, 1)


def _pooled(values: Floats, frames: int) -> Floats:
    """Means over the neighbourhood of every place and over neighbouring frames."""
    around = np.stack([cv2.blur(one, (NEIGHBOURHOOD, NEIGHBOURHOOD)) for one in values])
    count, height, width = around.shape
    pooled = cv2.blur(around.reshape(count, height * width), (1, frames))
    return np.asarray(pooled.reshape(count, height, width), np.float32)
