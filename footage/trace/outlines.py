"""The rectangle an inset fills, to a pixel of the fine frames: where it explains the film better than what lies behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from footage.decode import Array
from footage.fingerprints import Floats, Rect, Reference
from footage.trace.agreement import Matrix
from footage.trace.candidates import nearest_places
from footage.trace.film import Film
from footage.trace.following import Cover, Run

WIDTH, HEIGHT = 128, 72
"""Size in pixels of a film's fine frames."""

MOST_FRAMES = 6
ROUNDS = 3
"""Times that the map is moved in the rectangle found and the rectangle found anew."""

SOFT = 0.7
"""Standard deviation in pixels of the blur over film and references: neither is as sharp as the other."""

NOISE = 30.0
"""Squared grey values by which two frames of one picture may differ: codec, scaling, a moment beside."""

WORSE = 4.0
"""So many times what the inset leaves in its middle are something else, where the ground is not known."""

LEAST_INSIDE, MOST_OUTSIDE = 0.3, -0.3
"""Mean worth (-1 to 1) that a rectangle must gather inside, and leave around itself, to be believed."""

SAME_SIDE = 0.025
"""Share of the frame's side by which the rectangle drawn and the one registered may lie apart and still be one."""

EDGE, LOOSE_EDGE, SHORT = 0.008, 0.015, 0.04
"""What a rectangle may be off, as a share of the frame: one that registration and picture both draw, one that stands out
from a known ground, and what is missing at most of one whose ground is not known."""

WORST = 1e4
"""Squared grey values beyond which more makes no difference."""

LEAST_AROUND = 0.2
"""Share of the frame that must lie around an inset for the ground's grade to be told."""

RING = 6
"""Pixels around a rectangle in which it must be seen to end."""

LEAST_SIDE = 12
"""Pixels; a smaller rectangle tells too little of a grade."""


@dataclass(frozen=True, slots=True)
class _Looks:
    """Fine frames of a run, and what its reference shows at the same moments.

    Attributes:
        film: float32 (n, 72, 128).
        theirs: uint8 (n, h, w).
    """

    film: Floats
    theirs: Array


def outlined(
    film: Film, references: Mapping[str, Reference], runs: Sequence[Run], insets: Sequence[Run]
) -> list[Run]:
    """Insets, each in the rectangle it fills and with the area of it, where that can be told.

    Args:
        runs: What fills the whole frame.
        insets: With what each covers as far as it is known.
    """
    return [_outlined(film, references, runs, inset) for inset in insets]


def _outlined(film: Film, references: Mapping[str, Reference], runs: Sequence[Run], inset: Run) -> Run:
    ground = _ground(film, runs, inset)
    frames = _frames(film, [inset, ground] if ground else [inset])
    if not frames or inset.moving or inset.cover is None:
        return inset
    looks = _looks(film, frames, inset, references[inset.key])
    behind = _looks(film, frames, ground, references[ground.key]) if ground else None
    matrix, box = _map(inset, references[inset.key]), inset.box
    for _ in range(ROUNDS):
        matrix = _registered(looks, matrix, box)
        left = _left(looks, matrix, box)
        other = _something(left, box)
        if ground and behind:
            other = _behind(behind, _map(ground, references[ground.key]), box, other)
        drawn = _drawn(_worth(left, other))
        if drawn is None:
            return inset
        box = drawn
    found = _in_box(inset, inset.cover, matrix, box, references[inset.key], is_clear=ground is not None)
    return _no_smaller(found, _hole(other, found.box)) if ground else found


def _frames(film: Film, runs: Sequence[Run]) -> list[int]:
    """Places among the fine frames, spread over what all the runs share."""
    frames = np.array(film.fine_frames)
    first, last = max(run.first for run in runs), min(run.last for run in runs)
    inside = np.flatnonzero((frames >= first) & (frames < last))
    spread = np.linspace(0, len(inside) - 1, min(MOST_FRAMES, len(inside))).round().astype(int)
    return [int(inside[index]) for index in spread]


def _looks(film: Film, frames: Sequence[int], run: Run, reference: Reference) -> _Looks:
    times = np.array([float(film.starts[film.fine_frames[frame]]) for frame in frames])
    places = nearest_places(reference.times, run.speed * times + run.offset)
    ours = film.fine[list(frames)].astype(np.float32)
    soft = np.stack([cv2.GaussianBlur(one, (0, 0), SOFT) for one in ours])
    return _Looks(np.asarray(soft, np.float32), np.asarray(reference.greys[places], np.uint8))


def _map(run: Run, reference: Reference) -> Matrix:
    """Pixel of the fine frame to pixel of the reference, float32 (2, 3)."""
    height, width = reference.greys.shape[1:]
    left, right = (run.rect.right, run.rect.left) if run.rect.mirrored else (run.rect.left, run.rect.right)
    across = (right - left) * width / (run.box.width * WIDTH)
    down = run.rect.height * height / (run.box.height * HEIGHT)
    x, y = run.box.left * WIDTH - 0.5, run.box.top * HEIGHT - 0.5
    return np.array(
        [
            [across, 0, left * width - 0.5 - across * x],
            [0, down, run.rect.top * height - 0.5 - down * y],
        ],
        np.float32,
    )


