"""Where each stretch of a film may come from: descriptors compared, then frames vote for one place and
speed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from footage.decode import Array
from footage.fingerprints import Floats, Rect, Reference, describe, describe_views

SPEEDS = (1.0, 0.25, 1 / 3, 0.5, 2 / 3, 0.8, 0.9, 1.1, 1.25, 1.5, 2.0, 3.0, 4.0, -0.5, -1.0, -2.0, 0.0)
"""Film seconds to reference seconds; 0 is a held frame. The first is preferred by `USUAL_SPEED`."""

USUAL_SPEED = 0.01
EVERY = 2
"""Only every second kept frame of a moving reference is searched; registration looks at all."""

LEAST_LIKENESS = 0.22
MOST_CANDIDATES = 5
VIEWS_PER_REFERENCE = 3

Views = Callable[..., list[Rect]]


@dataclass(frozen=True, slots=True)
class Window:
    """Up to two seconds of one shot.

    Attributes:
        shot: Half-open frame range of the shot.
        first: First frame of the window.
        last: Frame after its last.
        frames: The frames that are compared.
        times: float64, their starts in seconds.
        greys: uint8 (n, 36, 64), their content.
        shape: Width by height of the content as shown.
        box: Content box in the film's frame.
    """

    shot: tuple[int, int]
    first: int
    last: int
    frames: tuple[int, ...]
    times: npt.NDArray[np.float64]
    greys: Array
    shape: float
    box: Rect


@dataclass(frozen=True, slots=True)
class Candidate:
    """A guess: the window shows `rect` of reference `key` at `speed * film seconds + offset`.

    `best` is the place, among the window's compared frames, of the frame that looks likest.
    """

    key: str
    rect: Rect
    speed: float
    offset: float
    likeness: float
    best: int


def candidates_of(
    windows: Sequence[Window], references: Mapping[str, Reference], *, views: Views
) -> list[list[Candidate]]:
    """The likeliest places of every window, best first, at most `MOST_CANDIDATES` and one per reference and
    view."""
    found: list[list[Candidate]] = [[] for _ in windows]
    for shape in sorted({window.shape for window in windows}):
        group = [index for index, window in enumerate(windows) if window.shape == shape]
        described = [describe(windows[index].greys) for index in group]
        for key, reference in references.items():
            guesses = _in_reference(
                [windows[index] for index in group], described, key, reference, views(reference, shape=shape)
            )
            for index, guess in zip(group, guesses, strict=True):
                found[index].extend(guess)
    return [sorted(guesses, key=lambda guess: -guess.likeness)[:MOST_CANDIDATES] for guesses in found]


def _in_reference(
    windows: Sequence[Window], described: Sequence[Floats], key: str, reference: Reference, rects: list[Rect]
) -> list[list[Candidate]]:
    greys = reference.greys[:: 1 if reference.still else EVERY]
    times = reference.times[:: 1 if reference.still else EVERY]
    film = np.concatenate(described)
    views = describe_views(greys, rects)
    likeness = np.stack([film @ view.T for view in views])
    result = []
    start = 0
    for window, own in zip(windows, described, strict=True):
        part = likeness[:, start : start + len(own)]
        start += len(own)
        result.append(
            _of_still(window, key, part, rects)
            if reference.still
            else _of_moving(window, key, part, rects, times)
        )
    return result


def _of_still(window: Window, key: str, likeness: Floats, rects: list[Rect]) -> list[Candidate]:
    """A still may move under the camera: every frame picks its own view."""
    by_view = likeness[:, :, 0]
    score = float(by_view.max(axis=0).mean())
    if score < LEAST_LIKENESS:
        return []
    order = np.argsort(-by_view.max(axis=1))[:2]
    return [
        Candidate(key, rects[view], 0.0, 0.0, score - 0.01 * rank, int(np.argmax(by_view[view])))
        for rank, view in enumerate(order)
    ]


def _of_moving(
    window: Window, key: str, likeness: Floats, rects: list[Rect], times: npt.NDArray[np.float64]
) -> list[Candidate]:
    bounds = likeness.max(axis=2).mean(axis=1)
    found = []
    for view in np.argsort(-bounds)[:VIEWS_PER_REFERENCE]:
        if bounds[view] < LEAST_LIKENESS:
            break
        speed, offset, score = vote(likeness[view], window.times, times)
        if score >= LEAST_LIKENESS:
            places = nearest_places(times, speed * window.times + offset)
            best = int(np.argmax(likeness[view][np.arange(len(places)), places]))
            found.append(Candidate(key, rects[view], speed, offset, score, best))
    return sorted(found, key=lambda guess: -guess.likeness)[:2]


def vote(
    likeness: Floats, film_times: npt.NDArray[np.float64], times: npt.NDArray[np.float64]
) -> tuple[float, float, float]:
    """The speed and offset on which all frames agree best.

    Args:
        likeness: float32 (n, t), every film frame against every reference frame.
        film_times: float64 (n,), seconds.
        times: float64 (t,), seconds, ascending.

    Returns:
        Speed, offset in seconds (reference = speed * film + offset) and the mean likeness there.
    """
    middle = len(film_times) // 2
    speeds = np.array(SPEEDS)
    wanted = times[None, :, None] + speeds[:, None, None] * (film_times - film_times[middle])
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.08
    inside = (wanted >= times[0] - step) & (wanted <= times[-1] + 2 * step)
    values = likeness[np.arange(len(film_times)), nearest_places(times, wanted)]
    # A time outside the reference counts as no likeness at all.
    scores = np.where(inside, values, 0.0).mean(axis=2)
    places = scores.argmax(axis=1)
    best = scores.max(axis=1) + USUAL_SPEED * (speeds == 1.0)
    way = int(np.argmax(best))
    speed, place = SPEEDS[way], int(places[way])
    return speed, float(times[place] - speed * film_times[middle]), float(best[way])


def nearest_places(times: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Index of the nearest kept frame for every wanted time."""
    right = np.searchsorted(times, wanted).clip(1, max(1, len(times) - 1))
    if len(times) == 1:
        return np.zeros_like(right)
    left = right - 1
    result: npt.NDArray[np.intp] = np.where(wanted - times[left] <= times[right] - wanted, left, right)
    return result
