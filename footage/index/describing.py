"""What the index keeps of a reference: two descriptors of a few views of every frame that brings something new."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np

from footage.decode import Array
from footage.fingerprints import FREQUENCIES, Floats, Rect, Reference, describe
from footage.index import edges as edging
from footage.trace.views import filled, own_box

FRAME_SECONDS = 0.19
"""Least time between two indexed frames of a reference: five a second."""

SAME = 0.97
"""A frame as like the last indexed one as this, in both descriptors, brings nothing new."""

SCREEN = 16 / 9
"""Shape of a usual film: a reference of another shape is also described as cut to it."""

OTHER_SHAPE = 1.25
"""How many times wider or higher a reference must be for that."""

STILL_ZOOMS, STILL_PLACES = (0.75, 0.55), (0.0, 0.5, 1.0)
"""A camera may move over a still: parts of these sizes at these places."""


class Kind(StrEnum):
    """The two descriptors."""

    COSINE = "cosine"
    EDGES = "edges"


PARTS = {
    Kind.COSINE: ((1.0, 0.5, 0.5), (0.86, 0.5, 0.5), (0.72, 0.5, 0.5)),
    Kind.EDGES: (
        (1.0, 0.5, 0.5),
        *((0.75, across, down) for across, down in ((0.5, 0.5), *product((0.0, 1.0), repeat=2))),
    ),
}
"""Described parts of the picture: size, and place from left and top. Edges forgive more, so they can look into corners."""

SIZES = {Kind.COSINE: FREQUENCIES**2 - 1, Kind.EDGES: edging.SIZE}
"""Numbers per descriptor."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reference as it stands in the index.

    Attributes:
        frames: How many of its frames are described.
        cosine: float32 (n, 143), every view of every frame.
        edges: float32 (m, 128), likewise.
    """

    frames: int
    cosine: Floats
    edges: Floats

    def of(self, kind: Kind) -> Floats:
        return self.cosine if kind == Kind.COSINE else self.edges


def described(greys: Array, rect: Rect, kind: Kind) -> Floats:
    """One of the two descriptors of a rectangle of every frame (n, h, w)."""
    return describe(greys, rect) if kind == Kind.COSINE else edging.edges(greys, rect)


def mirrored(descriptors: Floats, kind: Kind) -> Floats:
    """Descriptors of the same frames seen in a mirror, without looking at the frames again."""
    return descriptors * _mirror_signs() if kind == Kind.COSINE else edging.mirrored(descriptors)


def _mirror_signs() -> Floats:
    """-1 for every cosine that is odd from left to right, float32 (143,)."""
    across = np.arange(FREQUENCIES**2)[1:] % FREQUENCIES
    result: Floats = np.where(across % 2, -1, 1).astype(np.float32)
    return result


def entry_of(reference: Reference) -> Entry:
    """Describe a reference for the index; one without pictures has no frames."""
    if not len(reference.greys):
        return Entry(0, *(np.zeros((0, SIZES[kind]), np.float32) for kind in Kind))
    greys = reference.greys[:1] if reference.still else new_frames(reference)
    found = {
        kind: np.concatenate([described(greys, view, kind) for view in views_of(reference, kind)])
        for kind in Kind
    }
    return Entry(len(greys), found[Kind.COSINE], found[Kind.EDGES])


def new_frames(reference: Reference) -> Array:
    """The frames of a moving reference, at most five a second, that differ from the ones before them."""
    times = reference.times
    spaced, last = [0], times[0]
    for place, time in enumerate(times):
        if time - last >= FRAME_SECONDS:
            spaced.append(place)
            last = time
    greys = reference.greys[spaced]
    kept = [0]
    rows = [described(greys, box, kind) for box in (own_box(reference),) for kind in Kind]
    for place in range(1, len(greys)):
        if any(row[place] @ row[kept[-1]] < SAME for row in rows):
            kept.append(place)
    return greys[kept]


def views_of(reference: Reference, kind: Kind) -> list[Rect]:
    """The parts of a reference that are described, each once."""
    found = [part(base, *one) for base in _bases(reference) for one in PARTS[kind]]
    if reference.still:
        places = product(_bases(reference), STILL_ZOOMS, STILL_PLACES, STILL_PLACES)
        found += [part(base, zoom, across, down) for base, zoom, across, down in places]
    return list(dict.fromkeys(found))


def _bases(reference: Reference) -> list[Rect]:
    """The whole, without its bars, and cut to the shape of a usual film."""
    box = own_box(reference)
    aspect = reference.width / reference.height
    shape = aspect * box.width / box.height
    if max(shape / SCREEN, SCREEN / shape) < OTHER_SHAPE:
        return [box]
    return [box, filled(box, shape=SCREEN, aspect=aspect)]


def part(base: Rect, zoom: float, across: float, down: float) -> Rect:
    """A part of a box: its size as a share of the box, its place from 0 (left, top) to 1."""
    width, height = base.width * zoom, base.height * zoom
    left, top = base.left + (base.width - width) * across, base.top + (base.height - height) * down
    return Rect(left, top, left + width, top + height)
