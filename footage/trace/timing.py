"""When a run shows what: quiet takes look alike at every moment, and only their small movements tell the time.

Agreement of blocks forgives a lot, which is right for grades and crops and too much for time: a locked-off shot agrees with
itself at any moment. So the frames of such a run are compared with the reference once more by plain differences of grey
values, after everything that stands still is taken away. Every frame picks a moment; the cheapest way through all of them
either plays on, holds, or jumps (Viterbi 1967). Movements that repeat themselves hide a loop from that, but not from the film
itself: a loop shows the same frames again.
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

SHARP = 0.15
"""A run whose agreement is this much worse 0.4 s beside knows its place in time, unless movements prove a jump in it."""

SAME = 0.03
"""Two runs of one reference that agree this alike over the same frames say the same."""

MOST_FRAMES = 500
"""Runs are timed in stretches of so many frames, twenty seconds."""

AROUND = 8.0
"""Seconds of the reference before and after the run in which its frames may lie."""

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

MOST_LOST = 20.0
"""What a way of a few pieces may cost more a frame than the cheapest of all ways: true ones cost up to 14, wrong ones 27 to 300."""

MOST_PERIODS, MOST_STARTS = 2, 48
"""Lengths of a loop that are tried, and how many places of its start at a time."""

MOST_SHIFT, LEAST_PIECE = 0.32, 0.48
"""Seconds by which what plays on may seem to jump, where movements repeat themselves, and seconds of the shortest piece."""

MOST_MOVEMENT = 0.4
"""Mean distance in grey values of held frames from the middle one: encoders breathe by 0.2, quiet takes move by 0.8."""

LEAST_FRAMES, MOST_DRAWN = 5, 3
"""Frames of a run that can be timed, and frames that an encoder takes to draw a picture that stands still."""


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
class _Piece:
    """Frames `first` to `last` that play on from moment `place`, or hold it."""

    first: int
    last: int
    place: int
    is_held: bool

    def goes_on_in(self, other: _Piece, *, shift: int) -> bool:
        """Whether another piece is nearly what would follow."""
        if self.is_held or other.is_held:
            return self.is_held and other.is_held and abs(self.place - other.place) <= shift
        return abs(other.place - self.place - (other.first - self.first)) <= shift


@dataclass(frozen=True, slots=True)
class _Way:
    """A way through time, and its price: how unlikely it is, in natural logarithms.

    Attributes:
        simple: The price of playing on, or holding, throughout, whichever this way does not.
        free: The price of the cheapest of all ways.
    """

    moments: _Moments
    pieces: tuple[_Piece, ...]
    price: float
    simple: float
    free: float

    @property
    def is_whole(self) -> bool:
        """Whether it costs hardly more than free choice: else the film does something else, such as play at another speed."""
        return self.price - self.free <= MOST_LOST * len(self.moments.film)


def timed(film: Film, runs: Sequence[Run], references: Mapping[str, Reference]) -> list[Run]:
    """The runs, those that don't know their time cut where it jumps or stops, as far as movements tell."""
    kept = [run for run in runs if not any(_is_within(run, other) for other in runs)]
    return [piece for run in kept for piece in _pieces(film, run, references[run.key])]


def _is_within(run: Run, other: Run) -> bool:
    """Whether another run says what this one says, and more: two views of a quiet take begin a moment apart."""
    longer = other.last - other.first > run.last - run.first
    inside = other.first <= run.first and run.last <= other.last
    alike = (other.key, other.box, other.moving) == (run.key, run.box, run.moving)
    if run.is_part or not (longer and inside and alike) or max(run.sharp, other.sharp) >= SHARP:
        return False
    scores = other.scores[run.first - other.first : run.last - other.first]
    return float(np.median(scores)) >= run.agreement - SAME


def _pieces(film: Film, run: Run, reference: Reference) -> list[Run]:
    if reference.still or run.moving or run.is_part or len(reference.times) < 2:
        return [run]
    stretches = range(run.first, run.last, MOST_FRAMES)
    told = [
        piece
        for first in stretches
        for piece in _told(film, _part(run, first, min(run.last, first + MOST_FRAMES)), reference)
    ]
    if run.sharp >= SHARP and run.speed and all(_keeps_time(film, run, piece) for piece in told):
        return [replace(run, is_timed=True)]
    return told


