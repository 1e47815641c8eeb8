"""Looking where a timeline says: a named reference is laid over a stretch that nothing else explains.

A hint spares a guess, not the proof: the reference has to agree with the picture as well as any other. Hints are followed
only where the search of all references has found nothing, so that naming a file hides no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from footage.fingerprints import Rect, Reference, describe
from footage.trace.candidates import Candidate, Window, candidates_of, nearest_places
from footage.trace.film import Film
from footage.trace.following import LEAST_SECONDS, Run, verified
from footage.trace.views import close_views, plain_views
from footage.trace.windows import open_windows

MOST_HINTS = 6
MOST_VIEWS = 3
"""Crops and mirror views of the named place that are tried."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A timeline's word: from `start` to `end` the film shows reference `key`.

    Attributes:
        speed: Reference seconds per film second.
        source_start: Second of the reference at `start`; None when only the file is known.
        box: Part of the frame it is laid into; None when it fills the frame.
    """

    key: str
    start: Fraction
    end: Fraction
    speed: Fraction = Fraction(1)
    source_start: Fraction | None = None
    box: Rect | None = None


def hinted_runs(
    film: Film, references: Mapping[str, Reference], runs: Sequence[Run], hints: Iterable[Hint]
) -> list[Run]:
    """Runs of named references in what is still open after `runs`."""
    known = [hint for hint in hints if hint.key in references and hint.box is None]
    found: list[Run] = []
    for window in open_windows(film, runs) if known else ():
        for hint in during(known, film.edge(window.first), film.edge(window.last)):
            if not _is_settled(found, window):
                for candidate in _candidates(window, hint, references[hint.key]):
                    found += verified(film, window, candidate, references[hint.key])
    return _once(found)


def during(hints: Sequence[Hint], start: Fraction, end: Fraction) -> list[Hint]:
    """The hints that say most about a stretch of the film, at most `MOST_HINTS`, so that no timeline costs hours."""
    shared = ((float(min(end, hint.end) - max(start, hint.start)), hint) for hint in hints)
    likely = sorted(
        ((seconds, hint) for seconds, hint in shared if seconds >= LEAST_SECONDS),
        key=lambda pair: (-pair[0], pair[1].key, pair[1].start),
    )
    return [hint for _, hint in likely[:MOST_HINTS]]


def _is_settled(found: Sequence[Run], window: Window) -> bool:
    return any(run.first <= window.first and window.last <= run.last for run in found)


def _candidates(window: Window, hint: Hint, reference: Reference) -> list[Candidate]:
    """The named place in its likeliest views, however unlike they look; without a place, what the search finds in it."""
    if hint.source_start is None or reference.still:
        return candidates_of([window], {hint.key: reference}, views=plain_views)[0]
    inside = (window.times >= float(hint.start)) & (window.times < float(hint.end))
    frame = int(np.flatnonzero(inside)[inside.sum() // 2]) if inside.any() else len(window.times) // 2
    offset = float(hint.source_start - hint.speed * hint.start)
    wanted = np.array([float(hint.speed) * window.times[frame] + offset])
    theirs = reference.greys[nearest_places(reference.times, wanted)]
    views = _likeliest(window, frame, theirs, reference)
    return [Candidate(hint.key, view, float(hint.speed), offset, 0.0, frame) for view in views]


def _likeliest(
    window: Window, frame: int, theirs: np.typing.NDArray[np.uint8], reference: Reference
) -> list[Rect]:
    views = [
        *plain_views(reference, shape=window.shape),
        *close_views(reference, shape=window.shape),
    ]
    own = describe(window.greys[frame : frame + 1])[0]
    likeness = [float(describe(theirs, view)[0] @ own) for view in views]
    return [views[place] for place in np.argsort(likeness)[::-1][:MOST_VIEWS]]


def _once(runs: Sequence[Run]) -> list[Run]:
    """Several windows and views of one shot find the same run; the one that agrees best stays."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: (-(run.last - run.first), -run.agreement)):
        if not any(
            other.key == run.key and other.first <= run.first and run.last <= other.last for other in kept
        ):
            kept.append(run)
    return kept
