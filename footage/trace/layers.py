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
from footage.trace import keying, mixing
from footage.trace.agreement import Matrix
from footage.trace.candidates import Candidate, Window, candidates_of, vote
from footage.trace.film import Film
from footage.trace.following import LEAST_FINE, Cover, Run, better, bridged, nudged, run_of, stretches
from footage.trace.views import plain_views
from footage.trace.windows import picture_windows

LEFT = 0.015
"""A ground that leaves this share of the detail may have something over it; ordinary encodes leave less."""

WEAK = 0.45
"""Agreement from which a reference may be the ground of a pair: strangers seldom reach a third."""

LEAST_HOLE = 0.05
"""Share of the frame that something else must cover before it is searched for."""

MOST_HOLE = 0.4
"""Share of the frame that a layer may hide of a ground which is found around it: halves are split screens."""

LEAST_INNER = 0.02
"""Share of it that must be left without its borders: too few places agree with anything."""

_PIXELS = GRID_WIDTH * GRID_HEIGHT
EVERY = 2
LEAST_LIKENESS, LEAST_GROUND = 0.35, 0.25
LEAST_OF_PLATES = -1.0
MOST_CANDIDATES, MOST_PLATES, MOST_GROUNDS, VIEWS_PER_REFERENCE = 4, 2, 2, 1

BLENDED, JOINT = 0.45, 0.6
"""What one opacity of a layer must explain of what its ground leaves, and what both must explain of the picture."""

KEYED, FITS, FILLED = 0.87, 0.9, 0.55
"""How well a keyed layer must agree in its detail where the ground does not show, what part of the grey values it must explain
there, and how much of it must be its own. True pairs reach 0.92 and 0.95, wrong ones 0.84 and 0.89, never both limits."""

FAINT = 0.12
"""A layer with less opacity than this is not believed."""

SAME_PLACE = 0.2
"""Seconds by which two runs of one reference may lie apart and still go on from one another."""

LEAST_SECONDS = 0.2
ERROR, KEY_ERROR = 0.03, 0.015
"""How far an opacity may be off, and the interval of a matte, as a share of the frame."""

KEY_BORDER = 1
"""Pixels at the border of a matte in which both show."""

LEAST_MATTE = 0.01
"""Share of a frame in which a layer is seen at all."""

FAR, FAR_STEP = 8.0, 0.2
NEARBY = (-0.6, -0.4, 0.4, 0.6)
NEAR = tuple(sorted((step * 0.04 for step in range(-4, 5)), key=abs))
NEAREST = tuple(sorted((step * 0.01 for step in range(-2, 3)), key=abs))
"""Seconds by which a reference is moved, first widely, then finely; the nearest come first."""

MOST_MOVED = 4.0
"""Pixels of a reference by which registration may move a corner."""

MOST_PLACES = 2
SAME_MAP = 0.6
"""Pixels of a reference by which two maps differ that are tried as one."""

REACH = 300
"""Frames before and after its window in which a pair is followed; the next window goes on from there."""

POOLED_FRAMES = 5
MAP = 32, 18


FINE_LOOKS = 5
"""Frames of a pair whose lines are compared."""


_Likely = tuple[float, str, Rect, Floats]


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
    is_hole: bool = False


def find_layers(film: Film, references: Mapping[str, Reference], runs: Sequence[Run]) -> list[Run]:
    """The runs with those of layers among them: what lies over a ground is marked, with the share it covers.

    Args:
        runs: What fills the whole frame.
    """
    searches = sorted(_searches(film, references, runs), key=lambda search: not search.is_hole)
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
            yield from _left(window, _laid(window, guess, references[ground.key]), references[ground.key])
    for window, guesses in zip(
        open_ones, candidates_of(open_ones, references, views=plain_views), strict=True
    ):
        for guess in guesses[:MOST_GROUNDS]:
            laid = _laid(window, guess, references[guess.key])
            if _agrees(window, laid) >= WEAK:
                yield from _left(window, laid, references[guess.key])
    for window, guesses in zip(open_ones, _grounds(open_ones, references), strict=True):
        for guess in guesses[:MOST_GROUNDS]:
            around = _around_a_hole(window, guess, references[guess.key])
            if around is not None:
                yield from _hole_in(window, around, references[guess.key])


