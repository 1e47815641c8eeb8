"""What fills the frame behind an inset: searched for, and judged, in what the inset leaves to be seen.

A half-size inset covers a quarter of the frame and spoils the blocks at its border: more than an ordinary run may lose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from footage.decode import Array
from footage.fingerprints import GRID_HEIGHT, GRID_WIDTH, Floats, Rect, Reference
from footage.trace import agreement as agree
from footage.trace import mixing
from footage.trace.agreement import Matrix
from footage.trace.candidates import Candidate, Views, Window, nearest_places, vote
from footage.trace.film import Film, content_box
from footage.trace.following import (
    CLEAR_AGREEMENT,
    LEAST_AGREEMENT,
    LEAST_FINE,
    LEAST_SECONDS,
    NUDGES,
    SATISFIED,
    WORTH_A_LOOK,
    Run,
    bridged,
    moved,
    run_of,
    stretches,
)
from footage.trace.views import close_views, plain_views
from footage.trace.windows import window_of

MARGIN = 2.0
"""Pixels of the film grid around an inset that don't count: its border may be a frame, a shadow or a little off."""

LEAST_VISIBLE = 0.4
"""Share of the frame that insets must leave: less says too little of what lies behind."""

LEAST_LIKENESS = 0.35
MOST_CANDIDATES, VIEWS_PER_REFERENCE = 5, 2
EVERY = 2
CLOSE_EVERY = 6
"""Of a moving reference so many kept frames make one step: half a second where many crops are looked through."""

BLUR, DIFFERS, COMPACT = 2, 4, 3
"""Of a ground's heat map: points around an inset that it spoils, agreement (0 to 9) below which a point shows something
else, and side of the smallest part that does."""

MOSTLY = 0.8
"""Share of a ground's frames in which an inset must lie over it to tell of its cover."""

MOST_CLIMBS = 3
STEPS, ZOOMS = (-0.05, 0.0, 0.05), (0.93, 1.0, 1.07)


@dataclass(frozen=True, slots=True)
class _Search:
    """A stretch with insets and nothing behind them.

    `seen` is uint8 (36, 64), 1 where the ground should show.
    """

    window: Window
    seen: Array
    shown: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Fit:
    """A guess and the map that lays it over the film, with the agreement it reaches."""

    guess: Candidate
    matrix: Matrix
    score: float


def find_grounds(
    film: Film, references: Mapping[str, Reference], runs: Sequence[Run], insets: Sequence[Run]
) -> list[Run]:
    """Runs that fill the frame behind insets, where none is known.

    Args:
        runs: What fills the whole frame.
        insets: What fills a part of it; proven already.
    """
    found: list[Run] = []
    for search in _searches(film, runs, insets):
        known = {key: reference for key, reference in references.items() if key not in search.shown}
        for views, every in ((plain_views, EVERY), (close_views, CLOSE_EVERY)):
            guesses = _candidates(search, known, views, every)
            behind: list[Run] = []
            for guess in guesses:
                if all(run.key != guess.key for run in behind):
                    behind += _verified(film, search, guess, known[guess.key])
            found += behind
            if behind:
                break
    return found


def beside(ground: Run, insets: Sequence[Run]) -> Run:
    """A run of what fills the frame, its cover without the insets that lie over most of it.

    Its hole looks wider than the inset by the neighbourhood in which points are compared.
    """
    over = [inset for inset in insets if _lies_over(inset, ground)]
    if not over or ground.cover is None or ground.is_part:
        return ground
    cover = replace(ground.cover, fits=True)
    if cover.high == 1.0:
        return replace(ground, cover=cover)
    height, width = cover.heat.shape
    hidden = np.zeros((height, width), np.uint8)
    for inset in over:
        rows = slice(max(0, round(inset.box.top * height) - BLUR), round(inset.box.bottom * height) + BLUR)
        columns = slice(max(0, round(inset.box.left * width) - BLUR), round(inset.box.right * width) + BLUR)
        hidden[rows, columns] = 1
    differs = ((cover.heat < DIFFERS) & (hidden == 0)).astype(np.uint8)
    holes = cv2.morphologyEx(differs, cv2.MORPH_OPEN, np.ones((COMPACT, COMPACT), np.uint8))
    high = 1 - float(holes.mean()) - sum(inset.box.width * inset.box.height for inset in over)
    return replace(ground, cover=replace(cover, high=min(1.0, max(cover.low, cover.high, high))))


def _lies_over(inset: Run, ground: Run) -> bool:
    shared = min(inset.last, ground.last) - max(inset.first, ground.first)
    return inset.is_inset and shared >= MOSTLY * (ground.last - ground.first)