def _keeps_time(film: Film, run: Run, piece: Run) -> bool:
    """Whether a piece shows, about, what its run says it shows."""
    ends = (float(film.edge(frame)) for frame in (piece.first, piece.last))
    return all(abs((piece.speed - run.speed) * end + piece.offset - run.offset) <= MOST_SHIFT for end in ends)


def _part(run: Run, first: int, last: int) -> Run:
    return replace(run, first=first, last=last, scores=run.scores[first - run.first : last - run.first])


def _told(film: Film, run: Run, reference: Reference) -> Iterator[Run]:
    """The run in pieces of one time each; as it was when nothing moves enough to tell."""
    speeds = dict.fromkeys((USUAL if run.speed >= 0 else -USUAL, run.speed or USUAL))
    way = _likeliest([_moments(film, run, reference, speed) for speed in speeds])
    if way is None or any(piece.is_held and not _stands_still(film, run, piece) for piece in way.pieces):
        yield run
        return
    for piece in _met(way.pieces):
        start = float(film.starts[run.first + piece.first])
        speed = 0.0 if piece.is_held else way.moments.speed
        offset = float(way.moments.times[piece.place]) - speed * start
        part = _part(run, run.first + piece.first, run.first + piece.last)
        yield replace(part, speed=speed, offset=offset, is_timed=True)


