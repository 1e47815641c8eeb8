"""How well a reference, laid over a film's frame, agrees with it: registration and a block-wise score."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from footage.decode import Array
from footage.fingerprints import GRID_HEIGHT, GRID_WIDTH, WHOLE, Floats, Rect

Matrix = npt.NDArray[np.float32]
"""float32 (2, 3): pixel of the film's grid to pixel of the reference's grey frame."""

BLOCK = 8, 6
"""Width and height in pixels of the blocks compared one by one: 8 x 6 blocks of a 64 x 36 grid."""

NOISE = 6.0
"""Variance of grey values that a codec may add or take away; plainer blocks say nothing."""

SHADING = 3.0
"""Pixels of the film grid over which shading is taken away. Twice as much leaves two drawings of one place too
much alike (0.80 against 0.68 for a false match), half as much asks too much of the registration."""

LINES, EDGE = 1.5, 2
"""Pixels of the film grid over which everything but lines and small shapes is taken away, and pixels at the frame's edge that
don't count: vignettes and horizons, which many scenes share, are coarser."""

FAINT = 0.5
"""Variance of grey values below which lines say nothing."""

BEST_PART = 0.75
"""The score is over this part of the blocks, the best ones: titles and logos may spoil the rest."""

MOST_ADDED = 2.0
"""Detail of the film, over that of the reference, that adds to a block's weight."""

AT_ONCE = 512
"""Frames that are compared at once: a shot of ten minutes must not take a gigabyte."""

AGREES = 0.4
"""A block with at least this score is covered by the reference."""

SHARP_ENOUGH, SOFTNESS = 0.9, 0.5
"""Reference pixels per film pixel below which the film is softened, and by how much: in film pixels, at a map that would
enlarge by the square root of two."""

LARGEST_SHEAR = 0.12
SCALES, NEARLY = (0.45, 1.12), 0.85
"""Parts of the reference that may be shown; less when the guess itself says so, as of an upright take in a wide film."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Per frame: `score` in [-1, 1], float32 (n,); `covered` share of blocks in [0, 1]; `detail` grey
    deviation."""

    score: Floats
    covered: Floats
    detail: Floats


def matrix_of(rect: Rect, *, width: int, height: int) -> Matrix:
    """The map that shows a rectangle of a reference (width x height pixels) on the whole film grid."""
    left, right = rect.left * width, rect.right * width
    if rect.mirrored:
        left, right = right, left
    across = (right - left) / GRID_WIDTH
    down = rect.height * height / GRID_HEIGHT
    return np.array(
        [[across, 0, left + across / 2 - 0.5], [0, down, rect.top * height + down / 2 - 0.5]], np.float32
    )


def rect_of(matrix: Matrix, *, width: int, height: int) -> Rect:
    """The rectangle of the reference that a map shows; a small turn or shear is left out."""
    across, down = float(matrix[0, 0]), float(matrix[1, 1])
    middle_x = matrix[0] @ (GRID_WIDTH / 2 - 0.5, GRID_HEIGHT / 2 - 0.5, 1) + 0.5
    middle_y = matrix[1] @ (GRID_WIDTH / 2 - 0.5, GRID_HEIGHT / 2 - 0.5, 1) + 0.5
    half_x, half_y = abs(across) * GRID_WIDTH / 2, down * GRID_HEIGHT / 2
    return Rect(
        float(middle_x - half_x) / width,
        float(middle_y - half_y) / height,
        float(middle_x + half_x) / width,
        float(middle_y + half_y) / height,
        mirrored=across < 0,
    )


def boxed(greys: Array, box: Rect) -> Array:
    """A box of every frame (n, h, w), stretched over the film grid; uint8 (n, 36, 64)."""
    height, width = greys.shape[1:]
    if box == WHOLE and (height, width) == (GRID_HEIGHT, GRID_WIDTH):
        return greys
    matrix = matrix_of(box, width=width, height=height)
    return np.stack([laid_over(grey, matrix) for grey in greys])