def _searches(film: Film, runs: Sequence[Run], insets: Sequence[Run]) -> Iterator[_Search]:
    done: set[tuple[int, int]] = set()
    for inset in insets:
        span = _open_span(film, runs, inset)
        if span is None or span in done:
            continue
        done.add(span)
        beside = [one for one in insets if one.first < span[1] and span[0] < one.last]
        shot = next(shot for shot in film.shots if shot[0] <= span[0] < shot[1])
        box = content_box(film.rows[shot[0] : shot[1]], film.columns[shot[0] : shot[1]])
        seen = visible([one.box for one in beside], box)
        if float(seen.mean()) >= LEAST_VISIBLE:
            yield _Search(window_of(film, span, span, box), seen, frozenset(one.key for one in beside))


def _open_span(film: Film, runs: Sequence[Run], inset: Run) -> tuple[int, int] | None:
    """The longest stretch of an inset's frames in which nothing fills the frame."""
    waiting = np.ones(film.count, np.bool_)
    for run in runs:
        if not run.is_inset:
            waiting[run.first : run.last] = False
    spans = stretches(waiting, (inset.first, inset.last))
    long_enough = [span for span in spans if film.edge(span[1]) - film.edge(span[0]) >= LEAST_SECONDS]
    return max(long_enough, key=lambda span: span[1] - span[0], default=None)


def visible(boxes: Sequence[Rect], content: Rect) -> Array:
    """What boxes of the frame, each with a margin, leave of its content; uint8 (36, 64), 0 inside the boxes."""
    seen = np.ones((GRID_HEIGHT, GRID_WIDTH), np.uint8)
    for box in boxes:
        left, right = (GRID_WIDTH * (x - content.left) / content.width for x in (box.left, box.right))
        top, bottom = (GRID_HEIGHT * (y - content.top) / content.height for y in (box.top, box.bottom))
        rows = slice(max(0, int(top - MARGIN)), max(0, int(np.ceil(bottom + MARGIN))))
        columns = slice(max(0, int(left - MARGIN)), max(0, int(np.ceil(right + MARGIN))))
        seen[rows, columns] = 0
    return seen


def _candidates(
    search: _Search, references: Mapping[str, Reference], views: Views, every: int
) -> list[Candidate]:
    """The likeliest grounds, compared where the ground should show; best first."""
    masks = np.stack([search.seen] * len(search.window.greys))
    inside = mixing.inside_detail(search.window.greys, masks).reshape(len(masks), -1)
    places = np.flatnonzero(search.seen)
    target = inside[:, places] / (np.linalg.norm(inside, axis=1, keepdims=True) + 1)
    found: list[Candidate] = []
    for key, reference in references.items():
        guesses = [
            guess
            for view in views(reference, shape=search.window.shape)
            for guess in _voted(search.window, key, reference, view, target, places, every)
        ]
        found += sorted(guesses, key=lambda guess: -guess.likeness)[:VIEWS_PER_REFERENCE]
    return sorted(found, key=lambda guess: -guess.likeness)[:MOST_CANDIDATES]


def _voted(
    window: Window,
    key: str,
    reference: Reference,
    view: Rect,
    target: Floats,
    places: npt.NDArray[np.intp],
    every: int,
) -> list[Candidate]:
    """The place in a reference on which the frames agree best, when they agree at all."""
    step = 1 if reference.still else every
    height, width = reference.greys.shape[1:]
    matrix = agree.matrix_of(view, width=width, height=height)
    laid = np.stack([agree.laid_over(grey, matrix) for grey in reference.greys[::step]])
    shown = mixing.detail(laid).reshape(len(laid), -1)[:, places]
    likeness = (target @ shown.T / (np.linalg.norm(shown, axis=1) + 1)).astype(np.float32)
    if float(likeness.max(axis=1).mean()) < LEAST_LIKENESS:
        return []
    best = int(np.argmax(likeness.max(axis=1)))
    if reference.still:
        return [Candidate(key, view, 0.0, 0.0, float(likeness.mean()), best)]
    speed, offset, score = vote(likeness, window.times, reference.times[::step])
    return [Candidate(key, view, speed, offset, score, best)] if score >= LEAST_LIKENESS else []


def _verified(film: Film, search: _Search, guess: Candidate, reference: Reference) -> list[Run]:
    """Runs of a guess: registered on what is visible, then held through the stretch."""
    window = search.window
    height, width = reference.greys.shape[1:]
    start = agree.matrix_of(guess.rect, width=width, height=height)
    greys = agree.softened(window.greys, start)
    search = replace(search, window=replace(window, greys=greys))
    fit = _better(search, guess, reference, start)
    if fit.score >= WORTH_A_LOOK and not reference.still:
        guess = _nudged(search, guess, reference, fit.matrix)
        fit = _better(search, guess, reference, fit.matrix)
    if WORTH_A_LOOK <= fit.score < SATISFIED:
        fit = _climbed(search, fit, reference)
    fine = float(np.median(lines_beside(greys, _shown(search.window, fit, reference), search.seen)))
    if fit.score < CLEAR_AGREEMENT or fine < LEAST_FINE:
        return []
    return [replace(run, fine=fine) for run in _held(film, search, fit, reference)]