def _met(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces, where a held picture begins with the frame at which playing reaches it."""
    met = list(pieces)
    for at, (before, after) in enumerate(pairwise(pieces)):
        edge = before.first + after.place - before.place
        if not before.is_held and after.is_held and abs(edge - after.first) <= MOST_DRAWN:
            met[at], met[at + 1] = replace(met[at], last=edge), replace(after, first=edge)
    return met


def _stands_still(film: Film, run: Run, piece: _Piece) -> bool:
    """Whether the film itself hardly moves: a quiet take played backwards fits its own held frame best of all that was tried."""
    greys = film.greys[run.first + piece.first : run.first + piece.last].astype(np.float32)
    return float(np.abs(greys - np.median(greys, axis=0)).mean()) <= MOST_MOVEMENT


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
    times = np.arange(low, high + abs(step) / 2, abs(step))
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
    ways += [_looped(moments, period) for moments in choices[:1] for period in _periods(moments)]
    ways = [way for way in ways if way.is_whole]
    if not ways:
        return None
    least = min(way.price for way in ways)
    best = next(way for way in ways if way.price <= least + PROVEN)
    return best if best.simple - best.price >= PROVEN else None


def _periods(moments: _Moments) -> list[int]:
    """After how many frames the film is likeliest to show the same again, the likeliest first."""
    count, least = len(moments.film), round(LEAST_PIECE / _frame_of(moments))
    powers = (moments.film**2).sum(axis=1)
    apart = powers[:, None] + powers[None, :] - 2 * moments.film @ moments.film.T
    periods = range(least, min(count - least, len(moments.times)) + 1)
    means = {period: float(np.diagonal(apart, period).mean()) for period in periods}
    far = np.inf
    dips = [at for at in periods if means[at] <= min(means.get(at - 1, far), means.get(at + 1, far))]
    return sorted(dips, key=lambda period: means[period])[:MOST_PERIODS]


def _looped(moments: _Moments, period: int) -> _Way:
    """The likeliest way that shows the same so many frames over and over."""
    places = moments.said
    for _ in range(ROUNDS):
        costs = _costs(_left(moments, _still(moments, places)), moments.film.shape[1])
        start, place = _start_of_loop(costs, period)
        places = place + (np.arange(len(costs)) - start) % period
    marks = [0, *range(start or period, len(costs), period), len(costs)]
    pieces = tuple(_Piece(first, last, int(places[first]), False) for first, last in pairwise(marks))
    price = float(costs[np.arange(len(costs)), places].sum()) + CHANGE * (len(pieces) - 1)
    simple = min(_placed(costs, _Piece(0, len(costs), 0, is_held))[1] for is_held in (False, True))
    return _Way(moments, pieces, price, simple, _free(costs))


def _start_of_loop(costs: Floats, period: int) -> tuple[int, int]:
    """The frame at which a loop of so many frames first begins anew, and the place of its first moment."""
    frames, places = np.arange(len(costs)), np.arange(costs.shape[1] - period + 1)

    def sums(start: int) -> Floats:
        shown = (frames - start) % period
        return np.asarray(costs[frames[:, None], shown[:, None] + places[None, :]].sum(axis=0), np.float32)

    step = max(1, period // MOST_STARTS)
    best = min(range(0, period, step), key=lambda start: float(sums(start).min()))
    around = [start % period for start in range(best - step + 1, best + step)]
    best = min(around, key=lambda start: float(sums(start).min()))
    return best, int(np.argmin(sums(best)))


def _free(costs: Floats) -> float:
    """The price of the cheapest of all ways."""
    way = _cheapest(costs)
    jumps = int((~np.isin(np.diff(way), (0, 1))).sum())
    return float(costs[np.arange(len(way)), way].sum()) + CHANGE * jumps


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
    return _told_way(moments, places, _costs(_left(moments, still), len(still)))


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


def _told_way(moments: _Moments, places: Places, costs: Floats) -> _Way:
    """A way in as few pieces as it takes, each at its likeliest moment."""
    frame = _frame_of(moments)
    pieces = _simplified(
        _stretches(places), shift=round(MOST_SHIFT / frame), least=round(LEAST_PIECE / frame)
    )
    placed = [_placed(costs, piece) for piece in pieces]
    price = sum(cost for _, cost in placed) + CHANGE * (len(placed) - 1)
    whole = [_Piece(0, len(costs), 0, is_held) for is_held in (False, True)]
    alone = [piece.is_held for piece, _ in placed] if len(placed) == 1 else []
    simple = min(_placed(costs, piece)[1] for piece in whole if piece.is_held not in alone)
    return _Way(moments, tuple(piece for piece, _ in placed), price, simple, _free(costs))


def _frame_of(moments: _Moments) -> float:
    """Seconds of the film per frame."""
    return abs(float(moments.times[1] - moments.times[0]) / moments.speed)


def _placed(costs: Floats, piece: _Piece) -> tuple[_Piece, float]:
    """A piece at its likeliest moment, and its price there."""
    part = costs[piece.first : piece.last]
    count, size = part.shape
    if piece.is_held:
        sums = part.sum(axis=0)
    else:
        frames = np.arange(count)
        starts = np.arange(max(1, size - count + 1))
        sums = part[frames[None, :], np.minimum(frames[None, :] + starts[:, None], size - 1)].sum(axis=1)
    place = int(np.argmin(sums))
    return replace(piece, place=place), float(sums[place])


def _stretches(way: Places) -> list[_Piece]:
    """Where a way plays on and where it holds; what is shorter than a few frames goes with the one before."""
    steps = np.diff(way)
    breaks = [0]
    for frame in range(1, len(way)):
        goes_on = steps[frame - 1] in (0, 1) and (
            frame == breaks[-1] + 1 or steps[frame - 1] == steps[frame - 2]
        )
        if not goes_on and frame - breaks[-1] >= LEAST_FRAMES and len(way) - frame >= LEAST_FRAMES:
            breaks.append(frame)
    return [
        _Piece(first, last, int(way[first]), bool(np.median(steps[first : last - 1]) == 0))
        for first, last in pairwise([*breaks, len(way)])
    ]


def _simplified(pieces: Sequence[_Piece], *, shift: int, least: int) -> list[_Piece]:
    """Without pieces that are too short, jumps that are too small, and leaps there and back.

    Args:
        shift: Moments by which a jump must be greater.
        least: Frames of the shortest piece.
    """
    kept = list(pieces)
    while len(kept) > 1:
        short = next((at for at, piece in enumerate(kept) if piece.last - piece.first < least), None)
        if short is not None:
            kept = _joined(kept, max(0, short - 1), min(len(kept) - 1, max(1, short)))
            continue
        for apart in (1, 2):
            found = next(
                (at for at in range(len(kept) - apart) if kept[at].goes_on_in(kept[at + apart], shift=shift)),
                None,
            )
            if found is not None:
                kept = _joined(kept, found, found + apart)
                break
        else:
            return kept
    return kept


def _joined(pieces: Sequence[_Piece], first: int, last: int) -> list[_Piece]:
    """Pieces `first` to `last` as one, of the kind of the longest."""
    longest = max(pieces[first : last + 1], key=lambda piece: piece.last - piece.first)
    begins = pieces[first].first
    place = longest.place if longest.is_held else longest.place - (longest.first - begins)
    one = _Piece(begins, pieces[last].last, place, longest.is_held)
    return [*pieces[:first], one, *pieces[last + 1 :]]
