"""Two references in one picture: a blend, or a figure keyed over a plate.

Where one reference, the ground, leaves a part of the picture unexplained, the others are searched for what is left;
then both together must explain the film. A picture that nothing explains whole may be such a pair too.
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
from footage.trace.candidates import Candidate, Window, candidates_of, vote
from footage.trace.film import Film
from footage.trace.following import LEAST_FINE, Cover, Run, better, bridged, nudged, stretches
from footage.trace.views import plain_views
from footage.trace.windows import picture_windows

LEFT = 0.035
"""A ground that leaves this share of the detail may have something over it; ordinary encodes leave less."""

WEAK = 0.45
"""Agreement from which a reference may be the ground of a pair: strangers seldom reach a third."""

LEAST_HOLE = 0.05
"""Share of the frame that something else must cover before it is searched for."""

LEAST_INNER = 0.02
"""Share of it that must be left without its borders: too few places agree with anything."""

EVERY = 2
LEAST_LIKENESS = 0.35
MOST_CANDIDATES, MOST_GROUNDS, VIEWS_PER_REFERENCE = 4, 2, 2

BLENDED, KEYED, JOINT = 0.45, 0.83, 0.6
"""What a layer must explain of what its ground leaves all over, how well it must agree where the ground does not show,
and what both must explain of the picture."""

EVEN_ALL_OVER = 0.6
"""Evenness from which a pair is a blend: keys of clips leave 0.2 to 0.4, blends 0.65 to 0.85."""

FAINT = 0.12
"""A layer with less opacity than this is not believed."""

SAME_PLACE = 0.2
"""Seconds by which two runs of one reference may lie apart and still go on from one another."""

LEAST_SECONDS = 0.2
ERROR = 0.03
"""How far a matte may be off, as a share of the frame."""

NUDGES = tuple(step * 0.04 for step in range(-5, 6))
REACH = 300
"""Frames before and after its window in which a pair is followed; the next window goes on from there."""

POOLED_FRAMES = 5
MAP = 32, 18


FINE_LOOKS = 5
"""Frames of a pair whose lines are compared."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A reference laid over the film: where and when, and what the film would show, uint8 (n, 36, 64).

    `within` is uint8 (36, 64), 1 where the reference reaches.
    """

    guess: Candidate
    matrix: Matrix
    shown: Array
    within: Array


@dataclass(frozen=True, slots=True)
class _Search:
    """What is searched for: the window, the ground, and the part of its frames that the ground leaves."""

    window: Window
    ground: _Laid
    target: Array
    mask: Array


def find_layers(film: Film, references: Mapping[str, Reference], runs: Sequence[Run]) -> list[Run]:
    """The runs with those of layers among them: what lies over a ground is marked, with the share it covers.

    Args:
        runs: What fills the whole frame.
    """
    searches = list(_searches(film, references, runs))
    found: list[tuple[Run, Run]] = []
    for search, guesses in zip(searches, _candidates(searches, references), strict=True):
        if not _is_settled(found, search):
            found += _best_pair(film, search, guesses, references)
    return _joined(runs, found)


def _searches(film: Film, references: Mapping[str, Reference], runs: Sequence[Run]) -> Iterator[_Search]:
    """All places where something is left over."""
    open_ones = []
    for window in picture_windows(_without_false_cuts(film, runs)):
        ground = _ground_of(runs, window)
        if ground is None:
            open_ones.append(window)
            continue
        guess = Candidate(ground.key, ground.rect, ground.speed, ground.offset, 1.0, len(window.frames) // 2)
        if not ground.moving:
            yield from _left(window, _laid(window, guess, references[ground.key]))
    for window, guesses in zip(
        open_ones, candidates_of(open_ones, references, views=plain_views), strict=True
    ):
        for guess in guesses[:MOST_GROUNDS]:
            laid = _laid(window, guess, references[guess.key])
            if _agrees(window, laid) >= WEAK:
                yield from _left(window, laid)


def _without_false_cuts(film: Film, runs: Sequence[Run]) -> Film:
    """The film without the cuts over which one reference runs on."""
    ends = {(run.last, run.key, run.speed): run.offset for run in runs}
    goes_on = {
        run.first
        for run in runs
        if abs(ends.get((run.first, run.key, run.speed), run.offset + 1) - run.offset) < SAME_PLACE
    }
    return replace(film, cuts=tuple(cut for cut in film.cuts if cut not in goes_on))


def _ground_of(runs: Sequence[Run], window: Window) -> Run | None:
    """The run that shows in most of a window."""
    half = (window.last - window.first) / 2
    inside = [run for run in runs if min(run.last, window.last) - max(run.first, window.first) > half]
    return max(inside, key=lambda run: run.agreement, default=None)


def _laid(window: Window, guess: Candidate, reference: Reference) -> _Laid:
    """A guess moved to where it fits the window best."""
    height, width = reference.greys.shape[1:]
    time = float(window.times[guess.best])
    place = _at(reference, np.array([guess.speed * time + guess.offset]))[0]
    matrix, _ = better(
        window.greys[guess.best], place, agree.matrix_of(guess.rect, width=width, height=height)
    )
    if not reference.still:
        guess = nudged(window, guess, reference, matrix)
    return _Laid(guess, matrix, _shown(reference, guess, matrix, window.times), _within(reference, matrix))


def _within(reference: Reference, matrix: Matrix) -> Array:
    everywhere = np.ones(reference.greys.shape[1:], np.uint8)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(everywhere, matrix, (GRID_WIDTH, GRID_HEIGHT), flags=flags), np.uint8)


def _shown(reference: Reference, guess: Candidate, matrix: Matrix, times: npt.NDArray[np.float64]) -> Array:
    frames = _at(reference, guess.speed * times + guess.offset)
    return np.stack([agree.laid_over(frame, matrix) for frame in frames])


def _at(reference: Reference, times: npt.NDArray[np.float64]) -> Array:
    """The reference at any times, uint8 (n, h, w): between two kept frames both are mixed."""
    if reference.still or len(reference.times) == 1:
        return np.asarray(reference.greys[np.zeros(len(times), np.intp)], np.uint8)
    after = np.searchsorted(reference.times, times).clip(1, len(reference.times) - 1)
    before = after - 1
    span = reference.times[after] - reference.times[before]
    part = ((times - reference.times[before]) / span).clip(0, 1)[:, None, None]
    mixed = (1 - part) * reference.greys[before] + part * reference.greys[after]
    return np.asarray(mixed.round(), np.uint8)


def _agrees(window: Window, laid: _Laid) -> float:
    everywhere = np.ones_like(window.greys)
    return float(np.median(mixing.agreement_inside(window.greys, laid.shown, everywhere)))


def _left(window: Window, ground: _Laid) -> Iterator[_Search]:
    """What a ground leaves: all over, and in a part of the frame."""
    film, below = mixing.detail(window.greys), mixing.detail(ground.shown)
    rest, share = mixing.left_over(film, below)
    if float(np.median(share)) < LEFT:
        return
    whole = np.ones_like(window.greys)
    yield _Search(window, ground, _visible(rest), whole)
    mask = mixing.holes(film, below) * ground.within
    inner = mixing.shrunk(mask)
    if float(mask.mean()) >= LEAST_HOLE and float(inner.mean()) >= LEAST_INNER:
        yield _Search(window, ground, window.greys, inner)


def _visible(rest: Floats) -> Array:
    """What is left as a grey picture of ordinary contrast."""
    spread = rest.std(axis=(1, 2), keepdims=True) + 0.1
    return np.asarray((128 + rest * 30 / spread).clip(0, 255).round(), np.uint8)


def _candidates(searches: Sequence[_Search], references: Mapping[str, Reference]) -> list[list[Candidate]]:
    """The likeliest layers of every search, best first."""
    found: list[list[Candidate]] = [[] for _ in searches]
    for shape in sorted({search.window.shape for search in searches}):
        group = [number for number, search in enumerate(searches) if search.window.shape == shape]
        targets = [_target(searches[number]) for number in group]
        for key, reference in references.items():
            views = plain_views(reference, shape=shape)
            pictures = [_pictures(reference, view) for view in views]
            for number, target in zip(group, targets, strict=True):
                if searches[number].ground.guess.key != key:
                    found[number] += _voted(searches[number].window, key, reference, views, pictures, target)
    return [sorted(guesses, key=lambda one: -one.likeness)[:MOST_CANDIDATES] for guesses in found]


def _target(search: _Search) -> tuple[Floats, Floats]:
    """Detail inside the mask, of length 1, and the mask; both float32 (n, pixels)."""
    count = len(search.mask)
    inside = mixing.inside_detail(search.target, search.mask).reshape(count, -1)
    length = np.linalg.norm(inside, axis=1, keepdims=True) + 1
    return np.asarray(inside / length, np.float32), search.mask.reshape(count, -1).astype(np.float32)


def _pictures(reference: Reference, view: Rect) -> Floats:
    """Detail of what a view shows of every second kept frame, float32 (t, pixels)."""
    height, width = reference.greys.shape[1:]
    matrix = agree.matrix_of(view, width=width, height=height)
    greys = reference.greys[:: 1 if reference.still else EVERY]
    laid = np.stack([agree.laid_over(grey, matrix) for grey in greys])
    return mixing.detail(laid).reshape(len(greys), -1)


def _voted(
    window: Window,
    key: str,
    reference: Reference,
    views: Sequence[Rect],
    pictures: Sequence[Floats],
    target: tuple[Floats, Floats],
) -> list[Candidate]:
    inside, masks = target
    times = reference.times[:: 1 if reference.still else EVERY]
    found = []
    for view, shown in zip(views, pictures, strict=True):
        likeness = (inside @ shown.T) / np.sqrt(masks @ (shown * shown).T + 1)
        if float(likeness.max(axis=1).mean()) < LEAST_LIKENESS:
            continue
        still = reference.still
        speed, offset, score = (
            (0.0, 0.0, float(likeness.mean())) if still else vote(likeness, window.times, times)
        )
        if score >= LEAST_LIKENESS:
            found.append(Candidate(key, view, speed, offset, score, _liveliest(masks)))
    return sorted(found, key=lambda one: -one.likeness)[:VIEWS_PER_REFERENCE]


def _liveliest(masks: Floats) -> int:
    return int(np.argmax(masks.sum(axis=1)))


def _is_settled(found: Sequence[tuple[Run, Run]], search: _Search) -> bool:
    window = search.window
    return any(layer.first <= window.first and window.last <= layer.last for _ground, layer in found)


def _best_pair(
    film: Film, search: _Search, guesses: Sequence[Candidate], references: Mapping[str, Reference]
) -> list[tuple[Run, Run]]:
    """The pair of the guess that explains, with the ground, most of the window."""
    laid = [_laid_in_mask(search, guess, references[guess.key]) for guess in guesses]
    worth = [_worth(search, layer) for layer in laid]
    if not laid or max(worth) <= 0:
        return []
    return _pairs(film, search, laid[int(np.argmax(worth))], references)


def _laid_in_mask(search: _Search, guess: Candidate, reference: Reference) -> _Laid:
    """A layer registered on what the ground leaves."""
    window = replace(search.window, greys=search.target)
    if search.mask.all():
        return _laid(window, guess, reference)
    height, width = reference.greys.shape[1:]
    start = agree.matrix_of(guess.rect, width=width, height=height)
    time = float(window.times[guess.best])
    shown = _at(reference, np.array([guess.speed * time + guess.offset]))[0]
    matrix = _registered(window.greys[guess.best], shown, start, search.mask[guess.best])
    tries = [_timed(search, guess, reference, one, shift) for one in (start, matrix) for shift in NUDGES]
    return max(tries, key=lambda laid: _fits(search, laid))


def _timed(search: _Search, guess: Candidate, reference: Reference, matrix: Matrix, shift: float) -> _Laid:
    moved = guess if reference.still else replace(guess, offset=guess.offset + shift)
    shown = _shown(reference, moved, matrix, search.window.times)
    return _Laid(moved, matrix, shown, _within(reference, matrix))


def _fits(search: _Search, laid: _Laid) -> float:
    """Agreement inside the mask, [-1, 1]."""
    return float(np.mean(mixing.agreement_inside(search.target, laid.shown, search.mask)))


def _registered(grey: Array, shown: Array, start: Matrix, mask: Array) -> Matrix:
    """A map moved until the reference fits inside the mask."""
    height, width = shown.shape
    seen = cv2.warpAffine(mask, start, (width, height), flags=cv2.INTER_NEAREST)
    steps = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    try:
        _, found = cv2.findTransformECC(grey, shown, start.copy(), cv2.MOTION_AFFINE, steps, seen, 3)
    except cv2.error:
        return start
    return np.asarray(found, np.float32)


def _worth(search: _Search, layer: _Laid) -> float:
    """How well the two explain a window where the ground alone does not; 0 when they don't."""
    ground = search.ground
    mixed = mixing.mixture(search.window.greys, ground.shown, layer.shown, within=ground.within)
    passes = _passes(mixed)
    return float(np.maximum(mixed.blended, mixed.keyed).mean()) if np.median(passes) > 0 else 0.0