def laid_over(grey: Array, matrix: Matrix) -> Array:
    """A reference frame as the film would show it, uint8 (36, 64)."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = GRID_WIDTH, GRID_HEIGHT
    laid = cv2.warpAffine(grey, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, np.uint8)


def softened(greys: Array, matrix: Matrix) -> Array:
    """A film's frames, uint8 (n, 36, 64), without the detail that a map which enlarges the reference can't show."""
    across = abs(float(matrix[0, 0]))
    if across >= SHARP_ENOUGH:
        return greys
    sigma = SOFTNESS * (1 / across**2 - 1) ** 0.5
    return np.stack([np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.uint8) for grey in greys])


def register(film: Array, reference: Array, start: Matrix, *, seen: Array | None = None) -> Matrix | None:
    """Move a map until the reference fits the film's frame (enhanced correlation, Evangelidis 2008).

    Args:
        seen: uint8 as the film's frame, 1 where the reference should show; None for everywhere.

    Returns:
        The better map, or None when it does not settle or turns into something no edit does.
    """
    height, width = reference.shape
    mask = None if seen is None else cv2.warpAffine(seen, start, (width, height), flags=cv2.INTER_NEAREST)
    steps = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)
    try:
        _, found = cv2.findTransformECC(film, reference, start.copy(), cv2.MOTION_AFFINE, steps, mask, 3)
    except cv2.error:
        return None
    matrix = np.asarray(found, np.float32)
    return matrix if _plausible(matrix, start, reference) else None


def _plausible(matrix: Matrix, start: Matrix, reference: Array) -> bool:
    height, width = reference.shape
    across = abs(matrix[0, 0]) * GRID_WIDTH / width
    down = matrix[1, 1] * GRID_HEIGHT / height
    turned = max(abs(matrix[0, 1]) * GRID_HEIGHT / width, abs(matrix[1, 0]) * GRID_WIDTH / height)
    rect = rect_of(matrix, width=width, height=height)
    inside = min(rect.left, rect.top, 1 - rect.right, 1 - rect.bottom) >= -0.08
    low, high = SCALES
    least = [
        min(low, NEARLY * abs(start[place, place]) * side)
        for place, side in ((0, GRID_WIDTH / width), (1, GRID_HEIGHT / height))
    ]
    return bool(
        least[0] <= across <= high and least[1] <= down <= high and turned <= LARGEST_SHEAR and inside
    )


def agreement(film: Array, shown: Array) -> Agreement:
    """Compare frames with what the reference shows at the same moment.

    Contrast and brightness may differ (a grade), a quarter of the picture may be covered (titles, logos), and
    places without detail say nothing.

    Args:
        film: uint8 (n, 36, 64).
        shown: uint8 (n, 36, 64).
    """
    parts = [
        compared(detail(film[first : first + AT_ONCE]), detail(shown[first : first + AT_ONCE]))
        for first in range(0, len(film), AT_ONCE)
    ]
    return Agreement(
        score=np.concatenate([part.score for part in parts]),
        covered=np.concatenate([part.covered for part in parts]),
        detail=np.concatenate([part.detail for part in parts]),
    )


def compared(ours: Floats, theirs: Floats) -> Agreement:
    """The same from details, both float32 (n, 36, 64)."""
    own, other, both = _blocks(ours * ours), _blocks(theirs * theirs), _blocks(ours * theirs)
    gain = _gain(both, other)
    shown_power = gain * gain * other
    power = own + shown_power
    score = (2 * gain * both + NOISE / 4) / (power + NOISE / 4)
    # Lettering is the liveliest thing in any frame: what the film adds to a block counts only up to a bound.
    weight = np.sqrt(shown_power + np.minimum(own, MOST_ADDED * shown_power + NOISE)) + 0.2
    covered = (weight * (score >= AGREES)).sum(axis=1) / weight.sum(axis=1)
    return Agreement(
        score=_best_mean(score.astype(np.float32), weight.astype(np.float32)),
        covered=covered.astype(np.float32),
        detail=np.sqrt(np.minimum(own.mean(axis=1), other.mean(axis=1))).astype(np.float32),
    )


def fine_agreement(film: Array, shown: Array) -> Floats:
    """Compare only the lines and small shapes of frames: the reference's best `BEST_PART` of them, wherever its are.

    Two hazy seas agree in their shading, horizon and vignette as well as a sea with itself; in their lines they don't.

    Args:
        film: uint8 (n, 36, 64).
        shown: uint8 (n, 36, 64).

    Returns:
        float32 (n,), in [-1, 1].
    """
    ours, theirs = (_lines(greys) for greys in (film, shown))
    own, other, both = _blocks(ours * ours), _blocks(theirs * theirs), _blocks(ours * theirs)
    return _best_mean((both / np.sqrt(own * other + FAINT)).astype(np.float32), np.sqrt(other))


def _lines(greys: Array) -> Floats:
    lines = detail(greys, over=LINES)
    for edge in (slice(None, EDGE), slice(-EDGE, None)):
        lines[:, edge] = 0
        lines[:, :, edge] = 0
    return lines


def _gain(both: Floats, other: Floats) -> Floats:
    """Contrast of film over reference, float32 (n, 1): the middle of what the livelier blocks say."""
    slopes = (both + NOISE) / (other + NOISE)
    lively = other >= np.median(other, axis=1, keepdims=True)
    ordered = np.sort(np.where(lively, slopes, np.inf), axis=1)
    count = lively.sum(axis=1, keepdims=True)
    lower, upper = (np.take_along_axis(ordered, place, axis=1) for place in ((count - 1) // 2, count // 2))
    middle = (lower + upper) / 2
    result: Floats = middle.clip(0.25, 4).astype(np.float32)
    return result


def detail(greys: Array, *, over: float = SHADING) -> Floats:
    """Grey values without shading and composition, which grades change and other scenes share.

    Args:
        over: Pixels of the film grid over which shading is taken away.
    """
    values = greys.astype(np.float32)
    return np.stack([value - cv2.GaussianBlur(value, (0, 0), over) for value in values]).astype(np.float32)


def _blocks(values: Floats) -> Floats:
    """Mean over each block, float32 (n, blocks)."""
    wide, high = BLOCK
    count, height, width = values.shape
    means = values.reshape(count, height // high, high, width // wide, wide).mean(axis=(2, 4))
    result: Floats = means.reshape(count, -1).astype(np.float32)
    return result


def _best_mean(score: Floats, weight: Floats) -> Floats:
    """Weighted mean of the best blocks that together hold `BEST_PART` of the weight."""
    order = np.argsort(-score, axis=1)
    best = np.take_along_axis(score, order, axis=1)
    mass = np.take_along_axis(weight, order, axis=1)
    before = np.cumsum(mass, axis=1) - mass
    counted = np.clip(BEST_PART * mass.sum(axis=1, keepdims=True) - before, 0, mass)
    total = np.maximum(counted.sum(axis=1), 1e-9)
    result: Floats = ((best * counted).sum(axis=1) / total).astype(np.float32)
    return result
