"""Following a guess: registered on one frame, then carried through its shot to the frame where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from footage.decode import Array
from footage.fingerprints import GRID_HEIGHT, GRID_WIDTH, WHOLE, Floats, Rect, Reference
from footage.trace import agreement as agree
from footage.trace.agreement import Matrix
from footage.trace.candidates import Candidate, Window, nearest_places
from footage.trace.film import Film

LEAST_SECONDS = 0.2
"""Shorter runs are not believed, unless they fill their shot."""

LEAST_AGREEMENT = 0.60
"""A frame agrees with a reference from here on. Of real clips under re-encode, rescale, crop, bars, grade, mirror and
grain the best false match reaches 0.32 and the weakest true one 0.83; of two drawings of one place 0.68."""

CLEAR_AGREEMENT = 0.74
"""The key frame of a run, and a third of all its frames, must agree at least this well: a title lies over the others."""

LEAST_FINE = 0.62
"""And its lines and small shapes at least so well: of painted takes that share nothing but a hazy ground the best false match
reaches 0.58, and the weakest true one of all attacks, under a title, 0.62."""

WORTH_A_LOOK = 0.25
"""A guess may be off by a moment: below this on its key frame it is not even moved to a better one."""

LIKELY = 0.5
"""Likeness from which a guess that fails on one frame is tried on another."""

LEAST_COVERED = 0.45

BRIDGE_SECONDS = 0.3
"""Frames that agree less, for at most this long inside one shot, are bridged: a flash, a title flying in."""

SATISFIED = 0.92
"""A map that fits less well than this is moved in small steps."""

MOST_CLIMBS = 3
STEPS, ZOOMS = (-0.05, -0.025, 0.0, 0.025, 0.05), (0.95, 1.0, 1.05)

AS_GOOD = 0.003

NUDGES = tuple(step * 0.04 for step in range(-5, 6))

MOST_MISSED = 8
"""Frames in a row that a carried map may miss before it is lost."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What a run covers of the picture.

    Attributes:
        low: Share of the picture that agrees with the reference, [0, 1].
        high: Share of it that is not clearly something else.
        heat: uint8 (18, 32), agreement from 0 to 9 at every place of the frame; 0 also outside the reference.
        fits: Whether enough of what has detail agrees to believe that it is the reference at all.
    """

    low: float
    high: float
    heat: Array
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the film that shows a reference.

    Attributes:
        key: Which reference.
        first: First frame.
        last: Frame after the last.
        speed: Reference seconds per film second; 0 for a held frame or a still.
        offset: Seconds: reference = speed * film + offset.
        rect: Part of the reference seen in the middle of the run.
        moving: Whether that part changes: a camera move over the reference.
        scores: float32 (last - first,), agreement per frame.
        covered: Mean share of the frame that agrees, [0, 1].
        fine: Agreement of lines and small shapes on the frame it was found by, [-1, 1].
        sharp: How much worse the agreement is 0.4 s beside; near 0 it does not tell the place in time.
        is_timed: Whether the place in time is known, by agreement or by small movements.
        box: Part of the film's frame that shows it: the frame without bars, or an inset.
        is_inset: It fills a box of the frame only.
        over: Key of the run that it lies over, blended with it or keyed over it; empty for all others.
        cover: What it covers of the picture; None before that is looked at.
    """

    key: str
    first: int
    last: int
    speed: float
    offset: float
    rect: Rect
    moving: bool
    scores: Floats
    covered: float
    sharp: float
    is_timed: bool = False
    fine: float = 1.0
    box: Rect = WHOLE
    is_inset: bool = False
    over: str = ""
    cover: Cover | None = None

    @property
    def is_layer(self) -> bool:
        return bool(self.over)

    @property
    def is_part(self) -> bool:
        """Whether it covers a part of the picture only, or lies over it faintly."""
        return self.is_inset or self.is_layer

    @property
    def agreement(self) -> float:
        """Median agreement, [-1, 1]."""
        return float(np.median(self.scores))