def _passes(mixed: mixing.Mixture) -> npt.NDArray[np.bool_]:
    """Per frame: whether it is a blend, or a layer in a part of the frame."""
    is_blend = (mixed.blended >= BLENDED) & (mixed.opacity >= FAINT) & (mixed.opacity <= 1 - FAINT)
    is_key = mixed.keyed >= KEYED
    return np.asarray((is_blend | is_key) & (mixed.joint >= JOINT), np.bool_)


def _pairs(
    film: Film, search: _Search, layer: _Laid, references: Mapping[str, Reference]
) -> list[tuple[Run, Run]]:
    """The pair followed through its shot: runs of the ground and of what lies over it."""
    window = search.window
    first = max(window.shot[0], window.first - REACH)
    last = min(window.shot[1], window.last + REACH)
    times = np.array([float(start) for start in film.starts[first:last]])
    greys = agree.boxed(film.greys[first:last], search.window.box)
    ground, over = (
        _shown(references[one.guess.key], one.guess, one.matrix, times) for one in (search.ground, layer)
    )
    mixed = mixing.mixture(greys, ground, over, within=search.ground.within, pooled=POOLED_FRAMES)
    found = []
    for begin, end in bridged(film, stretches(_passes(mixed), (0, last - first)), first):
        if film.edge(first + end) - film.edge(first + begin) >= LEAST_SECONDS:
            span = slice(begin, end)
            matte = _matte(mixed, span)
            if _fine(greys[span], ground[span], over[span], matte) < LEAST_FINE:
                continue
            place = first + begin, first + end
            added = np.maximum(mixed.blended, mixed.keyed)
            ground_run, layer_run = (
                _run(one, window, references[one.guess.key], place, scores[span])
                for one, scores in ((search.ground, mixed.joint), (layer, added))
            )
            found.append(_weighed(ground_run, layer_run, matte))
    return found


