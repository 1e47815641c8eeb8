"""How much of a film's frame a reference covers, and where: a map of agreement, point by point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from footage.decode import Array
from footage.fingerprints import Floats, Rect, Reference
from footage.trace import agreement as agree
from footage.trace.candidates import nearest_places
from footage.trace.film import Film, content_box, rim_of
from footage.trace.following import Cover, Run

WIDTH, HEIGHT = 128, 72
"""Size in pixels at which frames are compared."""

WHOLE_FRAME = slice(0, HEIGHT), slice(0, WIDTH)
MAP_WIDTH, MAP_HEIGHT = 32, 18
"""Size of the map that is kept for people to look at."""

MOST_FRAMES, LEAST_CHOICE = 6, 4
"""Frames of a run that are compared, and from how many on the better half may speak for it."""

SHADING = 6.0
SOFT, SCALE = 1.0, 0.5
"""Blur in pixels of what is compared, and pixels of a reference per pixel of the frame where it shows all of it."""

NEIGHBOURHOOD = 9
"""Side in pixels of the square around a point over which agreement is asked for."""

SILENT = 4.0
"""Variance of grey values below which a point shows too little to agree or differ."""

FITS = 0.7
"""Agreement from which a map is near enough for the registration to find the rest."""

FITS_WELL = 0.9
"""And below which every frame may have a map of its own, in perspective."""

MOST_LEAN = 0.2
"""How much nearer one side of a picture may be filmed than the other, as a share of the distance."""

STEPS, ZOOMS = (-0.03, 0.0, 0.03), (0.95, 1.0, 1.05)

CLEAR = 0.9
"""Median agreement of what agrees from which the rest is believed to be something else."""

LEAST_SEEN, LEAST_ALIKE, SURELY_SEEN = 0.7, 0.7, 0.85
"""What has detail must agree so well, the stronger the more it says, and this part of it at all; unless the middle place agrees
so well that the others are something laid over it. Another picture of one painted room reaches 0.67 and 0.68, one house drawn
twice 0.58 and 0.70; the weakest true takes under all attacks, dark and cropped by 30 %, 0.74 and 0.74."""

LEAST_LIVELY = 0.05
"""Share of the frame that must have detail at all for that to be asked: a dark stage has next to none."""

MOST_ASKEW = 0.8
"""Share of the picture that must not clearly be something else for the rest to be a matter of laying it over."""

STROKE, THICK = 30.0, 5
"""Grey values by which a letter stands out from what the reference shows, and pixels from which it is no stroke any more."""

HOLE = 13
"""Side in pixels of the smallest compact part that is something else; scattered differences are the codec's."""

EDGE = 0.015
"""What a border that runs through a neighbourhood may add or take away."""


