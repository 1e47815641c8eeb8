"""Frames of an output for a gate to look at, whole and in colour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
from PIL import Image, ImageSequence

from generation.domain.gates import places_of

MOST_FRAMES = 12


def frames_of(path: Path, *, kind: str, most: int = MOST_FRAMES) -> Iterator[Image.Image]:
    """Yield at most `most` RGB frames of a picture or film, evenly spread, its first and last among them."""
    if kind == "video":
        yield from _of_film(path, most)
        return
    with Image.open(path) as image:
        wanted = places_of(getattr(image, "n_frames", 1), most=most)
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            if number in wanted:
                yield frame.convert("RGB")


def _of_film(path: Path, most: int) -> Iterator[Image.Image]:
    """What an engine makes is seconds long: it is decoded once to be counted, and once more for what is wanted."""
    wanted = places_of(sum(1 for _frame in _decoded(path)), most=most)
    for number, frame in enumerate(_decoded(path)):
        if number in wanted:
            yield frame.to_image()


def _decoded(path: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(path)) as container:
        yield from container.decode(video=0)