def _fine(film: Array, ground: Array, over: Array, matte: Floats) -> float:
    """How well the two, put together again, agree with the film in lines and small shapes; the median of a few frames."""
    looks = np.unique(np.linspace(0, len(film) - 1, min(FINE_LOOKS, len(film))).astype(np.intp))
    together = (1 - matte) * ground[looks] + matte * over[looks]
    agreement = agree.fine_agreement(film[looks], np.asarray(together.round(), np.uint8))
    return float(np.median(agreement))


def _matte(mixed: mixing.Mixture, span: slice) -> Floats:
    """The layer's part of every place, mean over the frames, float32 (36, 64)."""
    if np.median(mixed.blended[span]) >= BLENDED or np.median(mixed.even[span]) >= EVEN_ALL_OVER:
        return np.full((GRID_HEIGHT, GRID_WIDTH), float(np.median(mixed.opacity[span])), np.float32)
    return np.asarray(mixed.matte[span].mean(axis=0), np.float32)


def _run(laid: _Laid, window: Window, reference: Reference, span: tuple[int, int], scores: Floats) -> Run:
    height, width = reference.greys.shape[1:]
    return Run(
        key=laid.guess.key,
        first=span[0],
        last=span[1],
        speed=laid.guess.speed,
        offset=laid.guess.offset,
        rect=agree.rect_of(laid.matrix, width=width, height=height),
        moving=False,
        scores=scores.copy(),
        covered=1.0,
        sharp=0.0,
        box=window.box,
    )


