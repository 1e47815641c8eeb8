"""Which parts of a reference a film may show: the whole, its middle, a crop, mirrored."""

from __future__ import annotations

from itertools import product

from footage.fingerprints import WHOLE, Rect, Reference
from footage.trace.film import content_box

PLAIN_ZOOMS = (1.0, 0.92)
CLOSE_ZOOMS = (1.0, 0.92, 0.85, 0.78, 0.7)
PLACES, MORE_PLACES = (0.0, 0.5, 1.0), (0.0, 0.25, 0.5, 0.75, 1.0)
NARROW = 0.8
"""Views of less than this of a side lie at more places: between three of them a crop would be missed."""

SAME_SHAPE = 0.04
"""Two shapes nearer than this count as one."""


def own_box(reference: Reference) -> Rect:
    """A reference without its own black bars."""
    if reference.still:
        return WHOLE
    return content_box(reference.greys.max(axis=2), reference.greys.max(axis=1))


def filled(box: Rect, *, shape: float, aspect: float) -> Rect:
    """The middle of a box cut to a shape (width by height).

    Args:
        box: Part of the reference that holds picture.
        shape: Width by height of the film's content.
        aspect: Width by height of the whole reference.
    """
    own = aspect * box.width / box.height
    wide = min(1.0, shape / own) * box.width
    high = min(1.0, own / shape) * box.height
    return _placed(box, wide, high, 0.5, 0.5)


def _placed(box: Rect, width: float, height: float, across: float, down: float) -> Rect:
    left = box.left + (box.width - width) * across
    top = box.top + (box.height - height) * down
    return Rect(left, top, left + width, top + height)


def plain_views(reference: Reference, *, shape: float) -> list[Rect]:
    """Views of an ordinary use: whole or filled, slightly cropped, mirrored."""
    return _mirrored(
        [
            _placed(base, base.width * zoom, base.height * zoom, 0.5, 0.5)
            for base in _bases(reference, shape=shape)
            for zoom in PLAIN_ZOOMS
        ]
    )


def close_views(reference: Reference, *, shape: float) -> list[Rect]:
    """Views of a crop or camera move: down to 70 %, in the middle, at the edges and in the corners."""
    found: list[Rect] = []
    for box in _boxes(reference):
        fill = filled(box, shape=shape, aspect=reference.width / reference.height)
        sizes = {(base.width * zoom, base.height * zoom) for base in (box, fill) for zoom in CLOSE_ZOOMS}
        for width, height in sorted(sizes):
            columns, rows = _places(width / box.width), _places(height / box.height)
            found += [_placed(box, width, height, across, down) for across, down in product(columns, rows)]
    return _mirrored(found)


def _places(side: float) -> tuple[float, ...]:
    return MORE_PLACES if side < NARROW else PLACES


def _bases(reference: Reference, *, shape: float) -> list[Rect]:
    aspect = reference.width / reference.height
    return [base for box in _boxes(reference) for base in (box, filled(box, shape=shape, aspect=aspect))]


def _boxes(reference: Reference) -> list[Rect]:
    box = own_box(reference)
    return [WHOLE] if box == WHOLE else [WHOLE, box]


def _mirrored(views: list[Rect]) -> list[Rect]:
    """Every distinct view, then every one mirrored."""
    distinct = list(dict.fromkeys(views))
    return distinct + [mirrored(view) for view in distinct]


def mirrored(view: Rect) -> Rect:
    return Rect(view.left, view.top, view.right, view.bottom, mirrored=True)