def _grounds(windows: Sequence[Window], references: Mapping[str, Reference]) -> list[list[Candidate]]:
    """The likeliest grounds of windows that nothing fills: a bright figure drowns all that lies around it, so every
    place is weighed by the contrast around it."""
    found: list[list[_Likely]] = [[] for _ in windows]
    for shape in sorted({window.shape for window in windows}):
        group = [number for number, window in enumerate(windows) if window.shape == shape]
        targets = [_unit(mixing.evened(mixing.detail(windows[number].greys))) for number in group]
        for key, reference in references.items():
            for view in _distinct(plain_views(reference, shape=shape)):
                pictures = mixing.evened(_pictures_of(reference, view)).reshape(-1, _PIXELS)
                pictures /= np.linalg.norm(pictures, axis=1, keepdims=True) + 1
                for number, target in zip(group, targets, strict=True):
                    likeness = np.asarray(target @ pictures.T, np.float32)
                    bound = float(likeness.max(axis=1).mean())
                    if bound >= LEAST_GROUND:
                        found[number] = sorted(
                            [*found[number], (bound, key, view, likeness)], key=lambda one: -one[0]
                        )[:MOST_CANDIDATES]
    return [_voted_grounds(window, likely, references) for window, likely in zip(windows, found, strict=True)]


def _voted_grounds(
    window: Window, likely: Sequence[_Likely], references: Mapping[str, Reference]
) -> list[Candidate]:
    """Where the likeliest references and views lie in time, best first."""
    found = []
    for _bound, key, view, likeness in likely:
        reference = references[key]
        if reference.still:
            speed, offset, score = 0.0, 0.0, float(likeness.mean())
        else:
            speed, offset, score = vote(likeness, window.times, reference.times[::EVERY])
        if score >= LEAST_GROUND:
            found.append(Candidate(key, view, speed, offset, score, 0))
    return sorted(found, key=lambda one: -one.likeness)[:MOST_GROUNDS]


def _unit(detail: Floats) -> Floats:
    flat = detail.reshape(len(detail), -1)
    return np.asarray(flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1), np.float32)


def _around_a_hole(window: Window, guess: Candidate, reference: Reference) -> _Laid | None:
    """A ground that fills most of the picture, and agrees there as well as a layer must inside its matte."""
    height, width = reference.greys.shape[1:]
    matrix = agree.matrix_of(guess.rect, width=width, height=height)
    laid = _Laid(guess, matrix, _shown(reference, guess, matrix, window.times), _within(reference, matrix))
    laid = _in_time(window, laid, reference, np.ones_like(window.greys))
    hole = _hole(window, laid, reference)
    rest = mixing.shrunk(1 - hole, by=KEY_BORDER)
    if float(hole.mean()) > MOST_HOLE:
        return None
    proof = keying.proof_of(window.greys, laid.shown, rest.astype(np.float32), rest)
    return laid if proof.agreement >= KEYED and proof.fit >= FITS else None


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


def _left(window: Window, ground: _Laid, reference: Reference) -> Iterator[_Search]:
    """What a ground leaves: all over, and in a part of the frame."""
    film, below = mixing.detail(window.greys), mixing.detail(ground.shown)
    rest, share = mixing.left_over(film, below)
    if float(np.median(share)) < LEFT:
        return
    whole = np.ones_like(window.greys)
    yield _Search(window, ground, _visible(rest), whole)
    if keying.backdrop(reference.greys) is None:
        ground = _in_time(window, ground, reference, whole)
    yield from _hole_in(window, ground, reference)


def _hole_in(window: Window, ground: _Laid, reference: Reference) -> Iterator[_Search]:
    """The part of the frame in which the ground does not show, where it is large enough."""
    mask = _hole(window, ground, reference)
    inner = mixing.shrunk(mask, by=KEY_BORDER)
    if float(mask.mean()) >= LEAST_HOLE and float(inner.mean()) >= LEAST_INNER:
        yield _Search(window, ground, window.greys, inner, is_hole=True)


