"""A layer keyed over a ground, both known: at which moments of their references, and where each of the two shows.

Every place of every frame goes to the one of the two whose grey value, graded as the film is, lies nearer. Neighbouring
places and moments speak together, because a figure hangs together; where the two look alike they decide alone, and
what they can't decide is told as an interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from footage.decode import Array
from footage.fingerprints import Floats
from footage.trace.mixing import inside_detail

LEAST_NOISE, MOST_NOISE = 2.0, 30.0
"""Variance of grey values that a codec adds."""

SLACK = 0.04
"""Part of a squared slope that counts as noise: a fifth of a pixel beside, and moments between two kept frames."""

MOST_ERROR = 12.0
"""Squared error, in variances, from which a place is simply something else: a title, a logo."""

ELSEWHERE = 5.0
"""Squared error, in variances, from which a place rather shows something else than the ground."""

QUIET, PLAIN = 50.0, 20.0
"""Detail of a part, all frames together, and variance of its grey values, below which it proves nothing."""

MOST_MISFIT = 100.0
"""Squared error of grey values to which one place may spoil the fit of a moment."""

LEAST_GAIN, MOST_GAIN = 0.3, 3.0
LEAST_POINTS = 60
MEDIAN, UPPER = 0.455, 1.323
"""Median and upper quartile of a squared error of variance 1."""

TURNS, ROUNDS = 4, 10
TOGETHER = 2.5
"""How strongly the places around speak for a place."""

MOST_SAID = 4.0
"""What one place may say at most: the logarithm of odds."""

DOUBT = 0.35
"""Odds (as a logarithm) by which a place is tilted for the ends of the interval."""

FLAT, LEAST_BACKDROP = 3.5, 0.3
"""Grey values that a key-coloured backdrop may vary by, and the least part of a plate that it fills."""


SPECK = np.ones((3, 3), np.uint8)
"""What is smaller is no part of a figure."""


@dataclass(frozen=True, slots=True)
class Key:
    """Where a layer shows.

    Attributes:
        matte: float32 (n, 36, 64), odds of the layer at every place, [0, 1].
        low: float32 (n,), least share of the frame.
        high: float32 (n,), greatest.
    """

    matte: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Proof:
    """How well a layer explains what its ground does not.

    Attributes:
        agreement: Correlation of film and layer in their detail, all frames together, [-1, 1].
        fit: Part of the variance of the grey values that the layer takes away, at most 1.
        filled: Part of the hole in the ground that the layer fills, [0, 1].
    """

    agreement: float
    fit: float
    filled: float


def misfit(film: Array, shown: Array, mask: Floats, *, within: Array) -> float:
    """Mean squared error inside a mask, where a place that is something else counts as `MOST_MISFIT`.

    Args:
        mask: float32 (n, 36, 64), weight of every place.
        within: uint8 (36, 64), 1 where the reference reaches.
    """
    inside = mask * within
    error = (film - shifted(film, shown, inside)) ** 2
    for _ in range(2):
        error = (film - graded(film, shown, inside / (1 + error / MOST_NOISE))) ** 2
    known = float((inside * np.minimum(error, MOST_MISFIT)).sum())
    return (known + MOST_MISFIT * float((mask - inside).sum())) / (float(mask.sum()) + 1)


def shifted(film: Array, shown: Array, mask: Floats) -> Floats:
    """A reference as bright as the film inside a mask, of which less than half is something else."""
    known = mask > 0
    if not known.any():
        return shown.astype(np.float32)
    away = film[known].astype(np.float32) - shown[known]
    return np.asarray(shown + np.median(away), np.float32)


def graded(film: Array, shown: Array, weight: Floats) -> Floats:
    """A reference in the contrast and brightness that the film has where it shows."""
    theirs, ours = shown.astype(np.float32), film.astype(np.float32)
    total = float(weight.sum())
    if total < LEAST_POINTS:
        return theirs
    mean, own = float((weight * theirs).sum()) / total, float((weight * ours).sum()) / total
    both = float((weight * (theirs - mean) * (ours - own)).sum()) / total
    power = float((weight * (theirs - mean) ** 2).sum()) / total
    # Plain grounds tell no contrast: as much of it stays as the reference itself has.
    gain = np.clip((both + LEAST_NOISE * 4) / (power + LEAST_NOISE * 4), LEAST_GAIN, MOST_GAIN)
    return np.asarray(own + gain * (theirs - mean), np.float32)


def unlike(film: Array, ground: Array, within: Array) -> Floats:
    """Odds that a place shows something else than the ground, float32 (n, 36, 64).

    Args:
        within: uint8 (36, 64), 1 where the ground reaches.
    """
    odds = np.zeros(film.shape, np.float32)
    inside = np.broadcast_to(within, film.shape)
    noise = 0.0
    error = (film - shifted(film, ground, inside.astype(np.float32))) ** 2
    for turn in range(TURNS):
        known = (1 - odds if turn else 1 / (1 + error / MOST_NOISE)) * inside
        fit = graded(film, ground, np.asarray(known, np.float32))
        error = (film - fit) ** 2
        # Judged once, over everything: a hole that grew would take the noise for ever less.
        noise = noise or _noise(error[inside > 0])
        said = (error / (noise + SLACK * _slope(fit)) - ELSEWHERE) / 2
        odds = _settled(said.clip(-MOST_SAID, MOST_SAID).astype(np.float32), odds)
    return np.asarray(odds * inside, np.float32)


def keyed(film: Array, ground: Array, layer: Array, *, start: Floats, barred: Array) -> Key:
    """Where a layer shows over a ground; all uint8 (n, 36, 64), the references as the film would show them.

    Args:
        start: float32, (n, 36, 64), a first guess of the matte.
        barred: int8 (n, 36, 64); 1 where the layer can't be, -1 where the ground can't.
    """
    matte = start
    said = np.zeros_like(start)
    for _ in range(TURNS):
        said = _said(film, ground, layer, matte)
        said = np.where(barred > 0, -MOST_SAID, np.where(barred < 0, MOST_SAID, said)).astype(np.float32)
        matte = _settled(said, matte)
    low, high = (_compact(_settled(said + doubt, matte)) for doubt in (-DOUBT, DOUBT))
    return Key(_compact(matte), _share(low), _share(high))


def _compact(matte: Floats) -> Floats:
    """A matte without specks: rain, and lines that both show."""
    opened = [cv2.morphologyEx((one >= 0.5).astype(np.uint8), cv2.MORPH_OPEN, SPECK) for one in matte]
    near = np.stack([cv2.dilate(one, SPECK) for one in opened])
    return np.asarray(matte * near, np.float32)


def _share(matte: Floats) -> Floats:
    return np.asarray(matte.mean(axis=(1, 2)), np.float32)


def _said(film: Array, ground: Array, layer: Array, matte: Floats) -> Floats:
    """The logarithm of the odds that a place by itself gives the layer."""
    below, above = (_error(film, shown, weight) for shown, weight in ((ground, 1 - matte), (layer, matte)))
    return np.asarray(((below - above) / 2).clip(-MOST_SAID, MOST_SAID), np.float32)


def _error(film: Array, shown: Array, odds: Floats) -> Floats:
    """Squared error of a reference at every place, in variances and up to `MOST_ERROR`."""
    weight = np.where(odds > 0.8, odds, 0).astype(np.float32)
    fit = graded(film, shown, weight)
    error = (film - fit) ** 2
    sure = error[weight > 0]
    noise = _noise(sure)
    scale = noise + SLACK * _slope(fit)
    return np.asarray(np.minimum(error / scale, MOST_ERROR), np.float32)


def _noise(errors: Floats) -> float:
    """Variance of the noise; rain and grain have more strong errors than a codec."""
    if not len(errors):
        return LEAST_NOISE
    middle, upper = np.quantile(errors, (0.5, 0.75))
    return float(np.clip(max(middle / MEDIAN, upper / UPPER), LEAST_NOISE, MOST_NOISE))


def _slope(values: Floats) -> Floats:
    """Squared slope at every place."""
    down, across = np.gradient(values, axis=(1, 2))
    return np.asarray(down**2 + across**2, np.float32)


def _settled(said: Floats, matte: Floats) -> Floats:
    """Odds when every place has heard its neighbours (mean field of an Ising prior)."""
    for _ in range(ROUNDS):
        matte = np.asarray(1 / (1 + np.exp(-(said + TOGETHER * _around(2 * matte - 1)))), np.float32)
    return matte


def _around(votes: Floats) -> Floats:
    """Mean vote of the places around and of the frames before and after, [-1, 1]."""
    spread = np.stack([cv2.GaussianBlur(one, (3, 3), 0, borderType=cv2.BORDER_REPLICATE) for one in votes])
    if len(spread) == 1:
        return spread
    before, after = spread[[0, *range(len(spread) - 1)]], spread[[*range(1, len(spread)), -1]]
    return np.asarray((2 * spread + before + after) / 4, np.float32)


def backdrop(greys: Array) -> int | None:
    """Grey value of the plain backdrop that a plate was filmed before; None for ordinary pictures.

    It is neither black nor white, meets both upper corners, and nothing in it ever changes.
    """
    corners = np.concatenate([greys[:, :3, :3].ravel(), greys[:, :3, -3:].ravel()])
    value = int(np.median(corners))
    if not 40 <= value <= 215 or float(np.abs(corners.astype(int) - value).max()) > FLAT:
        return None
    plain = np.abs(greys.astype(np.float32) - value) <= FLAT
    return value if float(plain.mean()) >= LEAST_BACKDROP else None


def is_bare(shown: Array, value: int | None) -> npt.NDArray[np.bool_]:
    """Where pictures, uint8 (n, h, w), show a backdrop, which reaches the frame's edge; nowhere when there is none."""
    if value is None:
        return np.zeros(shown.shape, np.bool_)
    flat = (np.abs(shown.astype(np.float32) - value) <= FLAT).astype(np.uint8)
    return np.stack([_from_edge(cv2.morphologyEx(one, cv2.MORPH_OPEN, SPECK)) for one in flat])