def _shown_at(guess: Candidate, reference: Reference, times: npt.NDArray[np.float64]) -> Array:
    frames: Array = reference.greys[nearest_places(reference.times, guess.speed * times + guess.offset)]
    return frames


def _shown(window: Window, fit: _Fit, reference: Reference) -> Array:
    frames = _shown_at(fit.guess, reference, window.times)
    return np.stack([agree.laid_over(frame, fit.matrix) for frame in frames])


def _better(search: _Search, guess: Candidate, reference: Reference, start: Matrix) -> _Fit:
    """The better of a map and the one that registration makes of it, judged on the guess's best frame."""
    grey = search.window.greys[guess.best]
    theirs = _shown_at(guess, reference, search.window.times[guess.best : guess.best + 1])[0]
    found = agree.register(grey, theirs, start, seen=search.seen)
    tries = [start] if found is None else [found, start]
    shown = np.stack([agree.laid_over(theirs, matrix) for matrix in tries])
    scores = agreement_beside(np.stack([grey] * len(tries)), shown, search.seen)
    best = int(np.argmax(scores))
    return _Fit(guess, tries[best], float(scores[best]))


def _nudged(search: _Search, guess: Candidate, reference: Reference, matrix: Matrix) -> Candidate:
    """The guess moved by up to a fifth of a second to where the frames agree best; ordinary speed is tried too."""
    window = search.window
    middle = float(window.times[len(window.times) // 2])
    usual = replace(guess, speed=1.0, offset=guess.offset + (guess.speed - 1.0) * middle)
    tries = [
        replace(one, offset=one.offset + nudge)
        for one in dict.fromkeys((usual, guess))
        for nudge in sorted(NUDGES, key=abs)
    ]
    scores = [
        float(
            agreement_beside(
                window.greys, _shown(window, _Fit(one, matrix, 0), reference), search.seen
            ).mean()
        )
        for one in tries
    ]
    return tries[int(np.argmax(scores))]


def _climbed(search: _Search, fit: _Fit, reference: Reference) -> _Fit:
    """A map moved and zoomed in small steps while that helps: for crops that lie between two views."""
    for _ in range(MOST_CLIMBS):
        beside = [
            moved(fit.matrix, across, down, zoom) for across in STEPS for down in STEPS for zoom in ZOOMS
        ]
        grey = search.window.greys[fit.guess.best]
        theirs = _shown_at(fit.guess, reference, search.window.times[fit.guess.best : fit.guess.best + 1])[0]
        laid = np.stack([agree.laid_over(theirs, matrix) for matrix in beside])
        scores = agreement_beside(np.stack([grey] * len(beside)), laid, search.seen)
        found = _better(search, fit.guess, reference, beside[int(np.argmax(scores))])
        if found.score <= fit.score + 0.01:
            break
        fit = found
    return fit


def _held(film: Film, search: _Search, fit: _Fit, reference: Reference) -> list[Run]:
    """Runs of one map held through the stretch, short dips bridged."""
    window = search.window
    times = np.array([float(film.starts[frame]) for frame in range(window.first, window.last)])
    greys = agree.softened(agree.boxed(film.greys[window.first : window.last], window.box), fit.matrix)
    scores = _best_of_three(greys, times, search, fit, reference)
    found = []
    for first, last in bridged(film, stretches(scores >= LEAST_AGREEMENT, (0, len(scores))), window.first):
        inside = scores[first:last]
        seconds = film.edge(window.first + last) - film.edge(window.first + first)
        if seconds >= LEAST_SECONDS and np.median(inside) >= CLEAR_AGREEMENT:
            span = window.first + first, window.first + last
            found.append(run_of(window, fit.guess, fit.matrix, reference, span=span, scores=inside))
    return found


def _best_of_three(
    greys: Array, times: npt.NDArray[np.float64], search: _Search, fit: _Fit, reference: Reference
) -> Floats:
    """Agreement per frame with the nearest kept frame or one beside it; -1 beyond the reference."""
    wanted = fit.guess.speed * times + fit.guess.offset
    places = nearest_places(reference.times, wanted)
    laid = {}
    tries = []
    for beside in (-1, 0, 1):
        near = (places + beside).clip(0, len(reference.times) - 1)
        for place in np.unique(near):
            if int(place) not in laid:
                laid[int(place)] = agree.laid_over(reference.greys[place], fit.matrix)
        tries.append(agreement_beside(greys, np.stack([laid[int(place)] for place in near]), search.seen))
    scores = np.max(tries, axis=0)
    if not reference.still:
        step = float(np.median(np.diff(reference.times))) if len(reference.times) > 1 else 0.08
        scores[(wanted < -1.5 * step) | (wanted > float(reference.seconds) + 1.5 * step)] = -1.0
    return np.asarray(scores, np.float32)


def agreement_beside(film: Array, shown: Array, seen: Array) -> Floats:
    """As `agreement.agreement` in the visible part of frames, float32 (n,) in [-1, 1].

    An ordinary run may lose a quarter of the frame to titles and logos. What a mask takes away counts as lost: the more is
    hidden, the less else may differ.

    Args:
        film: uint8 (n, 36, 64).
        shown: uint8 (n, 36, 64).
        seen: uint8 (36, 64), 1 where the ground should show.
    """
    ours, theirs = (_detail(greys, seen, agree.SHADING) for greys in (film, shown))
    own, other, both = _sums(ours, theirs, seen)
    gain = _gain(both, other)
    power = own + gain * gain * other
    score = np.asarray((2 * gain * both + agree.NOISE / 4) / (power + agree.NOISE / 4), np.float32)
    lively = gain * gain * other
    weight = np.sqrt(lively + np.minimum(own, agree.MOST_ADDED * lively + agree.NOISE)) + 0.2
    return _best(score, np.asarray(weight * _shares(seen), np.float32), seen)


def lines_beside(film: Array, shown: Array, seen: Array) -> Floats:
    """As `agreement.fine_agreement` in the visible part of frames, float32 (n,) in [-1, 1]."""
    inner = np.zeros_like(seen)
    rows, columns = (slice(agree.EDGE, -agree.EDGE),) * 2
    inner[rows, columns] = seen[rows, columns]
    ours, theirs = (_detail(greys, seen, agree.LINES) * inner for greys in (film, shown))
    own, other, both = _sums(ours, theirs, inner)
    score = np.asarray(both / np.sqrt(own * other + agree.FAINT), np.float32)
    return _best(score, np.asarray(np.sqrt(other) * _shares(inner), np.float32), seen)


def _detail(greys: Array, seen: Array, sigma: float) -> Floats:
    """Visible grey values without shading, which is taken from the visible part alone; 0 outside."""
    inside = seen.astype(np.float32)
    around = cv2.GaussianBlur(inside, (0, 0), sigma) + 1e-3
    values = greys.astype(np.float32)
    return np.stack(
        [(value - cv2.GaussianBlur(value * inside, (0, 0), sigma) / around) * inside for value in values]
    ).astype(np.float32)


def _sums(ours: Floats, theirs: Floats, seen: Array) -> tuple[Floats, Floats, Floats]:
    """Means over the visible points of every block that has some: ours squared, theirs squared, and the product."""
    shares = _block_means(seen[None].astype(np.float32))
    kept = shares[0] > 0
    own, other, both = (
        _block_means(values)[:, kept] / shares[:, kept]
        for values in (ours * ours, theirs * theirs, ours * theirs)
    )
    return own, other, both


def _shares(seen: Array) -> Floats:
    """Visible share of every block that has some."""
    shares = _block_means(seen[None].astype(np.float32))[0]
    return np.asarray(shares[shares > 0], np.float32)


def _block_means(values: Floats) -> Floats:
    wide, high = agree.BLOCK
    count, height, width = values.shape
    means = values.reshape(count, height // high, high, width // wide, wide).mean(axis=(2, 4))
    return np.asarray(means.reshape(count, -1), np.float32)


def _gain(both: Floats, other: Floats) -> Floats:
    """Contrast of film over reference, float32 (n, 1), from the livelier blocks."""
    slopes = (both + agree.NOISE) / (other + agree.NOISE)
    lively = other >= np.median(other, axis=1, keepdims=True)
    middle = np.nanmedian(np.where(lively, slopes, np.nan), axis=1, keepdims=True)
    return np.asarray(middle.clip(0.25, 4), np.float32)


def _best(score: Floats, weight: Floats, seen: Array) -> Floats:
    """Weighted mean of the best blocks, as many as make `BEST_PART` of the frame; of all where no more are visible."""
    part = min(1.0, agree.BEST_PART / float(seen.mean()))
    order = np.argsort(-score, axis=1)
    best, mass = (np.take_along_axis(values, order, axis=1) for values in (score, weight))
    before = np.cumsum(mass, axis=1) - mass
    counted = np.clip(part * mass.sum(axis=1, keepdims=True) - before, 0, mass)
    total = np.maximum(counted.sum(axis=1), 1e-9)
    return np.asarray((best * counted).sum(axis=1) / total, np.float32)