def _in_time(window: Window, laid: _Laid, reference: Reference, mask: Array) -> _Laid:
    """The same where and when it fits best inside a mask: what hardly moves is often found seconds beside."""
    few = replace(window, times=window.times[::2], greys=window.greys[::2])
    found = laid.guess, laid.matrix
    if not reference.still:
        moments = _everywhere(window, laid.guess, reference)
        tries = [(guess, matrix) for guess in moments for matrix in _places(window, laid, reference)]
        found = _best_of(few, tries, reference, mask[::2])
    matrices = [found[1], _registered_at(window, found, reference, mask)]
    for shifts in () if reference.still else (NEAR, NEAREST):
        moments = _moments(window, found[0], shifts)
        found = _best_of(few, [(guess, found[1]) for guess in moments], reference, mask[::2])
    guess, matrix = _best_of(window, [(found[0], matrix) for matrix in matrices], reference, mask)
    return _Laid(guess, matrix, _shown(reference, guess, matrix, window.times), _within(reference, matrix))


def _places(window: Window, laid: _Laid, reference: Reference) -> list[Matrix]:
    """Maps that a reference may lie by: as it was found, and whole."""
    height, width = reference.greys.shape[1:]
    is_mirrored = laid.guess.rect.mirrored
    whole = [view for view in plain_views(reference, shape=window.shape) if view.mirrored == is_mirrored]
    bases = [agree.matrix_of(view, width=width, height=height) for view in _distinct(whole)[:MOST_PLACES]]
    kept = [laid.matrix]
    for matrix in bases:
        if all(np.abs(matrix - other).max() > SAME_MAP for other in kept):
            kept.append(matrix)
    return kept


