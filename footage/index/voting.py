"""Votes: which references are worth loading and laying over a film.

Either descriptor nominates, because each finds what the other misses (a corner of the picture, a big title). A nomination is
cheap to refute: registration decides. So the list is generous, and a reference counts by its best two seconds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from footage.fingerprints import Floats
from footage.index.asking import Questions
from footage.index.describing import Kind, mirrored
from footage.index.storing import Index

MOST, MOST_OF_PARTS = 48, 16
"""References on a shortlist: found in whole frames, and in parts of frames."""

NOMINATED = 8
"""References that a window nominates by either descriptor."""

FLOORS = {Kind.COSINE: 0.3, Kind.EDGES: 0.55}
"""Mean likeness of a window's frames below which nothing is nominated. True pairs under the attacks of the measure reach 0.54
and 0.65 in nineteen of twenty frames."""

PART_FLOOR = 0.8
HITS = 32
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Votes:
    """Per row: a window, an owner, and how well they agree; `strength` is what the owner has over the others."""

    window: Whole
    owner: Whole
    likeness: Floats
    strength: Floats


def shortlist(
    index: Index,
    questions: Questions,
    *,
    without: Collection[int] = (),
    most: int = MOST,
    most_of_parts: int = MOST_OF_PARTS,
) -> list[int]:
    """Owners of the references that a film may show, likeliest first.

    Args:
        without: Owners that are not asked for.
        most: Longest list for whole frames.
        most_of_parts: Longest list for pictures inside the picture, beside the first.
    """
    whole = _joined([_nominated(_frame_votes(index, questions, kind, without), kind) for kind in Kind])
    parts = _part_votes(index, questions, without)
    return list(dict.fromkeys(_best(whole, most) + _best(parts, most_of_parts)))


def _frame_votes(index: Index, questions: Questions, kind: Kind, without: Collection[int]) -> _Votes:
    """Votes of whole frames: the mean over a window's frames of the best of a frame's views."""
    asked = questions.cosine if kind == Kind.COSINE else questions.edges
    owners, likeness = _searched(index, asked, kind, without)
    frames = np.repeat(questions.frame.astype(np.int64), owners.shape[1])
    windows = np.repeat(questions.window.astype(np.int64), owners.shape[1])
    ground = np.repeat(likeness.min(axis=1, initial=1.0), owners.shape[1])
    keys, rows = _highest(np.stack([windows, frames, owners.ravel()]), likeness.ravel())
    per_window = _frames_per_window(questions)
    pairs, places = np.unique(keys[[0, 2]], axis=1, return_inverse=True)
    places = places.reshape(-1)
    counts = per_window[pairs[0]]
    over = likeness.ravel()[rows] - ground[rows]
    return _voted(
        pairs,
        np.bincount(places, likeness.ravel()[rows], len(pairs[0])) / counts,
        np.bincount(places, over, len(pairs[0])) / counts,
    )


def _part_votes(index: Index, questions: Questions, without: Collection[int]) -> _Votes:
    """Votes of parts of frames: the best box of a frame."""
    owners, likeness = _searched(index, questions.parts, Kind.EDGES, without, quickly=True)
    windows = np.repeat(questions.part_window.astype(np.int64), owners.shape[1])
    keys, rows = _highest(np.stack([windows, owners.ravel()]), likeness.ravel())
    found = likeness.ravel()[rows]
    votes = _voted(keys, found, found)
    return _top(votes, votes.likeness >= PART_FLOOR)


def _searched(
    index: Index, asked: Floats, kind: Kind, without: Collection[int], *, quickly: bool = False
) -> tuple[Whole, Floats]:
    """Owners and likeness of what was asked and of its mirror image, (q, 2 * HITS); -1 and -1 where there is none."""
    asked = np.concatenate([asked, mirrored(asked, kind)])
    hits = index.search(asked, kind, most=HITS, without=without, quickly=quickly)
    owners = np.concatenate(np.split(hits.owners, 2), axis=1)
    likeness = np.concatenate(np.split(hits.likeness, 2), axis=1)
    return owners, np.where(owners >= 0, likeness, -1).astype(np.float32)


def _highest(keys: Whole, values: Floats) -> tuple[Whole, npt.NDArray[np.intp]]:
    """Distinct columns of keys with the row of their highest value; columns that end in -1 are left out."""
    rows = np.flatnonzero(keys[-1] >= 0)
    order = rows[np.lexsort((-values[rows], *keys[::-1, rows]))]
    ordered = keys[:, order]
    is_first = np.ones(len(order), bool)
    is_first[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    return ordered[:, is_first], order[is_first]


def _frames_per_window(questions: Questions) -> npt.NDArray[np.intp]:
    pairs = np.unique(np.stack([questions.window, questions.frame]), axis=1)
    return np.bincount(pairs[0], minlength=1)


def _voted(pairs: Whole, likeness: npt.NDArray[np.floating], strength: npt.NDArray[np.floating]) -> _Votes:
    return _Votes(pairs[0], pairs[1], likeness.astype(np.float32), strength.astype(np.float32))


def _nominated(votes: _Votes, kind: Kind) -> _Votes:
    return _top(votes, votes.likeness >= FLOORS[kind])


def _top(votes: _Votes, wanted: npt.NDArray[np.bool_]) -> _Votes:
    """The best few of every window, of those that are wanted."""
    rows = np.flatnonzero(wanted)
    order = rows[np.lexsort((-votes.likeness[rows], votes.window[rows]))]
    _, first, counts = np.unique(votes.window[order], return_index=True, return_counts=True)
    place = np.arange(len(order)) - np.repeat(first, counts)
    kept = order[place < NOMINATED]
    return _Votes(votes.window[kept], votes.owner[kept], votes.likeness[kept], votes.strength[kept])


def _joined(votes: list[_Votes]) -> _Votes:
    return _Votes(
        np.concatenate([one.window for one in votes]),
        np.concatenate([one.owner for one in votes]),
        np.concatenate([one.likeness for one in votes]),
        np.concatenate([one.strength for one in votes]),
    )


def _best(votes: _Votes, most: int) -> list[int]:
    """Owners by their strongest vote."""
    order = np.argsort(-votes.strength, kind="stable")
    return list(dict.fromkeys(int(owner) for owner in votes.owner[order]))[:most]
