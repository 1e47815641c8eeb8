"""Runs: stretches of a film proven to show a reference, to the frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from footage.decode import Progress
from footage.fingerprints import WHOLE, Reference
from footage.trace.candidates import Views, Window, candidates_of
from footage.trace.covering import cover_of
from footage.trace.film import Film
from footage.trace.following import Run, verified
from footage.trace.grounds import beside, find_grounds
from footage.trace.hinted import Hint, hinted_runs
from footage.trace.insets import find_insets
from footage.trace.layers import find_layers
from footage.trace.outlines import outlined
from footage.trace.timing import timed
from footage.trace.views import close_views, plain_views
from footage.trace.windows import open_windows

MOST_REPEATS = 3
LEAST_COVER = 0.3
"""Runs that cover less of the picture than this are not believed."""


def find_runs(
    film: Film,
    references: Mapping[str, Reference],
    *,
    hints: Sequence[Hint] = (),
    progress: Progress | None = None,
) -> list[Run]:
    """All believable runs of all references, possibly overlapping, in the order of the film.

    Args:
        hints: Where a timeline puts which reference; looked at where the search leaves the picture open.
    """
    runs: list[Run] = []
    references = {key: reference for key, reference in references.items() if len(reference.greys)}
    rounds: tuple[Views, ...] = (plain_views, close_views)
    for number, views in enumerate(rounds):
        _search(film, references, runs, views)
        if progress:
            progress((number + 1) / (len(rounds) + 1))
    runs += hinted_runs(film, references, runs, hints)
    runs = find_layers(film, references, timed(film, runs, references))
    runs = _covered(film, references, runs)
    runs = _with_insets(film, references, runs, hints)
    return sorted(filter(_shows, runs), key=lambda run: (run.first, run.last, run.key))


def _with_insets(
    film: Film, references: Mapping[str, Reference], runs: Sequence[Run], hints: Sequence[Hint]
) -> list[Run]:
    """Insets, each in the rectangle it fills, and all that fills the frame, behind them too."""
    insets = _covered(film, references, find_insets(film, references, runs, hints=hints))
    insets = outlined(film, references, runs, insets)
    grounds = _covered(film, references, find_grounds(film, references, runs, insets))
    insets = outlined(film, references, [*runs, *grounds], insets) if grounds else insets
    return [*(beside(run, insets) for run in [*runs, *grounds]), *insets]


def _covered(film: Film, references: Mapping[str, Reference], runs: Sequence[Run]) -> list[Run]:
    """Runs with what each covers of the picture, where that is not known yet."""
    return [
        run if run.cover else replace(run, cover=cover_of(film, run, references[run.key])) for run in runs
    ]


def with_copies(film: Film, runs: Sequence[Run], keys: Sequence[str]) -> list[Run]:
    """Runs, where a reference whose coded picture is the film's own has one from the first frame to the last.

    Comparing frames may miss what has no detail; the bytes don't.
    """
    kept = [run for run in runs if run.key not in keys]
    return kept + [_copy(film, key, [run for run in runs if run.key == key]) for key in keys]


def _copy(film: Film, key: str, found: Sequence[Run]) -> Run:
    return Run(
        key=key,
        first=0,
        last=film.count,
        speed=1.0,
        offset=0.0,
        rect=WHOLE,
        moving=False,
        scores=np.ones(film.count, np.float32),
        covered=1.0,
        sharp=max((run.sharp for run in found), default=0.0),
        is_timed=any(run.is_timed for run in found),
    )


def _shows(run: Run) -> bool:
    """Whether enough of the picture agrees: a guess that was carried into another shot covers next to nothing."""
    if run.is_part or run.cover is None:
        return True
    return (run.moving or run.cover.fits) and (run.cover.low >= LEAST_COVER or run.cover.high == 1.0)


def _search(film: Film, references: Mapping[str, Reference], runs: list[Run], views: Views) -> None:
    """Add the runs found in what is still open; what a find leaves of its window is searched again."""
    for _ in range(MOST_REPEATS):
        before = len(runs)
        windows = open_windows(film, runs)
        guesses = candidates_of(windows, references, views=views)
        for window, guess in zip(windows, guesses, strict=True):
            for candidate in guess:
                if not _settled(runs, candidate.key, window):
                    runs.extend(verified(film, window, candidate, references[candidate.key]))
        if len(runs) == before:
            return


def _settled(runs: Sequence[Run], key: str, window: Window) -> bool:
    return any(run.key == key and run.first <= window.first and window.last <= run.last for run in runs)