def _weighed(ground: Run, layer: Run, matte: Floats) -> tuple[Run, Run]:
    """Ground and layer with what each covers; the one that covers more is the ground."""
    if float(matte.mean()) > 0.5:
        ground, layer, matte = layer, ground, 1 - matte
    share = float(matte.mean())
    low, high = max(0.0, share - ERROR), min(1.0, share + ERROR)
    return (
        replace(ground, cover=Cover(1 - high, 1.0, _heat(1 - matte))),
        replace(layer, covered=share, over=ground.key, cover=Cover(low, high, _heat(matte))),
    )


def _heat(matte: Floats) -> Array:
    small = cv2.resize(matte, MAP, interpolation=cv2.INTER_AREA)
    return np.asarray((small * 9).round(), np.uint8)


def _joined(runs: Sequence[Run], pairs: Sequence[tuple[Run, Run]]) -> list[Run]:
    """All runs, where whatever else was said about the frames of a pair gives way to it."""
    kept = list(runs)
    for ground, layer in pairs:
        kept = [part for run in kept for part in _without(run, ground, layer)]
    return [*kept, *(run for pair in pairs for run in pair)]


def _without(run: Run, ground: Run, layer: Run) -> list[Run]:
    """What is left of a run outside a pair's frames, when it is of one of the two."""
    if run.key not in (ground.key, layer.key) or run.is_inset:
        return [run]
    spans = (run.first, min(run.last, ground.first)), (max(run.first, ground.last), run.last)
    return [
        replace(run, first=first, last=last, scores=run.scores[first - run.first : last - run.first])
        for first, last in spans
        if first < last
    ]
