"""When a run shows what: quiet takes look alike at every moment, and only their small movements tell the time.

Agreement of blocks forgives a lot, which is right for grades and crops and too much for time: a locked-off shot agrees with
itself at any moment. So the frames of such a run are compared with the reference once more by plain differences of grey
values, after everything that stands still is taken away. Every frame picks a moment; the cheapest way through all of them
either plays on, holds, or jumps (Viterbi 1967).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from footage.fingerprints import Floats, Reference
from footage.trace import agreement as agree
from footage.trace.film import Film
from footage.trace.following import Run

SHARP = 0.06
"""A run whose agreement is this much worse 0.4 s beside knows its place in time."""

MOST_FRAMES = 1500
"""Runs are timed in stretches of so many frames, a minute."""

AROUND = 8.0
"""Seconds of the reference before and after the run in which its frames may lie."""

MOST_MOMENTS = 1200
ROUNDS = 4
USUAL = 1.0
"""The speed that is tried first and preferred."""

ALIKE = 8.0
"""Pixels of a small frame that say one thing: what a codec changes it changes together."""

LEAST_NOISE = 0.05
"""Variance of grey values below which no codec stays."""

CHANGE = 150.0
"""What a jump, a hold or its end costs, in natural logarithms of likelihood."""

PROVEN = 300.0
"""By so much one way through time must be likelier than playing on, or than holding, to be believed."""

MOST_SHIFT = 4
"""Frames by which what plays on may seem to jump."""

LEAST_FRAMES = 5
"""Shorter pieces are flicker."""


Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Moments:
    """A run's frames beside the moments they may show at one speed.

    Attributes:
        film: float32 (n, pixels).
        theirs: float32 (m, pixels), the reference at every moment, graded as the film is.
        times: float64 (m,), seconds of the reference, one film frame apart at this speed.
        said: Places of the moments that the run says its frames show.
        speed: Reference seconds per film second.
    """

    film: Floats
    theirs: Floats
    times: npt.NDArray[np.float64]
    said: Places
    speed: float


@dataclass(frozen=True, slots=True)
class _Way:
    """A way through time: the moment of every frame, and how unlikely each is at every moment, float32 (n, m)."""

    moments: _Moments
    places: Places
    costs: Floats


def timed(film: Film, runs: Sequence[Run], references: Mapping[str, Reference]) -> list[Run]:
    """The runs, those that don't know their time cut where it jumps or stops, as far as movements tell."""
    return [piece for run in runs for piece in _pieces(film, run, references[run.key])]


def _pieces(film: Film, run: Run, reference: Reference) -> Iterator[Run]:
    if reference.still or run.moving or run.is_part or not run.speed or len(reference.times) < 2:
        yield run
    elif run.sharp >= SHARP and not any(first < run.last and run.first < last for first, last in film.held):
        yield replace(run, is_timed=True)
    else:
        for first in range(run.first, run.last, MOST_FRAMES):
            yield from _told(film, _part(run, first, min(run.last, first + MOST_FRAMES)), reference)


def _part(run: Run, first: int, last: int) -> Run:
    return replace(run, first=first, last=last, scores=run.scores[first - run.first : last - run.first])


def _told(film: Film, run: Run, reference: Reference) -> Iterator[Run]:
    """The run in pieces of one time each; as it was when nothing moves enough to tell."""
    speeds = dict.fromkeys((USUAL if run.speed > 0 else -USUAL, run.speed))
    way = _likeliest([_moments(film, run, reference, speed) for speed in speeds])
    if way is None:
        yield run
        return
    for first, last, is_held in _stretches(way.places):
        start = float(film.starts[run.first + first])
        speed = 0.0 if is_held else way.moments.speed
        moment = float(way.moments.times[way.places[first]])
        piece = _part(run, run.first + first, run.first + last)
        yield replace(piece, speed=speed, offset=moment - speed * start, is_timed=True)