def _moments(window: Window, guess: Candidate, shifts: Sequence[float]) -> list[Candidate]:
    """A guess earlier and later, at ordinary speed too."""
    middle = float(window.times[len(window.times) // 2])
    usual = replace(guess, speed=1.0, offset=guess.offset + (guess.speed - 1.0) * middle)
    return [
        replace(one, offset=one.offset + shift) for one in dict.fromkeys((usual, guess)) for shift in shifts
    ]


def _everywhere(window: Window, guess: Candidate, reference: Reference) -> list[Candidate]:
    """A guess a little earlier and later, and at ordinary speed wherever the reference reaches, the nearest first."""
    middle = float(window.times[len(window.times) // 2])
    there = guess.speed * middle + guess.offset
    moments = np.arange(max(0.0, there - FAR), min(float(reference.seconds), there + FAR), FAR_STEP)
    ordered = sorted([there, *map(float, moments)], key=lambda moment: abs(moment - there))
    usual = [replace(guess, speed=1.0, offset=moment - middle) for moment in ordered]
    return usual + ([] if guess.speed == 1.0 else _moments(window, guess, (*NEAR, *NEARBY)))


def _best_of(
    window: Window, tries: Sequence[tuple[Candidate, Matrix]], reference: Reference, mask: Array
) -> tuple[Candidate, Matrix]:
    """Of some moments and maps those at which the reference fits the window best inside a mask."""
    within = {id(matrix): _within(reference, matrix) for _, matrix in tries}
    weight = mask.astype(np.float32)
    fits = [
        keying.misfit(
            window.greys, _shown(reference, guess, matrix, window.times), weight, within=within[id(matrix)]
        )
        for guess, matrix in tries
    ]
    return tries[int(np.argmin(fits))]


def _registered_at(
    window: Window, found: tuple[Candidate, Matrix], reference: Reference, mask: Array
) -> Matrix:
    """The map moved until the reference fits inside the mask, at the frame where the mask is largest."""
    guess, matrix = found
    best = int(np.argmax(mask.sum(axis=(1, 2))))
    shown = _at(reference, np.array([guess.speed * float(window.times[best]) + guess.offset]))[0]
    return _registered(window.greys[best], shown, matrix, mask[best])


def _hole(window: Window, ground: _Laid, reference: Reference) -> Array:
    """Where something else than the ground shows, uint8 (n, 36, 64): all of a plate's backdrop too."""
    odds = keying.unlike(window.greys, ground.shown, ground.within)
    return np.asarray((odds >= 0.5) | (_bare(ground, reference) & (ground.within > 0)), np.uint8)


def _bare(laid: _Laid, reference: Reference) -> npt.NDArray[np.bool_]:
    """Where a plate shows its backdrop, which is keyed out; nowhere in other pictures."""
    return keying.is_bare(laid.shown, keying.backdrop(reference.greys))


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
            views = _distinct(plain_views(reference, shape=shape))
            pictures = [_pictures(reference, view) for view in views]
            is_plate = keying.backdrop(reference.greys) is not None
            least = LEAST_OF_PLATES if is_plate else LEAST_LIKENESS
            for number, target in zip(group, targets, strict=True):
                if searches[number].ground.guess.key != key and (searches[number].is_hole or not is_plate):
                    found[number] += _voted(
                        searches[number].window, key, reference, views, pictures, target, least
                    )
    return [_likeliest(guesses, references) for guesses in found]


def _distinct(views: Sequence[Rect]) -> list[Rect]:
    """Views without those that differ by less than a pixel of the film grid."""
    kept: dict[tuple[object, ...], Rect] = {}
    for view in views:
        sides = (view.left, view.top, view.right, view.bottom)
        kept.setdefault((view.mirrored, *(round(side * GRID_HEIGHT) for side in sides)), view)
    return list(kept.values())


def _likeliest(guesses: Sequence[Candidate], references: Mapping[str, Reference]) -> list[Candidate]:
    """The likeliest guesses, and those of plates: a figure's outline is no detail of what it is keyed over."""
    ordered = sorted(guesses, key=lambda one: -one.likeness)
    plates = [one for one in ordered if keying.backdrop(references[one.key].greys) is not None]
    return list(dict.fromkeys([*ordered[:MOST_CANDIDATES], *plates[:MOST_PLATES]]))


def _target(search: _Search) -> tuple[Floats, Floats]:
    """Detail inside the mask, of length 1, and the mask; both float32 (n, pixels)."""
    count = len(search.mask)
    inside = mixing.inside_detail(search.target, search.mask).reshape(count, -1)
    length = np.linalg.norm(inside, axis=1, keepdims=True) + 1
    return np.asarray(inside / length, np.float32), search.mask.reshape(count, -1).astype(np.float32)


def _pictures(reference: Reference, view: Rect) -> Floats:
    """The same as rows, float32 (t, pixels)."""
    return _pictures_of(reference, view).reshape(-1, _PIXELS)


def _pictures_of(reference: Reference, view: Rect) -> Floats:
    """Detail of what a view shows of every second kept frame, float32 (t, 36, 64)."""
    height, width = reference.greys.shape[1:]
    matrix = agree.matrix_of(view, width=width, height=height)
    greys = reference.greys[:: 1 if reference.still else EVERY]
    return mixing.detail(np.stack([agree.laid_over(grey, matrix) for grey in greys]))


def _voted(
    window: Window,
    key: str,
    reference: Reference,
    views: Sequence[Rect],
    pictures: Sequence[Floats],
    target: tuple[Floats, Floats],
    least: float,
) -> list[Candidate]:
    inside, masks = target
    times = reference.times[:: 1 if reference.still else EVERY]
    found = []
    for view, shown in zip(views, pictures, strict=True):
        likeness = (inside @ shown.T) / np.sqrt(masks @ (shown * shown).T + 1)
        if float(likeness.max(axis=1).mean()) < least:
            continue
        still = reference.still
        speed, offset, score = (
            (0.0, 0.0, float(likeness.mean())) if still else vote(likeness, window.times, times)
        )
        if score >= least:
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
    worth = [
        _worth_of_key(search, layer, references) if search.is_hole else _worth_of_blend(search, layer)
        for layer in laid
    ]
    if not laid or max(worth) <= 0:
        return []
    best = laid[int(np.argmax(worth))]
    if not search.is_hole:
        return _blends(film, search, best, references)
    return _keys(film, search, _in_its_matte(search, best, references), references)


def _laid_in_mask(search: _Search, guess: Candidate, reference: Reference) -> _Laid:
    """A layer registered on what the ground leaves."""
    window = replace(search.window, greys=search.target)
    if not search.is_hole:
        return _laid(window, guess, reference)
    height, width = reference.greys.shape[1:]
    matrix = agree.matrix_of(guess.rect, width=width, height=height)
    shown = _shown(reference, guess, matrix, window.times)
    return _in_time(window, _Laid(guess, matrix, shown, _within(reference, matrix)), reference, search.mask)


def _registered(grey: Array, shown: Array, start: Matrix, mask: Array) -> Matrix:
    """A map moved until the reference fits inside the mask."""
    height, width = shown.shape
    seen = cv2.warpAffine(mask, start, (width, height), flags=cv2.INTER_NEAREST)
    steps = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    try:
        _, found = cv2.findTransformECC(grey, shown, start.copy(), cv2.MOTION_AFFINE, steps, seen, 3)
    except cv2.error:
        return start
    matrix = np.asarray(found, np.float32)
    corners = np.array([[0, 0, 1], [GRID_WIDTH - 1, GRID_HEIGHT - 1, 1]], np.float32).T
    is_near = float(np.abs((matrix - start) @ corners).max()) <= MOST_MOVED
    return matrix if is_near else start


def _worth_of_blend(search: _Search, layer: _Laid) -> float:
    """How well one opacity of the layer explains a window where the ground alone does not; 0 when it doesn't."""
    ground = search.ground
    mixed = mixing.mixture(search.window.greys, ground.shown, layer.shown)
    return float(mixed.blended.mean()) if np.median(_is_blend(mixed)) > 0 else 0.0


def _is_blend(mixed: mixing.Mixture) -> npt.NDArray[np.bool_]:
    """Per frame: whether both explain it with one opacity all over."""
    is_blend = (mixed.blended >= BLENDED) & (mixed.opacity >= FAINT) & (mixed.opacity <= 1 - FAINT)
    return np.asarray(is_blend & (mixed.joint >= JOINT), np.bool_)


def _worth_of_key(search: _Search, layer: _Laid, references: Mapping[str, Reference]) -> float:
    """How well a layer fits where the ground does not show; 0 when it is not believed, or lies all over like a veil."""
    if _worth_of_blend(search, layer) >= mixing.SURELY_BLENDED:
        return 0.0
    key = _key(search, layer, references)
    proof = keying.proof_of(search.window.greys, layer.shown, key.matte, search.mask)
    return proof.agreement if _proves(proof) else 0.0


def _key(search: _Search, layer: _Laid, references: Mapping[str, Reference]) -> keying.Key:
    return keying.keyed(
        search.window.greys,
        search.ground.shown,
        layer.shown,
        start=search.mask.astype(np.float32),
        barred=_barred(search, layer, references),
    )


def _in_its_matte(search: _Search, layer: _Laid, references: Mapping[str, Reference]) -> _Laid:
    """The layer once more at its best moment, now that its outline is known."""
    inside = mixing.shrunk((_key(search, layer, references).matte >= 0.5).astype(np.uint8), by=KEY_BORDER)
    return _in_time(search.window, layer, references[layer.guess.key], inside)


def _proves(proof: keying.Proof) -> bool:
    return proof.agreement >= KEYED and proof.fit >= FITS and proof.filled >= FILLED


def _barred(search: _Search, layer: _Laid, references: Mapping[str, Reference]) -> Array:
    """1 where the layer can't be, -1 where the ground can't, int8 (n, 36, 64)."""
    ground = search.ground
    bare = _bare(ground, references[ground.guess.key]) | (ground.within == 0)
    gone = _bare(layer, references[layer.guess.key]) | (layer.within == 0)
    return np.asarray(gone.astype(np.int8) - bare, np.int8)


def _keys(
    film: Film, search: _Search, layer: _Laid, references: Mapping[str, Reference]
) -> list[tuple[Run, Run]]:
    """A keyed pair followed through its shot: runs of the ground and of what lies over it, where both are seen."""
    window = search.window
    first, times, greys = _reach(film, window)
    ground, over = (
        replace(one, shown=_shown(references[one.guess.key], one.guess, one.matrix, times))
        for one in (search.ground, layer)
    )
    followed = replace(search, ground=ground)
    hole = _hole(replace(window, greys=greys), ground, references[ground.guess.key])
    barred = _barred(followed, over, references)
    key = keying.keyed(greys, ground.shown, over.shown, start=hole.astype(np.float32), barred=barred)
    scores = keying.explained(greys, ground.shown, over.shown, key.matte)
    shows = (scores >= JOINT) & (key.matte.mean(axis=(1, 2)) >= LEAST_MATTE)
    found = []
    for begin, end in bridged(film, stretches(shows, (0, len(times))), first):
        span = slice(begin, end)
        if film.edge(first + end) - film.edge(first + begin) < LEAST_SECONDS:
            continue
        inner = mixing.shrunk(hole[span], by=KEY_BORDER)
        proof = keying.proof_of(greys[span], over.shown[span], key.matte[span], inner)
        if (
            not _proves(proof)
            or _fine(greys[span], ground.shown[span], over.shown[span], key.matte[span]) < LEAST_FINE
        ):
            continue
        runs = [
            _run(one, window, references[one.guess.key], (first + begin, first + end), scores[span])
            for one in (ground, over)
        ]
        found.append(_weighed(runs[0], runs[1], key.matte[span].mean(axis=0), _ends(key, span)))
    return found


def _ends(key: keying.Key, span: slice) -> tuple[float, float]:
    """Least and greatest share of the frame that the layer takes."""
    return (
        max(0.0, float(key.low[span].mean()) - KEY_ERROR),
        min(1.0, float(key.high[span].mean()) + KEY_ERROR),
    )


def _reach(film: Film, window: Window) -> tuple[int, npt.NDArray[np.float64], Array]:
    """The shot around a window: its first frame, the seconds and the small pictures of all its frames."""
    first, last = max(window.shot[0], window.first - REACH), min(window.shot[1], window.last + REACH)
    times = np.array([float(start) for start in film.starts[first:last]])
    return first, times, agree.boxed(film.greys[first:last], window.box)


def _blends(
    film: Film, search: _Search, layer: _Laid, references: Mapping[str, Reference]
) -> list[tuple[Run, Run]]:
    """A blend followed through its shot: runs of the ground and of what lies over it."""
    window = search.window
    first, times, greys = _reach(film, window)
    ground, over = (
        _shown(references[one.guess.key], one.guess, one.matrix, times) for one in (search.ground, layer)
    )
    mixed = mixing.mixture(greys, ground, over, pooled=POOLED_FRAMES)
    found = []
    for begin, end in bridged(film, stretches(_is_blend(mixed), (0, len(times))), first):
        if film.edge(first + end) - film.edge(first + begin) >= LEAST_SECONDS:
            span = slice(begin, end)
            opacity = float(np.median(mixed.opacity[span]))
            matte = np.full((end - begin, GRID_HEIGHT, GRID_WIDTH), opacity, np.float32)
            if _fine(greys[span], ground[span], over[span], matte) < LEAST_FINE:
                continue
            ground_run, layer_run = (
                _run(one, window, references[one.guess.key], (first + begin, first + end), scores[span])
                for one, scores in ((search.ground, mixed.joint), (layer, mixed.blended))
            )
            ends = max(0.0, opacity - ERROR), min(1.0, opacity + ERROR)
            found.append(_weighed(ground_run, layer_run, matte[0], ends))
    return found


def _fine(film: Array, ground: Array, over: Array, matte: Floats) -> float:
    """How well the two, put together again, agree with the film in lines and small shapes; the median of a few frames."""
    looks = np.unique(np.linspace(0, len(film) - 1, min(FINE_LOOKS, len(film))).astype(np.intp))
    together = (1 - matte[looks]) * ground[looks] + matte[looks] * over[looks]
    agreement = agree.fine_agreement(film[looks], np.asarray(together.round(), np.uint8))
    return float(np.median(agreement))


def _run(laid: _Laid, window: Window, reference: Reference, span: tuple[int, int], scores: Floats) -> Run:
    return run_of(window, laid.guess, laid.matrix, reference, span=span, scores=scores)


def _weighed(ground: Run, layer: Run, matte: Floats, ends: tuple[float, float]) -> tuple[Run, Run]:
    """Ground and layer with what each covers; the one that covers more is the ground."""
    low, high = ends
    if float(matte.mean()) > 0.5:
        ground, layer, matte, low, high = layer, ground, 1 - matte, 1 - high, 1 - low
    return (
        replace(ground, cover=Cover(1 - high, 1.0, _heat(1 - matte))),
        replace(layer, covered=(low + high) / 2, over=ground.key, cover=Cover(low, high, _heat(matte))),
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