def cover_of(film: Film, run: Run, reference: Reference) -> Cover | None:
    """Lay the reference over frames of a run and compare them point by point.

    None for a run so short that no fine frame lies inside it.
    """
    chosen = _frames(film, run)
    if not chosen:
        return None
    pairs = [(film.fine[place], _shown(film, run, reference, place)) for place in chosen]
    maps = _maps(pairs, run, _map(run, reference))
    cover = _compared(film, run, reference, pairs, maps)
    if not cover.fits and len(pairs) >= LEAST_CHOICE:
        # What moves fast is seen at another moment than was kept; a true reference has frames that fit beyond doubt all the same.
        fits = [_fit([pair], matrix, WHOLE_FRAME) for pair, matrix in zip(pairs, maps, strict=True)]
        best = np.argsort(fits)[len(pairs) // 2 :]
        still = _compared(
            film, run, reference, [pairs[at] for at in best], [maps[at] for at in best], surely=True
        )
        return replace(cover, fits=still.fits)
    return cover


def _compared(
    film: Film,
    run: Run,
    reference: Reference,
    pairs: Sequence[tuple[Array, Array]],
    maps: Sequence[agree.Matrix],
    *,
    surely: bool = False,
) -> Cover:
    """What is covered as the mean of some frames says it; `surely` asks for more to believe it at all."""
    inside = np.min([_inside(matrix, reference) for matrix in maps], axis=0)
    counted = _counted(film, run, np.stack([frame for frame, _ in pairs]))
    laid = [_laid(shown, matrix) for (_, shown), matrix in zip(pairs, maps, strict=True)]
    counted = counted * (1 - _lettering([frame for frame, _ in pairs], laid))
    sums = np.zeros((3, HEIGHT, WIDTH), np.float32)
    for (frame, _), over in zip(pairs, laid, strict=True):
        # Without bars, rims and letters, whose edges would be the liveliest detail of all.
        ours = _detail(frame, SHADING, counted, soft=_softness(maps[0]))
        theirs = _detail(over, SHADING * run.box.width if run.is_inset else SHADING, counted)
        for total, values in zip(sums, (ours * ours, theirs * theirs, ours * theirs), strict=True):
            total += _around(values) / len(pairs)
    own, other, both = sums
    if run.is_inset:
        return _judged_inset(own, other, both, inside, box=run.box)
    return _judged(own, other, both, inside, counted, surely=surely)


def _counted(film: Film, run: Run, frames: Array) -> Array:
    """What of the frame is picture, uint8 (72, 128): neither bars nor a dark rim, such as a screen's that was filmed."""
    content = content_box(film.rows[run.first : run.last], film.columns[run.first : run.last])
    counted = np.zeros((HEIGHT, WIDTH), np.uint8)
    counted[_span(content.top, content.bottom, HEIGHT), _span(content.left, content.right, WIDTH)] = 1
    if run.is_inset:
        return counted
    return np.asarray(counted * (1 - rim_of(frames)), np.uint8)


def _lettering(frames: Sequence[Array], laid: Sequence[Array]) -> Array:
    """Strokes of titles, uint8 (72, 128): thin, and much brighter or darker than what the reference shows there."""
    ours, theirs = (np.mean(np.stack(greys), axis=0, dtype=np.float32) for greys in (frames, laid))
    gain = float(np.cov(theirs.ravel(), ours.ravel())[0, 1] / (theirs.var() + 1))
    away = ours - (ours.mean() + gain * (theirs - theirs.mean()))
    strokes = np.zeros((HEIGHT, WIDTH), np.uint8)
    for sign in (1, -1):
        strong = (sign * away >= STROKE).astype(np.uint8)
        blobs = cv2.morphologyEx(strong, cv2.MORPH_OPEN, np.ones((THICK, THICK), np.uint8))
        strokes |= strong & (1 - cv2.dilate(blobs, np.ones((3, 3), np.uint8)))
    return np.asarray(cv2.dilate(strokes, np.ones((3, 3), np.uint8)), np.uint8)


def _frames(film: Film, run: Run) -> list[int]:
    """Places among the fine frames, spread over the run; the middle one under a camera move."""
    frames = np.array(film.fine_frames)
    inside = np.flatnonzero((frames >= run.first) & (frames < run.last))
    if run.moving and len(inside):
        return [int(inside[len(inside) // 2])]
    spread = np.linspace(0, len(inside) - 1, min(MOST_FRAMES, len(inside))).round().astype(int)
    return [int(inside[index]) for index in spread]


def _shown(film: Film, run: Run, reference: Reference, place: int) -> Array:
    """The reference's frame that a fine frame shows."""
    time = float(film.starts[film.fine_frames[place]])
    kept = nearest_places(reference.times, np.array([run.speed * time + run.offset]))[0]
    return np.asarray(reference.greys[kept], np.uint8)


def _map(run: Run, reference: Reference) -> agree.Matrix:
    """Pixel of the compared frame to pixel of the reference, float32 (2, 3)."""
    height, width = reference.greys.shape[1:]
    rect = _whole_frame(run.rect, run.box)
    left, right = (rect.right, rect.left) if rect.mirrored else (rect.left, rect.right)
    across, down = (right - left) * width / WIDTH, rect.height * height / HEIGHT
    matrix = [[across, 0, left * width + across / 2 - 0.5], [0, down, rect.top * height + down / 2 - 0.5]]
    return np.array(matrix, np.float32)


def _maps(pairs: Sequence[tuple[Array, Array]], run: Run, start: agree.Matrix) -> list[agree.Matrix]:
    """The map of every frame: one for all, unless they fit better each with its own, as a hand-held phone's do."""
    best, fit = _refined(pairs, run, start)
    if run.is_part or run.moving or fit >= FITS_WELL:
        return [best] * len(pairs)
    return [_leant(pair, best) for pair in pairs]


def _leant(pair: tuple[Array, Array], start: agree.Matrix) -> agree.Matrix:
    """The map of one frame in perspective, where that fits better; sane ones only."""
    steps = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
    square = np.vstack([start, [0, 0, 1]]).astype(np.float32)
    try:
        _, found = cv2.findTransformECC(*pair, square, cv2.MOTION_HOMOGRAPHY, steps, None, 3)
    except cv2.error:
        return start
    leant = np.asarray(found, np.float32)
    if max(abs(leant[2, 0]) * WIDTH, abs(leant[2, 1]) * HEIGHT) > MOST_LEAN:
        return start
    return leant if _fit([pair], leant, WHOLE_FRAME) > _fit([pair], start, WHOLE_FRAME) else start


def _refined(
    pairs: Sequence[tuple[Array, Array]], run: Run, start: agree.Matrix
) -> tuple[agree.Matrix, float]:
    """The map moved until the reference fits, and how well; a map that fits worse than the first is not taken."""
    rows, columns = _span(run.box.top, run.box.bottom, HEIGHT), _span(run.box.left, run.box.right, WIDTH)
    part = rows, columns
    best, fit = start, _fit(pairs, start, part)
    if run.moving:
        return best, fit
    for begin in [start] if fit >= FITS else [start, _climbed(pairs, start, part)]:
        for frame, shown in pairs[:: max(1, len(pairs) // 3)]:
            found = _registered(frame[part], shown, _shifted(begin, columns.start, rows.start))
            if found is None:
                continue
            moved = _shifted(found, -columns.start, -rows.start)
            reached = _fit(pairs, moved, part)
            if reached > fit:
                best, fit = moved, reached
    return best, fit


def _climbed(
    pairs: Sequence[tuple[Array, Array]], start: agree.Matrix, part: tuple[slice, slice]
) -> agree.Matrix:
    """The best of the maps a little beside, wider and narrower."""
    few = pairs[:: max(1, len(pairs) // 2)][:2]
    tries = [_beside(start, *step) for step in product(STEPS, STEPS, ZOOMS, ZOOMS)]
    return max(tries, key=lambda matrix: _fit(few, matrix, part))


def _beside(matrix: agree.Matrix, across: float, down: float, wide: float, high: float) -> agree.Matrix:
    """A map shifted by parts of the frame and stretched about its middle."""
    step = np.array(
        [
            [wide, 0, (1 - wide) * WIDTH / 2 + across * WIDTH],
            [0, high, (1 - high) * HEIGHT / 2 + down * HEIGHT],
            [0, 0, 1],
        ]
    )
    return np.asarray(matrix @ step, np.float32)


def _registered(part: Array, shown: Array, start: agree.Matrix) -> agree.Matrix | None:
    steps = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
    try:
        _, found = cv2.findTransformECC(part, shown, start, cv2.MOTION_AFFINE, steps, None, 3)
    except cv2.error:
        return None
    return np.asarray(found, np.float32)


def _shifted(matrix: agree.Matrix, across: int, down: int) -> agree.Matrix:
    """The map for a part of the frame that begins so many pixels to the right and down."""
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ np.array([across, down], np.float32)
    return moved


def _span(low: float, high: float, size: int) -> slice:
    return slice(round(low * size), round(high * size))


def _fit(pairs: Sequence[tuple[Array, Array]], matrix: agree.Matrix, part: tuple[slice, slice]) -> float:
    """Mean agreement over a part of the frame, [0, 1]: an inset spoils the place where it lies, and no more."""
    found = []
    for frame, shown in pairs:
        ours, theirs = _detail(frame[part], SHADING), _detail(_laid(shown, matrix)[part], SHADING)
        own, other, both = (_around(values) for values in (ours * ours, theirs * theirs, ours * theirs))
        found.append(float(((2 * both + 1) / (own + other + 1)).clip(0, 1).mean()))
    return float(np.mean(found))


def _inside(matrix: agree.Matrix, reference: Reference) -> Array:
    """Which points of the compared frame lie inside the reference, uint8 (72, 128)."""
    height, width = reference.greys.shape[1:]
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    points = np.stack([across.ravel(), down.ravel(), np.ones(HEIGHT * WIDTH)])
    seen = matrix @ points
    x, y = seen[:2] / (seen[2] if len(seen) == 3 else 1) + 0.5
    inside = (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
    return np.asarray(inside.reshape(HEIGHT, WIDTH), np.uint8)


def _whole_frame(rect: Rect, box: Rect) -> Rect:
    """The part of the reference that would lie over the whole frame, given what lies over a box of it."""
    wide, high = rect.width / box.width, rect.height / box.height
    ahead = (1 - box.right) if rect.mirrored else box.left
    left, top = rect.left - ahead * wide, rect.top - box.top * high
    return Rect(left, top, left + wide, top + high, mirrored=rect.mirrored)


def _laid(grey: Array, matrix: agree.Matrix) -> Array:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warp = cv2.warpAffine if len(matrix) == 2 else cv2.warpPerspective
    return np.asarray(
        warp(grey, matrix, (WIDTH, HEIGHT), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _softness(matrix: agree.Matrix) -> float:
    """Blur in pixels that makes a film's frame as soft as a reference that the map enlarges."""
    across = max(float(np.hypot(matrix[0, 0], matrix[0, 1])), 0.1)
    return max(1.0, SCALE / across) * SOFT


def _detail(grey: Array, sigma: float, counted: Array | None = None, *, soft: float = SOFT) -> Floats:
    """Grey values without shading, and as soft as the kept frames of a reference are; 0 where nothing is counted."""
    if counted is None or counted.all():
        values = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), soft)
        return np.asarray(values - cv2.GaussianBlur(values, (0, 0), sigma), np.float32)
    part = counted.astype(np.float32)
    values = _blurred(grey.astype(np.float32), part, soft)
    return np.asarray((values - _blurred(values, part, sigma)) * part, np.float32)


def _blurred(values: Floats, part: Floats, sigma: float) -> Floats:
    """A blur to which only the part counts."""
    weight = cv2.GaussianBlur(part, (0, 0), sigma) + 1e-6
    return np.asarray(cv2.GaussianBlur(values * part, (0, 0), sigma) / weight, np.float32)


def _around(values: Floats) -> Floats:
    return np.asarray(cv2.blur(values, (NEIGHBOURHOOD, NEIGHBOURHOOD)), np.float32)


def _judged(
    own: Floats, other: Floats, both: Floats, inside: Array, counted: Array, *, surely: bool
) -> Cover:
    """What is covered of the picture without its bars: all but compact parts that are something else."""
    score, silent = _scored(own, other, both, inside)
    differs = ((inside == 0) | (~silent & (score < agree.AGREES))) & (counted > 0)
    compact = np.ones((HOLE, HOLE), np.uint8)
    holes = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, compact)
    whole = max(1, int(counted.sum()))
    high = 1 - int(holes.sum()) / whole
    lively = (counted > 0) & (inside > 0) & ~silent
    agrees = lively & ~differs
    is_askew = not agrees.any() or float(np.median(score[agrees])) < CLEAR
    if is_askew and high > MOST_ASKEW:
        high = 1.0  # laid a little askew: what differs may well be the same
    return Cover(
        min(high, int(agrees.sum()) / whole),
        high,
        _heat(score),
        fits=_is_seen(score, own, lively, surely=surely),
    )


def _is_seen(score: Floats, own: Floats, lively: npt.NDArray[np.bool_], *, surely: bool) -> bool:
    """Whether enough of what has detail agrees: two views of rooms with the same furniture agree in their furniture only.

    Args:
        own: Variance of the film's detail at every point; strong lines speak louder.
        surely: Only the middle place counts.
    """
    if float(lively.mean()) < LEAST_LIVELY:
        return True
    seen, loud = score[lively], np.sqrt(own[lively])
    alike = float((seen >= agree.AGREES).mean())
    if float(np.median(seen)) >= SURELY_SEEN or surely:
        return float(np.median(seen)) >= SURELY_SEEN
    return alike >= LEAST_ALIKE and float((seen * loud).sum()) >= LEAST_SEEN * float(loud.sum())


def _judged_inset(own: Floats, other: Floats, both: Floats, inside: Array, *, box: Rect) -> Cover:
    """An inset is a rectangle: the one that agreement draws, and the one that the registration found."""
    score, silent = _scored(own, other, both, inside)
    seen = _rectangle(np.where(silent, 0, score - agree.AGREES).astype(np.float32))
    low, high = sorted((seen, box.width * box.height))
    return Cover(max(0.0, low - EDGE), min(1.0, high + EDGE), _heat(score))


def _scored(own: Floats, other: Floats, both: Floats, inside: Array) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Agreement [0, 1] at every point, and where there is too little detail to agree or differ."""
    lively = (other > np.median(other[inside > 0])) & (inside > 0)
    gain = float(np.clip(np.median((both[lively] + 1) / (other[lively] + 1)), 0.25, 4)) if lively.any() else 1
    power = own + gain * gain * other
    score = np.where(inside > 0, (2 * gain * both + 1) / (power + 1), 0).clip(0, 1).astype(np.float32)
    return score, (inside > 0) & (power < 2 * SILENT)


def _heat(score: Floats) -> Array:
    small = cv2.resize(score, (MAP_WIDTH, MAP_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray((small * 9).round(), np.uint8)


def _rectangle(worth: Floats) -> float:
    """Share of the frame inside the rectangle that gathers most: an inset is one, whatever lies over it.

    Rows between a top and a bottom are added up, and the best stretch of columns is found in one pass (Kadane).
    """
    worth = worth[: HEIGHT // 2 * 2].reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3))
    best, area = 0.0, 0
    for top in range(len(worth)):
        column = np.zeros(worth.shape[1], np.float32)
        for bottom in range(top, len(worth)):
            column += worth[bottom]
            total, width = _best_stretch(column)
            if total > best:
                best, area = total, width * (bottom + 1 - top)
    return area / worth.size


def _best_stretch(values: Floats) -> tuple[float, int]:
    """Greatest sum of neighbouring values, and how many they are."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    lowest = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - lowest))
    begin = int(np.argmin(sums[: end + 1]))
    return float(sums[end] - sums[begin]), end - begin