def _moments(film: Film, run: Run, reference: Reference, speed: float) -> _Moments:
    height, width = reference.greys.shape[1:]
    matrix = agree.matrix_of(run.rect, width=width, height=height)
    greys = agree.softened(agree.boxed(film.greys[run.first : run.last], run.box), matrix)
    starts = np.array([float(start) for start in film.starts[run.first : run.last]])
    said = run.speed * starts + run.offset
    step = speed * float(film.edge(run.last) - film.edge(run.first)) / len(greys)
    times = _grid(said, step, reference)
    ours = greys.reshape(len(greys), -1).astype(np.float32)
    theirs = _between(reference, matrix, times)
    places = np.abs(times[None, :] - said[:, None]).argmin(axis=1)
    return _Moments(ours, _graded(theirs, ours, places), times, places, speed)


def _graded(theirs: Floats, ours: Floats, places: Places) -> Floats:
    """The reference in the film's contrast and brightness."""
    means = [values.mean(axis=0) for values in (ours, theirs[places])]
    spread = [values - values.mean() for values in means]
    gain = float((spread[0] * spread[1]).sum() / ((spread[1] ** 2).sum() + 1))
    return np.asarray(gain * theirs + (means[0].mean() - gain * means[1].mean()), np.float32)


def _grid(said: npt.NDArray[np.float64], step: float, reference: Reference) -> npt.NDArray[np.float64]:
    """Moments of the reference that a run's frames may show, in the film's direction of time."""
    low = max(float(reference.times[0]), float(said.min()) - AROUND)
    high = min(float(reference.times[-1]), float(said.max()) + AROUND)
    times = np.arange(low, high + abs(step) / 2, abs(step))[:MOST_MOMENTS]
    return times if step > 0 else times[::-1].copy()


def _between(reference: Reference, matrix: agree.Matrix, times: npt.NDArray[np.float64]) -> Floats:
    """The reference as the film would show it at any times, float32 (m, pixels): between two kept frames both are mixed."""
    after = np.searchsorted(reference.times, times).clip(1, len(reference.times) - 1)
    kept = np.unique(np.concatenate([after - 1, after]))
    laid = np.stack([agree.laid_over(grey, matrix) for grey in reference.greys[kept]])
    laid = laid.reshape(len(laid), -1).astype(np.float32)
    span = reference.times[after] - reference.times[after - 1]
    part = ((times - reference.times[after - 1]) / span).clip(0, 1)[:, None].astype(np.float32)
    low, high = np.searchsorted(kept, after - 1), np.searchsorted(kept, after)
    return np.asarray((1 - part) * laid[low] + part * laid[high], np.float32)


def _likeliest(choices: Sequence[_Moments]) -> _Way | None:
    """The likeliest way through time; None when none is clearly likelier than one that plays on or holds throughout."""
    choices = [one for one in choices if len(one.film) >= LEAST_FRAMES and len(one.times) >= 2]
    ways = [_settled(moments, still) for moments in choices for still in _stills(moments)]
    if not ways:
        return None
    prices = [_price(way.costs, way.places) for way in ways]
    best = next(place for place, price in enumerate(prices) if price <= min(prices) + PROVEN)
    simple = _simpler(ways[best].costs, ways[best].places)
    return ways[best] if simple - prices[best] >= PROVEN else None


def _stills(moments: _Moments) -> Iterator[Floats]:
    """What may stand still in the film beside the reference: nothing, or what the run's own word of time leaves."""
    yield np.zeros(moments.film.shape[1], np.float32)
    yield _still(moments, moments.said)


def _still(moments: _Moments, places: Places) -> Floats:
    return np.asarray(moments.film.mean(axis=0) - moments.theirs[places].mean(axis=0), np.float32)


def _settled(moments: _Moments, still: Floats) -> _Way:
    """A way and what stands still beside it, each found from the other until both stay."""
    places = moments.said
    for _ in range(ROUNDS):
        found = _cheapest(_costs(_left(moments, still), len(still)))
        still = _still(moments, found)
        if np.array_equal(found, places):
            break
        places = found
    return _Way(moments, places, _costs(_left(moments, still), len(still)))