def _from_edge(flags: Array) -> npt.NDArray[np.bool_]:
    """The set places that hang together with the frame's edge."""
    _, names = cv2.connectedComponents(flags, connectivity=4)
    edge = np.concatenate([names[0], names[-1], names[:, 0], names[:, -1]])
    return np.asarray(np.isin(names, edge[edge > 0]), np.bool_)


def proof_of(film: Array, layer: Array, matte: Floats, hole: Array) -> Proof:
    """How well a layer agrees with the film inside both its matte and the hole of the ground.

    Args:
        hole: uint8 (n, 36, 64), 1 where the ground does not show, found without looking at the layer.
    """
    both = ((matte >= 0.5) & (hole > 0)).astype(np.uint8)
    count = float(both.sum())
    ours, theirs = inside_detail(film, both), inside_detail(layer, both)
    power = float(np.sqrt((ours**2).sum() * (theirs**2).sum()))
    fit = graded(film, layer, both.astype(np.float32))
    values = film[both > 0].astype(np.float32)
    rest = float(((values - fit[both > 0]) ** 2).sum())
    before = float(((values - values.mean()) ** 2).sum()) if count else 0.0
    return Proof(
        agreement=float((ours * theirs).sum()) / (power + QUIET),
        fit=1 - rest / (before + PLAIN * count + 1),
        filled=count / max(1.0, float(hole.sum())),
    )


def explained(film: Array, ground: Array, layer: Array, matte: Floats) -> Floats:
    """Per frame: share of it that the reference which shows there explains, float32 (n,)."""
    below, above = _error(film, ground, 1 - matte), _error(film, layer, matte)
    return np.asarray((np.where(matte >= 0.5, above, below) < MOST_ERROR).mean(axis=(1, 2)), np.float32)