def run_of(
    window: Window,
    guess: Candidate,
    matrix: Matrix,
    reference: Reference,
    *,
    span: tuple[int, int],
    scores: Floats,
) -> Run:
    """A run of one map held over the frames of a span."""
    height, width = reference.greys.shape[1:]
    return Run(
        key=guess.key,
        first=span[0],
        last=span[1],
        speed=guess.speed,
        offset=guess.offset,
        rect=agree.rect_of(matrix, width=width, height=height),
        moving=False,
        scores=scores.copy(),
        covered=1.0,
        sharp=0.0,
        box=window.box,
    )


def stretches(flags: npt.NDArray[np.bool_], span: tuple[int, int]) -> list[tuple[int, int]]:
    """Half-open ranges of set flags inside a span."""
    padded = np.concatenate([[False], flags[span[0] : span[1]], [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded)) + span[0]
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def verified(film: Film, window: Window, candidate: Candidate, reference: Reference) -> list[Run]:
    """Register the guess on the window's likest frame, then follow it through the shot."""
    height, width = reference.greys.shape[1:]
    guess = agree.matrix_of(candidate.rect, width=width, height=height)
    window = replace(window, greys=agree.softened(window.greys, guess))
    candidate, matrix, score = _begun(window, candidate, reference)
    key = candidate.best
    time = float(window.times[key])
    if not reference.still and score >= WORTH_A_LOOK:
        candidate = nudged(window, candidate, reference, matrix)
        matrix, score = _fitted(window.greys[key], candidate, reference, time, start=matrix)
    if WORTH_A_LOOK <= score < SATISFIED:
        matrix, score = _climbed(window.greys[key], _shown_at(candidate, reference, time), matrix, score)
    fine = _fine(window.greys[key], candidate, reference, time, matrix)
    if score < CLEAR_AGREEMENT or fine < LEAST_FINE:
        return []
    return [replace(run, fine=fine) for run in _carried(film, window, candidate, reference, matrix)]


def _begun(window: Window, candidate: Candidate, reference: Reference) -> tuple[Candidate, Matrix, float]:
    """The guess registered on its likest frame, or on the middle one where that fails: next to a cut of the reference a guess
    that is off by a moment shows another shot."""
    matrix, score = _fitted(
        window.greys[candidate.best], candidate, reference, float(window.times[candidate.best])
    )
    middle = replace(candidate, best=len(window.frames) // 2)
    if score >= WORTH_A_LOOK or candidate.likeness < LIKELY:
        return candidate, matrix, score
    other, reached = _fitted(window.greys[middle.best], middle, reference, float(window.times[middle.best]))
    return (middle, other, reached) if reached > score else (candidate, matrix, score)


def _carried(
    film: Film, window: Window, candidate: Candidate, reference: Reference, matrix: Matrix
) -> list[Run]:
    """The map held through the shot, or, where that doesn't do, followed as it moves."""
    key = window.frames[candidate.best]
    if reference.still:
        return _followed(film, window, candidate, reference, matrix, key)
    steady = _steady(film, window, candidate, reference, matrix)
    if sum(run.last - run.first for run in steady) >= 0.9 * (window.last - window.first):
        return steady
    return _followed(film, window, candidate, reference, matrix, key) or steady


def _fitted(
    grey: Array, candidate: Candidate, reference: Reference, time: float, start: Matrix | None = None
) -> tuple[Matrix, float]:
    """The map of a guess, registered on one frame, with its agreement."""
    height, width = reference.greys.shape[1:]
    guess = agree.matrix_of(candidate.rect, width=width, height=height) if start is None else start
    return better(grey, _shown_at(candidate, reference, time), guess)


def _fine(grey: Array, candidate: Candidate, reference: Reference, time: float, matrix: Matrix) -> float:
    shown = agree.laid_over(_shown_at(candidate, reference, time), matrix)
    return float(agree.fine_agreement(grey[None], shown[None])[0])


def _shown_at(candidate: Candidate, reference: Reference, time: float) -> Array:
    """The reference's frame that a guess puts at a moment of the film."""
    frame: Array = reference.greys[_place(candidate, reference, np.array([time]))[0]]
    return frame


def _climbed(grey: Array, theirs: Array, matrix: Matrix, score: float) -> tuple[Matrix, float]:
    """A map moved and zoomed in small steps while that helps: for crops that lie between two views."""
    for _ in range(MOST_CLIMBS):
        tries = [moved(matrix, *step) for step in product(STEPS, STEPS, ZOOMS)]
        laid = np.stack([agree.laid_over(theirs, guess) for guess in tries])
        scores = agree.agreement(np.stack([grey] * len(tries)), laid).score
        best = int(np.argmax(scores))
        found, reached = better(grey, theirs, tries[best])
        if reached <= score + 0.01:
            break
        matrix, score = found, reached
    return matrix, score


def moved(matrix: Matrix, across: float, down: float, zoom: float) -> Matrix:
    """A map shifted by parts of the film grid and zoomed about its middle."""
    width, height = GRID_WIDTH, GRID_HEIGHT
    step = np.array(
        [
            [zoom, 0, (1 - zoom) * width / 2 + across * width],
            [0, zoom, (1 - zoom) * height / 2 + down * height],
            [0, 0, 1],
        ]
    )
    return np.asarray(matrix @ step, np.float32)


def better(grey: Array, theirs: Array, guess: Matrix) -> tuple[Matrix, float]:
    """The better of a guessed map and the registered one, with its agreement."""
    found = agree.register(grey, theirs, guess)
    tries = [guess] if found is None else [found, guess]
    shown = np.stack([agree.laid_over(theirs, matrix) for matrix in tries])
    scores = agree.agreement(np.stack([grey] * len(tries)), shown).score
    best = int(np.argmax(scores))
    return tries[best], float(scores[best])


def _place(
    candidate: Candidate, reference: Reference, times: npt.NDArray[np.float64]
) -> npt.NDArray[np.intp]:
    return nearest_places(reference.times, candidate.speed * times + candidate.offset)


def nudged(window: Window, candidate: Candidate, reference: Reference, matrix: Matrix) -> Candidate:
    """The guess moved by up to a fifth of a second to where the window's frames agree best.

    Ordinary speed comes first and wins whenever it does as well.
    """
    middle = float(window.times[len(window.times) // 2])
    usual = replace(candidate, speed=1.0, offset=candidate.offset + (candidate.speed - 1.0) * middle)
    tries = [
        replace(guess, offset=guess.offset + nudge)
        for guess in dict.fromkeys((usual, candidate))
        for nudge in NUDGES
    ]
    scores = _scores_of(
        window.greys, reference, [_place(guess, reference, window.times) for guess in tries], matrix
    )
    best = max(scores)
    near = [guess for guess, score in zip(tries, scores, strict=True) if score >= best - AS_GOOD]
    return min(near, key=lambda guess: (guess.speed != 1.0, _distance(guess, candidate, middle)))


def _scores_of(
    greys: Array, reference: Reference, tries: Sequence[npt.NDArray[np.intp]], matrix: Matrix
) -> list[float]:
    """Mean agreement of the frames with every try of places in the reference; each frame's detail is drawn once."""
    kept, places = np.unique(np.stack(tries), return_inverse=True)
    shown = agree.detail(np.stack([agree.laid_over(reference.greys[place], matrix) for place in kept]))
    ours = np.tile(agree.detail(greys), (len(tries), 1, 1))
    score = agree.compared(ours, shown[places.reshape(-1)]).score
    return [float(one) for one in score.reshape(len(tries), -1).mean(axis=1)]


def _distance(one: Candidate, other: Candidate, time: float) -> float:
    return abs(one.speed * time + one.offset - other.speed * time - other.offset)


def _shown_agreement(
    greys: Array, reference: Reference, places: npt.NDArray[np.intp], matrix: Matrix
) -> agree.Agreement:
    laid = {int(place): agree.laid_over(reference.greys[place], matrix) for place in np.unique(places)}
    return agree.agreement(greys, np.stack([laid[int(place)] for place in places]))


def _steady(
    film: Film, window: Window, candidate: Candidate, reference: Reference, matrix: Matrix
) -> list[Run]:
    """Runs of one map held through the shot, at the times the guess says."""
    first, last = window.shot
    times = np.array([float(start) for start in film.starts[first:last]])
    wanted = candidate.speed * times + candidate.offset
    places = nearest_places(reference.times, wanted)
    greys = agree.softened(agree.boxed(film.greys[first:last], window.box), matrix)
    tries = [
        _shown_agreement(greys, reference, (places + beside).clip(0, len(reference.times) - 1), matrix)
        for beside in (-1, 0, 1)
    ]
    scores = np.max([one.score for one in tries], axis=0)
    covered = np.max([one.covered for one in tries], axis=0)
    step = float(np.median(np.diff(reference.times))) if len(reference.times) > 1 else 0.08
    scores[(wanted < -1.5 * step) | (wanted > float(reference.seconds) + 1.5 * step)] = -1.0
    beside = _sharpness(window, candidate, reference, matrix)
    return _runs_of(film, window, candidate, reference, [matrix] * (last - first), scores, covered, beside)


def _sharpness(window: Window, candidate: Candidate, reference: Reference, matrix: Matrix) -> float:
    def mean(shift: float) -> float:
        moved = replace(candidate, offset=candidate.offset + shift)
        places = _place(moved, reference, window.times)
        return float(_shown_agreement(window.greys, reference, places, matrix).score.mean())

    return mean(0.0) - max(mean(-0.4), mean(0.4))


def _followed(
    film: Film, window: Window, candidate: Candidate, reference: Reference, matrix: Matrix, key: int
) -> list[Run]:
    """Runs of a map that moves from frame to frame: a camera move over a reference."""
    first, last = window.shot
    greys = agree.softened(agree.boxed(film.greys[first:last], window.box), matrix)
    times = np.array([float(start) for start in film.starts[first:last]])
    theirs = reference.greys[_place(candidate, reference, times)]
    matrices, scores = [matrix] * len(greys), np.full(len(greys), -1.0, np.float32)
    for frames in (range(key - first, len(greys)), range(key - first - 1, -1, -1)):
        _follow(frames, greys, theirs, matrix, matrices, scores)
    laid = np.stack([agree.laid_over(grey, found) for grey, found in zip(theirs, matrices, strict=True)])
    covered = np.where(scores > 0, agree.agreement(greys, laid).covered, 0).astype(np.float32)
    return _runs_of(film, window, candidate, reference, matrices, scores, covered, 0.0)


def _follow(
    frames: range, greys: Array, theirs: Array, start: Matrix, matrices: list[Matrix], scores: Floats
) -> None:
    """Carry a map from frame to frame, writing maps and scores, until the reference is lost."""
    current, missed = start, 0
    for frame in frames:
        current, score = better(greys[frame], theirs[frame], current)
        matrices[frame], scores[frame] = current, score
        missed = missed + 1 if score < LEAST_AGREEMENT else 0
        if missed == MOST_MISSED:
            return


def _runs_of(
    film: Film,
    window: Window,
    candidate: Candidate,
    reference: Reference,
    matrices: list[Matrix],
    scores: Floats,
    covered: Floats,
    sharp: float,
) -> list[Run]:
    """Stretches of agreeing frames in a shot, short dips bridged, too short or doubtful ones dropped."""
    start = window.shot[0]
    agrees = (scores >= LEAST_AGREEMENT) & (covered >= LEAST_COVERED)
    height, width = reference.greys.shape[1:]
    found = []
    for first, last in bridged(film, stretches(agrees, (0, len(agrees))), start):
        inside = scores[first:last]
        long_enough = film.edge(start + last) - film.edge(start + first) >= LEAST_SECONDS
        fills = last - first >= 0.8 * len(scores)
        if not (long_enough or fills) or np.quantile(inside, 2 / 3) < CLEAR_AGREEMENT:
            continue
        middle = matrices[(first + last) // 2]
        found.append(
            Run(
                key=candidate.key,
                first=start + first,
                last=start + last,
                speed=candidate.speed,
                offset=candidate.offset,
                rect=agree.rect_of(middle, width=width, height=height),
                moving=bool(np.abs(matrices[first] - matrices[last - 1]).max() > 0.02 * width),
                scores=inside.copy(),
                covered=float(np.median(covered[first:last])),
                sharp=sharp,
                box=window.box,
            )
        )
    return found


def bridged(film: Film, stretches: list[tuple[int, int]], start: int) -> list[tuple[int, int]]:
    """Stretches of frames counted from `start`, those next to one another joined."""
    joined: list[tuple[int, int]] = []
    for first, last in stretches:
        if joined and film.edge(start + first) - film.edge(start + joined[-1][1]) <= BRIDGE_SECONDS:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined
