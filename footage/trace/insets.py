"""A picture inside the picture: insets and split screens, looked for in boxes of the film's frame."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from footage.decode import Array
from footage.fingerprints import WHOLE, Floats, Rect, Reference, describe, describe_views
from footage.trace.candidates import Candidate, candidates_of
from footage.trace.film import Film
from footage.trace.following import Run, verified
from footage.trace.hinted import Hint, during
from footage.trace.outlines import best_rectangle
from footage.trace.views import filled, mirrored, plain_views
from footage.trace.windows import window_of

SIDES = {0.6: 0.1, 0.5: 0.067, 0.4: 0.1, 0.32: 0.12}
"""Sides of the boxes, as shares of the frame's sides, and the distance between neighbours, as a share of their side. Half of
that is what a descriptor forgives; half-size insets are the usual ones. A box as wide as a quarter shows too little to be
sure."""

STEP = 0.05
"""First step by which a box is moved, as a share of its side."""

HALVES = (
    Rect(0.0, 0.0, 0.5, 1.0),
    Rect(0.5, 0.0, 1.0, 1.0),
    Rect(0.0, 0.0, 1.0, 0.5),
    Rect(0.0, 0.5, 1.0, 1.0),
    Rect(0.0, 0.0, 1 / 3, 1.0),
    Rect(1 / 3, 0.0, 2 / 3, 1.0),
    Rect(2 / 3, 0.0, 1.0, 1.0),
)

COARSE = tuple(Rect(x / 8, y / 8, (x + 2) / 8, (y + 2) / 8) for y in range(7) for x in range(7))
"""A grid of boxes smaller than any inset: what is seen in all of them is seen in every box."""

MOVES = (
    *((across, down, across, down) for across, down in ((-1, 0), (1, 0), (0, -1), (0, 1))),
    *((-side, -side, side, side) for side in (-1, 1)),
)
"""How the sides of a box move: left, top, right and bottom."""

LOOKS = 4
"""Frames of a window that are looked at in every box."""

LOOK_SECONDS = 4.0
"""A shot is looked at about so often."""

WINDOW_SECONDS = 2.0
MOST_GUESSES, MOST_MOVED = 4, 12
"""Boxes that are tried, and boxes that are moved to where they look likest before the best of them are."""

NEAR = 0.7
"""Overlap from which two boxes would be moved to the same place."""

LEAST_STEP = 0.02
"""Smallest step of a box, as a share of its side: a locked-off shot agrees with itself until a box is off by so much."""

WORTH_A_TRY = 0.5
"""Likeness of a box that is tried: true insets of real clips reach 0.61 and more, strangers seldom 0.6."""

HINT_FRAMES = 10
"""Kept frames, five a second, in which a named box is looked at before the run is followed through its shot."""

LEAST_SIDE = 0.15
"""A named box must take this much of the frame's width and height: smaller ones show too little to be sure."""

EVERY = 4
"""Of a moving reference every fourth kept frame (a third of a second) is compared with the boxes."""

AS_STRONG = 0.97
"""A box that shows all of the reference is taken when it agrees this well beside the first one."""

SEEN = 5.5
"""Agreement (0 to 9) of what fills the frame, inside the box of an inset, from which there is no inset."""

DIFFERS, LEAST_HOLE = 4.5, 0.04
"""Agreement of what fills the frame below which a point shows something else, and share of the frame that must."""

IN_HOLE = 0.5
"""Overlap of a box with the hole it may fill: the map of agreement is coarse."""

SURE = 0.8
"""Agreement from which an inset is believed: so many boxes are tried that chance has more to say than for a frame."""

SURE_OF_LINES = 0.75
"""And its lines so well: a box of plain sky with a vignette reaches 0.64, the weakest true inset 0.84."""


@dataclass(frozen=True, slots=True)
class _Guess:
    box: Rect
    key: str
    likeness: float
    group: int = 0


@lru_cache(maxsize=1)
def boxes() -> tuple[Rect, ...]:
    """All boxes of the frame that are looked into, about 900."""
    found = list(HALVES)
    for side, step in SIDES.items():
        count = round((1 - side) / (step * side)) + 1
        places = np.linspace(0.0, 1.0 - side, count)
        found += [Rect(float(x), float(y), float(x + side), float(y + side)) for y in places for x in places]
    return tuple(found)


def find_insets(
    film: Film, references: Mapping[str, Reference], runs: Sequence[Run], *, hints: Sequence[Hint] = ()
) -> list[Run]:
    """Runs that fill a part of the frame only; their `box` says which part.

    Args:
        runs: What fills the whole frame. A reference that does is not looked for in its parts.
        hints: What a timeline lays where; its boxes are tried whatever their size.
    """
    film, whole = _sparse(film), film
    groups = _by_shape(film)
    described = {
        key: [_described(reference, shape) for shape in groups] for key, reference in references.items()
    }
    found: list[Run] = []
    for shot in film.shots:
        for first, last in _looks(film, shot):
            span = whole.fine_frames[first], whole.fine_frames[last - 1]
            if film.kinds[(first + last) // 2] or _is_full(runs, *span):
                continue
            wanted = _unless_shown(described, runs, *span)
            for guess in _guesses(film, first, last, wanted, groups, _hole(runs, *span)):
                if not _is_known(found, guess, first, last):
                    found += _verified(film, shot, (first, last), guess, references[guess.key])
    found += _hinted(film, found, references, [hint for hint in hints if hint.box])
    found += _as_in_other_shots(film, found, references)
    return [run for run in (_in_frames(run, whole) for run in _best(found)) if not _is_shown(run, runs)]


def _hinted(
    film: Film, runs: Sequence[Run], references: Mapping[str, Reference], hints: Sequence[Hint]
) -> list[Run]:
    """Runs in the boxes that a timeline names, where the search of all boxes has found none."""
    found: list[Run] = []
    for shot in film.shots if hints else ():
        for hint in during(hints, film.edge(shot[0]), film.edge(shot[1])):
            box = hint.box and _inside(hint.box)
            first = max(shot[0], bisect_left(film.starts, hint.start))
            last = min(shot[1], bisect_left(film.starts, hint.end), first + HINT_FRAMES)
            if box is None or hint.key not in references or last <= first:
                continue
            guess = _Guess(box, hint.key, 1.0)
            if not _is_known([*runs, *found], guess, first, last):
                found += _verified(film, shot, (first, last), guess, references[hint.key])
    return found


def _inside(box: Rect) -> Rect | None:
    """The box as far as it lies in the frame; None for less than `LEAST_SIDE` of either side."""
    left, top, right, bottom = (
        max(0.0, box.left),
        max(0.0, box.top),
        min(1.0, box.right),
        min(1.0, box.bottom),
    )
    return Rect(left, top, right, bottom) if min(right - left, bottom - top) >= LEAST_SIDE else None


def _is_full(runs: Sequence[Run], first: int, last: int) -> bool:
    """Whether one run is seen in every box of the frame, so that no inset can be found."""
    grounds = [run for run in runs if run.first <= first and last < run.last and run.cover]
    return any(min(_seen_in(run.cover.heat, box) for box in COARSE) >= SEEN for run in grounds if run.cover)


def _hole(runs: Sequence[Run], first: int, last: int) -> Rect | None:
    """The rectangle in which what fills the frame does not show; None without one of `LEAST_HOLE`."""
    for run in runs:
        if run.cover and run.first <= first and last < run.last:
            height, width = run.cover.heat.shape
            worth = ((DIFFERS - run.cover.heat.astype(np.float32)) / 9).astype(np.float32)
            top, bottom, left, right = best_rectangle(worth)
            box = Rect(left / width, top / height, right / width, bottom / height)
            if box.width * box.height >= LEAST_HOLE:
                return box
    return None


def _is_shown(inset: Run, runs: Sequence[Run]) -> bool:
    """Whether what fills the frame is seen where the inset is said to be: then there is none."""
    grounds = [run for run in runs if run.first < inset.last and inset.first < run.last and run.cover]
    return any(_seen_in(run.cover.heat, inset.box) >= SEEN for run in grounds if run.cover)


def _seen_in(heat: Array, box: Rect) -> float:
    """Mean agreement inside a box of a heat map, 0 to 9."""
    height, width = heat.shape
    rows = slice(round(box.top * height), max(round(box.top * height) + 1, round(box.bottom * height)))
    columns = slice(round(box.left * width), max(round(box.left * width) + 1, round(box.right * width)))
    return float(heat[rows, columns].mean())


def _sparse(film: Film) -> Film:
    """The film at five frames a second, each at twice the size."""
    frames = film.fine_frames
    return replace(
        film,
        starts=tuple(film.starts[frame] for frame in frames),
        greys=film.fine,
        rows=film.rows[list(frames)],
        columns=film.columns[list(frames)],
        kinds=tuple(film.kinds[frame] for frame in frames),
        cuts=tuple(sorted({bisect_left(frames, cut) for cut in film.cuts} - {0, len(frames)})),
        held=(),
    )


def _in_frames(run: Run, film: Film) -> Run:
    """A run of the sparse film as one of the whole film; its ends reach to the cut when one is next to them."""
    edges = [*film.fine_frames, film.count]
    first, last = edges[run.first], edges[run.last]
    first = max(
        (cut for cut in (0, *film.cuts) if edges[max(0, run.first - 1)] < cut <= first), default=first
    )
    last = min((cut for cut in (*film.cuts, film.count) if edges[run.last - 1] < cut <= last), default=last)
    places = np.searchsorted(film.fine_frames, np.arange(first, last), side="right") - 1
    scores = run.scores[(places - run.first).clip(0, len(run.scores) - 1)]
    return replace(run, first=first, last=last, scores=scores, is_inset=True)


def _unless_shown(
    described: Mapping[str, Sequence[Floats]], runs: Sequence[Run], first: int, last: int
) -> dict[str, Sequence[Floats]]:
    shown = {run.key for run in runs if run.first <= last and first < run.last}
    return {key: views for key, views in described.items() if key not in shown}


def _by_shape(film: Film) -> dict[float, list[Rect]]:
    """The boxes by their width over height as shown."""
    groups: dict[float, list[Rect]] = {}
    for box in boxes():
        shape = film.head.width * box.width / (film.head.height * box.height)
        groups.setdefault(round(shape, 2), []).append(box)
    return groups


def _described(reference: Reference, shape: float) -> Floats:
    """What a box of a shape may show of a reference: all of it or its middle, and mirrored; float32 (n, 143)."""
    greys = reference.greys[:: 1 if reference.still else EVERY]
    views = dict.fromkeys((WHOLE, filled(WHOLE, shape=shape, aspect=reference.width / reference.height)))
    return np.concatenate([describe(greys, view) for view in [*views, *map(mirrored, views)]])


def _looks(film: Film, shot: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Windows of up to two seconds, one for about every four seconds of a shot."""
    seconds = float(film.edge(shot[1]) - film.edge(shot[0]))
    parts = max(1, round(seconds / LOOK_SECONDS))
    edges = np.linspace(shot[0], shot[1], parts + 1)
    rate = (shot[1] - shot[0]) / max(seconds, 0.04)
    for begin, end in pairwise(edges):
        half = min((end - begin) / 2, WINDOW_SECONDS * rate / 2)
        middle = (begin + end) / 2
        if round(middle + half) > round(middle - half):
            yield round(middle - half), round(middle + half)


def _guesses(
    film: Film,
    first: int,
    last: int,
    described: Mapping[str, Sequence[Floats]],
    groups: Mapping[float, Sequence[Rect]],
    hole: Rect | None,
) -> list[_Guess]:
    """The likeliest boxes and what they may show, best first, overlapping ones left out.

    Args:
        hole: Where what fills the frame does not show; boxes there are moved however unlike they look.
    """
    frames = sorted({int(frame) for frame in np.linspace(first, last - 1, LOOKS).round()})
    greys = film.greys[frames]
    found: list[_Guess] = []
    in_hole: list[_Guess] = []
    for number, places in enumerate(groups.values()):
        there = [place for place, box in enumerate(places) if hole and overlap(box, hole) >= IN_HOLE]
        looked = describe_views(greys, places).reshape(len(places) * len(greys), -1)
        for key, views in described.items():
            likeness = (looked @ views[number].T).max(axis=1).reshape(len(places), -1).mean(axis=1)
            best = np.argsort(-likeness)[:MOST_GUESSES]
            found += [
                _Guess(places[place], key, float(likeness[place]), number)
                for place in best
                if likeness[place] >= WORTH_A_TRY
            ]
            in_hole += [_Guess(places[place], key, float(likeness[place]), number) for place in there]
    likely = [guess for some in (found, in_hole) for guess in _distinct(some, MOST_MOVED, apart=NEAR)]
    moved = [_moved(greys, guess, described[guess.key][guess.group]) for guess in likely]
    return _distinct(moved, MOST_GUESSES)


def _moved(greys: Array, guess: _Guess, views: Floats) -> _Guess:
    """A guess whose box is moved and zoomed, in ever smaller steps, to where it looks likest."""
    step = STEP
    while step >= LEAST_STEP / 2:
        beside = list(_beside(guess.box, step))
        likeness = [float((describe(greys, box) @ views.T).max(axis=1).mean()) for box in beside]
        best = int(np.argmax(likeness)) if likeness else -1
        if likeness and likeness[best] > guess.likeness:
            guess = replace(guess, box=beside[best], likeness=likeness[best])
        else:
            step /= 2
    return guess


def _beside(box: Rect, step: float) -> Iterator[Rect]:
    """The boxes of one shape a step to every side, and a step wider and narrower, that lie in the frame."""
    wide, high = step * box.width, step * box.height
    for left, top, right, bottom in MOVES:
        moved = Rect(
            box.left + left * wide, box.top + top * high, box.right + right * wide, box.bottom + bottom * high
        )
        if min(moved.left, moved.top, 1 - moved.right, 1 - moved.bottom) >= 0:
            yield moved


def _distinct(guesses: Sequence[_Guess], most: int, *, apart: float = 0.6) -> list[_Guess]:
    """The likeliest guesses, without those that overlap more than `apart` with a better one of their reference."""
    kept: list[_Guess] = []
    for guess in sorted(guesses, key=lambda guess: -guess.likeness):
        if all(other.key != guess.key or overlap(other.box, guess.box) < apart for other in kept):
            kept.append(guess)
    return kept[:most]


def overlap(one: Rect, other: Rect) -> float:
    """Area of the part two boxes share over the area they cover together."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    return both / (one.width * one.height + other.width * other.height - both)


def _is_known(runs: Sequence[Run], guess: _Guess, first: int, last: int) -> bool:
    return any(run.key == guess.key and run.first <= first and last <= run.last for run in runs)


def _verified(
    film: Film, shot: tuple[int, int], span: tuple[int, int], guess: _Guess, reference: Reference
) -> list[Run]:
    """Runs of a guess, once more in the box that the first registration points to where that agrees better."""
    runs = _in_box(film, shot, span, guess.key, guess.box, reference)
    if not runs:
        return []
    for box in _grown(max(runs, key=lambda run: run.agreement), film, reference):
        again = _in_box(film, shot, span, guess.key, box, reference)
        if again and _strength(again) >= AS_STRONG * _strength(runs):
            runs = again
    return [run for run in runs if run.agreement >= SURE and run.fine >= SURE_OF_LINES]


def _as_in_other_shots(film: Film, runs: Sequence[Run], references: Mapping[str, Reference]) -> list[Run]:
    """Runs tried again with the box, speed and place of the best run of their reference.

    An inset often goes on while the picture behind it is cut.
    """
    best: dict[str, Run] = {}
    for run in runs:
        if run.key not in best or run.agreement > best[run.key].agreement:
            best[run.key] = run
    found = []
    for run in runs:
        model = best[run.key]
        if run is not model and run.agreement < model.agreement:
            window = window_of(film, _shot_of(film, run), (run.first, run.last), model.box)
            middle = len(window.frames) // 2
            guess = Candidate(run.key, model.rect, model.speed, model.offset, run.agreement, middle)
            again = verified(film, window, guess, references[run.key])
            found += [
                one
                for one in again
                if one.agreement >= max(SURE, run.agreement) and one.fine >= SURE_OF_LINES
            ]
    return found


def _shot_of(film: Film, run: Run) -> tuple[int, int]:
    return next(shot for shot in film.shots if shot[0] <= run.first < shot[1])


def _strength(runs: Sequence[Run]) -> float:
    return sum(run.agreement * (run.last - run.first) for run in runs)


def _in_box(
    film: Film, shot: tuple[int, int], span: tuple[int, int], key: str, box: Rect, reference: Reference
) -> list[Run]:
    window = window_of(film, shot, span, box)
    [candidates] = candidates_of([window], {key: reference}, views=plain_views)
    for candidate in candidates:
        if runs := verified(film, window, candidate, reference):
            return runs
    return []


def _grown(run: Run, film: Film, reference: Reference) -> list[Rect]:
    """Boxes that would show all of the reference, and its middle in the film's own shape."""
    shape = film.head.width / film.head.height
    middle = filled(WHOLE, shape=shape, aspect=reference.width / reference.height)
    found = []
    for part in dict.fromkeys((middle, WHOLE)):
        across, down = run.box.width / run.rect.width, run.box.height / run.rect.height
        ahead = run.rect.right - part.right if run.rect.mirrored else part.left - run.rect.left
        left, top = run.box.left + ahead * across, run.box.top + (part.top - run.rect.top) * down
        right, bottom = left + part.width * across, top + part.height * down
        found.append(Rect(max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)))
    return found


def _best(runs: Sequence[Run]) -> list[Run]:
    """Of several boxes that show one reference at the same time, the one that agrees best."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run.agreement, run.first)):
        if not any(
            run.key == other.key and run.first < other.last and other.first < run.last for other in kept
        ):
            kept.append(run)
    return kept
