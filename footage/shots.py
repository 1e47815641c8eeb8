"""Shots of a film: hard cuts, to the frame.

PySceneDetect's adaptive and content detectors see every small frame of the one decoding pass. Both may place
a cut beside the true frame or miss one between like pictures, so a third opinion, the plain difference of
neighbouring grey frames against its surroundings, adds cuts and sets the frame.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scenedetect import AdaptiveDetector, ContentDetector, FrameTimecode

from footage.decode import Array

REFINE_FRAMES = 2
"""A detector's cut moves at most this many frames to the greatest change."""

CUT_CHANGE = 6.0
"""Least mean change of grey values (0..255) that can be a cut."""

CUT_RATIO = 4.0
"""A cut changes the picture at least this many times more than its neighbours do."""

NEAR_FRAMES = 10
HELD_CHANGE = 0.8
"""Frames that change less than this repeat the one before."""

STEP_RATIO = 2.0
"""A cut changes at least this many times more than the middle one of the moving frames around it."""

LEAST_KINSHIP = 0.5
"""Correlation of two frames below which they don't show one scene: drawings of one scene keep above 0.8."""


class ShotFinder:
    """Collects cuts while frames pass by.

    Feed every frame in order with `feed`, then ask `cuts` once.
    """

    def __init__(self) -> None:
        self._detectors = (
            AdaptiveDetector(min_scene_len=1, min_content_val=12.0),
            ContentDetector(min_scene_len=1, threshold=32.0),
        )
        self._found: set[int] = set()
        self._count = 0

    def feed(self, picture: Array) -> None:
        """Look at the next frame, uint8 (h, w, 3), blue-green-red."""
        # The rate only labels the frames: detectors count, the film's own times stay exact elsewhere.
        time = FrameTimecode(self._count, fps=25.0)
        for detector in self._detectors:
            self._found.update(cut.frame_num for cut in detector.process_frame(time, picture))
        self._count += 1

    def cuts(self, greys: Array) -> list[int]:
        """First frames of all shots but the first, ascending.

        Args:
            greys: uint8 (n, h, w), the same frames in grey.
        """
        changes = frame_changes(greys)
        found = {_greatest_near(changes, cut) for cut in self._found if 0 < cut < self._count}
        found.update(_sudden(changes))
        return sorted(
            cut
            for cut in found
            if changes[cut] >= CUT_CHANGE and (_stands_out(changes, cut) or _is_another(changes, greys, cut))
        )


def frame_changes(greys: Array) -> npt.NDArray[np.float32]:
    """Mean absolute change of every frame from the one before, float32 (n,), first is 0."""
    changes = np.zeros(len(greys), np.float32)
    for index in range(1, len(greys)):
        changes[index] = np.abs(greys[index].astype(np.int16) - greys[index - 1]).mean()
    return changes


def _stands_out(changes: npt.NDArray[np.float32], cut: int) -> bool:
    """Whether a cut changes more than the ordinary steps around it.

    Eight drawings a second in a film of twenty-five jump at every third frame and hold in between: only
    frames that move are compared, or every jump would be a cut.
    """
    near = np.concatenate(
        [changes[max(1, cut - NEAR_FRAMES) : cut], changes[cut + 1 : cut + 1 + NEAR_FRAMES]]
    )
    steps = np.sort(near[near > HELD_CHANGE])[::-1]
    if len(steps) < 3:
        return True
    return bool(changes[cut] >= STEP_RATIO * np.median(steps))


def _is_another(changes: npt.NDArray[np.float32], greys: Array, cut: int) -> bool:
    """Whether the picture after a cut has nothing to do with the one before.

    Where cuts follow one another every few frames each has only others to stand out from.
    """
    if changes[cut] < 2 * CUT_CHANGE:
        return False
    before, after = (greys[place].astype(np.float32).ravel() for place in (cut - 1, cut))
    before, after = before - before.mean(), after - after.mean()
    return bool(before @ after < LEAST_KINSHIP * np.linalg.norm(before) * np.linalg.norm(after))


def _greatest_near(changes: npt.NDArray[np.float32], cut: int) -> int:
    first = max(1, cut - REFINE_FRAMES)
    near = changes[first : cut + REFINE_FRAMES + 1]
    # Two cuts may lie this close together: a place that changes much is itself one and stays.
    return cut if changes[cut] >= near.max() / 2 else first + int(np.argmax(near))


def _sudden(changes: npt.NDArray[np.float32]) -> list[int]:
    """Frames that change far more than the four around them do, one of which may be a cut itself."""
    padded = np.pad(changes, 2, mode="edge")
    around = np.sort([np.roll(padded, shift)[2:-2] for shift in (-2, -1, 1, 2)], axis=0)[-2]
    hits = (changes >= 2 * CUT_CHANGE) & (changes >= CUT_RATIO * np.maximum(around, 1.0))
    hits[:1] = False
    return [int(index) for index in np.flatnonzero(hits)]


def spans(cuts: list[int], count: int) -> list[tuple[int, int]]:
    """Half-open frame ranges of the shots."""
    return list(pairwise([0, *cuts, count])) if count else []