def _left(moments: _Moments, still: Floats) -> Floats:
    """Sum of squares that every moment leaves of every frame, float32 (n, m)."""
    ours = moments.film - still
    powers = (ours**2).sum(axis=1)[:, None] + (moments.theirs**2).sum(axis=1)[None, :]
    return np.asarray(np.maximum(powers - 2 * ours @ moments.theirs.T, 0), np.float32)


def _costs(left: Floats, pixels: int) -> Floats:
    """How unlikely every frame is at every moment, in natural logarithms; each frame has a noise of its own.

    Rain differs from frame to frame: between two kept frames nothing fits, and there it must not outweigh the rest.
    """
    return np.asarray(pixels / (2 * ALIKE) * np.log(left / pixels + LEAST_NOISE), np.float32)


def _cheapest(costs: Floats) -> Places:
    """The way that plays on, holds or jumps at the least price.

    States are a moment, playing (0) or holding (1); a jump may lead anywhere.
    """
    count, size = costs.shape
    best = np.stack([costs[0], costs[0]]).astype(np.float64)
    came = np.zeros((count, 2, size), np.int64)
    places = np.arange(size)
    for frame in range(1, count):
        where = int(np.argmin(best))
        jumped = float(best.flat[where]) + CHANGE
        for kind, stayed in enumerate((np.concatenate([[np.inf], best[0, :-1]]), best[1].copy())):
            goes_on = stayed <= jumped
            came[frame, kind] = np.where(goes_on, kind * size + places - (kind == 0), where)
            best[kind] = np.where(goes_on, stayed, jumped) + costs[frame]
    return _traced(came, int(np.argmin(best)), size)


def _traced(came: npt.NDArray[np.int64], last: int, size: int) -> Places:
    state = last
    way = np.empty(len(came), np.intp)
    for frame in range(len(came) - 1, -1, -1):
        way[frame] = state % size
        state = int(came[frame].flat[state])
    return way


def _simpler(costs: Floats, way: Places) -> float:
    """The price of the best way that only plays on or only holds, other than this one."""
    steps = np.diff(way)
    count, size = costs.shape
    frames = np.arange(count)
    starts = range(max(1, size - count + 1))
    playing = min(float(costs[frames, np.minimum(frames + start, size - 1)].sum()) for start in starts)
    rivals = [playing] * (not (steps == 1).all()) + [float(costs.sum(axis=0).min())] * (
        not (steps == 0).all()
    )
    return min(rivals)


def _price(costs: Floats, way: Places) -> float:
    return float(costs[np.arange(len(way)), way].sum()) + CHANGE * (len(_stretches(way)) - 1)


def _stretches(way: Places) -> list[tuple[int, int, bool]]:
    """Half-open ranges of frames that play on or hold, the latter marked; pieces too short go with the one before."""
    steps = np.diff(way)
    breaks = [0]
    for frame in range(1, len(way)):
        goes_on = steps[frame - 1] in (0, 1) and (
            frame == breaks[-1] + 1 or steps[frame - 1] == steps[frame - 2]
        )
        if not goes_on and frame - breaks[-1] >= LEAST_FRAMES and len(way) - frame >= LEAST_FRAMES:
            breaks.append(frame)
    found: list[tuple[int, int, bool]] = []
    for first, last in pairwise([*breaks, len(way)]):
        is_held = bool(np.median(steps[first : last - 1]) == 0)
        if found and not is_held and not found[-1][2] and _plays_on(way, found[-1], first):
            found[-1] = (found[-1][0], last, False)
        else:
            found.append((first, last, is_held))
    return found


def _plays_on(way: Places, before: tuple[int, int, bool], frame: int) -> bool:
    """Whether a frame shows nearly what would follow: codecs and mixed frames shift it by a few."""
    return abs(int(way[frame]) - int(way[before[0]]) - (frame - before[0])) <= MOST_SHIFT