def _part(box: Rect, *, shrunk: int = 0) -> tuple[slice, slice]:
    """Rows and columns of a box of the fine frame."""
    top, bottom = round(box.top * HEIGHT) + shrunk, round(box.bottom * HEIGHT) - shrunk
    left, right = round(box.left * WIDTH) + shrunk, round(box.right * WIDTH) - shrunk
    return slice(top, bottom), slice(left, right)


def _registered(looks: _Looks, start: Matrix, box: Rect) -> Matrix:
    """The map moved until the reference fits inside a box, by the frame that fits best; the map itself if none does."""
    rows, columns = part = _part(box, shrunk=1)
    best, least = start, _misfit(looks, start, part)
    for ours, theirs in list(zip(looks.film, looks.theirs, strict=True))[:: max(1, len(looks.film) // 3)]:
        found = _moved(ours[part], theirs, _shifted(start, columns.start, rows.start))
        if found is None:
            continue
        matrix = _shifted(found, -columns.start, -rows.start)
        reached = _misfit(looks, matrix, part)
        if reached < least:
            best, least = matrix, reached
    return best


def _moved(ours: Floats, theirs: Array, start: Matrix) -> Matrix | None:
    steps = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
    grey = ours.round().clip(0, 255).astype(np.uint8)
    try:
        _, found = cv2.findTransformECC(grey, theirs, start, cv2.MOTION_AFFINE, steps, None, 3)
    except cv2.error:
        return None
    return np.asarray(found, np.float32)


def _shifted(matrix: Matrix, across: int, down: int) -> Matrix:
    """The map for a part of the frame that begins so many pixels to the right and down."""
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ np.array([across, down], np.float32)
    return moved


def _misfit(looks: _Looks, matrix: Matrix, part: tuple[slice, slice]) -> float:
    return float(np.median(_errors(looks, matrix, part)[part]))


def _errors(looks: _Looks, matrix: Matrix, part: tuple[slice, slice] | npt.NDArray[np.bool_]) -> Floats:
    """Squared difference of film and reference at every point, mean over the frames; graded as it is in a part."""
    shown = np.stack([_laid(theirs, matrix) for theirs in looks.theirs])
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    for ours, theirs in zip(looks.film, shown, strict=True):
        mean, other = float(ours[part].mean()), float(theirs[part].mean())
        both = float(((ours[part] - mean) * (theirs[part] - other)).mean())
        gain = min(4.0, max(0.25, both / (float(theirs[part].var()) + 1)))
        total += (ours - mean - gain * (theirs - other)) ** 2 / len(shown)
    return total


def _laid(grey: Array, matrix: Matrix) -> Floats:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(grey, matrix, (WIDTH, HEIGHT), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(laid.astype(np.float32), (0, 0), SOFT), np.float32)


def _left(looks: _Looks, matrix: Matrix, box: Rect) -> Floats:
    """What the inset leaves of the film at every point, squared grey values; without end where it does not reach."""
    errors = _errors(looks, matrix, _part(box, shrunk=2))
    reach = _reach(matrix, looks.theirs.shape[2], looks.theirs.shape[1])
    inside = np.zeros((HEIGHT, WIDTH), np.bool_)
    inside[_part(reach)] = True
    return np.where(inside, errors, np.inf).astype(np.float32)


def _reach(matrix: Matrix, width: int, height: int) -> Rect:
    """The box of the frame that the whole of the reference would fill."""
    across = sorted((x - 0.5 - float(matrix[0, 2])) / float(matrix[0, 0]) for x in (0, width))
    down = sorted((y - 0.5 - float(matrix[1, 2])) / float(matrix[1, 1]) for y in (0, height))
    left, right = (min(1.0, max(0.0, (x + 0.5) / WIDTH)) for x in across)
    top, bottom = (min(1.0, max(0.0, (y + 0.5) / HEIGHT)) for y in down)
    return Rect(left, top, right, bottom)


def _something(left: Floats, box: Rect) -> Floats:
    """What the inset would leave at least of something else: more than it leaves in its own middle."""
    middle = float(np.median(left[_part(box, shrunk=2)]))
    return np.full((HEIGHT, WIDTH), WORSE * min(middle, WORST) + 2 * NOISE, np.float32)


def _behind(looks: _Looks, matrix: Matrix, box: Rect, other: Floats) -> Floats:
    """What the ground leaves of the film at every point; `other` where too little of it is visible to tell its grade."""
    around = np.ones((HEIGHT, WIDTH), np.bool_)
    around[_part(box, shrunk=-2)] = False
    return _errors(looks, matrix, around) if around.mean() >= LEAST_AROUND else other


def _ground(film: Film, runs: Sequence[Run], inset: Run) -> Run | None:
    """What fills the frame in most of an inset's frames, as far as fine frames show it."""
    below = [run for run in runs if not run.is_part and not run.moving and _frames(film, [run, inset])]
    return max(below, key=lambda run: (_shared(run, inset), run.agreement), default=None)


def _shared(run: Run, inset: Run) -> int:
    return min(run.last, inset.last) - max(run.first, inset.first)


def _worth(left: Floats, behind: Floats) -> Floats:
    """From -1, where the ground explains the film and the inset does not, to 1, float32 (72, 128)."""
    bounded = np.minimum(left, 100 * WORST)
    return np.asarray((behind - bounded) / (behind + bounded + NOISE), np.float32)


def _drawn(worth: Floats) -> Rect | None:
    """The rectangle that gathers most worth, when it is full of it and ends in what has none."""
    top, bottom, left, right = best_rectangle(worth)
    if min(bottom - top, right - left) < LEAST_SIDE:
        return None
    ring = np.zeros(worth.shape, np.bool_)
    ring[max(0, top - RING) : bottom + RING, max(0, left - RING) : right + RING] = True
    ring[top:bottom, left:right] = False
    ends = not ring.any() or float(worth[ring].mean()) <= MOST_OUTSIDE
    if not ends or float(worth[top:bottom, left:right].mean()) < LEAST_INSIDE:
        return None
    return Rect(left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT)


def best_rectangle(worth: Floats) -> tuple[int, int, int, int]:
    """Top, bottom, left and right (half-open) of the rectangle whose values sum up to most.

    For every top the rows down to every bottom are added up, and the best stretch of columns is found in one pass (Kadane).
    """
    best, found = -np.inf, (0, 0, 0, 0)
    for top in range(len(worth)):
        rows = np.cumsum(worth[top:], axis=0, dtype=np.float64)
        sums = np.pad(np.cumsum(rows, axis=1), ((0, 0), (1, 0)))
        gains = sums - np.minimum.accumulate(sums, axis=1)
        place = int(np.argmax(gains))
        height, right = divmod(place, gains.shape[1])
        if gains[height, right] > best:
            best = float(gains[height, right])
            found = (top, top + height + 1, int(np.argmin(sums[height, : right + 1])), right)
    return found


def _in_box(
    inset: Run, cover: Cover, matrix: Matrix, drawn: Rect, reference: Reference, *, is_clear: bool
) -> Run:
    """The inset in the rectangle drawn, or, where the whole of the reference fills about the same one, in that."""
    height, width = reference.greys.shape[1:]
    reach = _reach(matrix, width, height)
    sides = zip(_sides(drawn), _sides(reach), strict=True)
    is_whole = all(abs(one - other) <= SAME_SIDE for one, other in sides)
    box = reach if is_whole else drawn
    less, more = (EDGE, EDGE) if is_whole else (LOOSE_EDGE, LOOSE_EDGE if is_clear else SHORT)
    area = box.width * box.height
    seen = Cover(max(0.0, area - less), min(1.0, area + more), cover.heat)
    return replace(inset, box=box, rect=_rect(matrix, box, width, height), cover=seen)


def _hole(behind: Floats, box: Rect) -> Rect:
    """The rectangle around an inset in which the ground does not show, without the pixels in which both mix."""
    around = np.ones((HEIGHT, WIDTH), np.bool_)
    around[_part(box, shrunk=-RING)] = False
    usual = float(np.median(behind[around])) if around.any() else 0.0
    limit = WORSE * usual + 2 * NOISE
    top, bottom, left, right = best_rectangle(np.asarray((behind - limit) / (behind + limit), np.float32))
    return Rect((left + 1) / WIDTH, (top + 1) / HEIGHT, (right - 1) / WIDTH, (bottom - 1) / HEIGHT)


def _no_smaller(inset: Run, hole: Rect) -> Run:
    """The inset with an area that may be that of the hole it lies in: in a take that zooms, time and size are easily confused."""
    beyond = [one - other for one, other in zip(_sides(hole), _sides(inset.box), strict=True)]
    more = -beyond[0], -beyond[1], beyond[2], beyond[3]
    is_around = min(more) >= -SAME_SIDE and max(more) <= 2 * SAME_SIDE
    if inset.cover is None or not is_around:
        return inset
    high = min(1.0, max(inset.cover.high, hole.width * hole.height))
    return replace(inset, cover=replace(inset.cover, high=high))


def _sides(box: Rect) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _rect(matrix: Matrix, box: Rect, width: int, height: int) -> Rect:
    """The part of the reference that a box of the frame shows."""
    ends = [
        float(matrix[0, 0]) * (x * WIDTH - 0.5) + float(matrix[0, 2]) + 0.5 for x in (box.left, box.right)
    ]
    top, bottom = (
        float(matrix[1, 1]) * (y * HEIGHT - 0.5) + float(matrix[1, 2]) + 0.5 for y in (box.top, box.bottom)
    )
    left, right = min(ends) / width, max(ends) / width
    return Rect(left, top / height, right, bottom / height, mirrored=ends[0] > ends[1])
