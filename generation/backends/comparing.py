"""How alike two outputs are: pixels, frames, samples or words, not bytes, for labels and credentials differ each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Values = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two outputs of one kind are.

    Attributes:
        share: Of values (colours, samples, letters) that are equal, 0 to 1.
        largest: Largest difference of two values; of pictures and films 0 to 255, of sound 0 to 65535.
    """

    share: float
    largest: int

    @property
    def is_exact(self) -> bool:
        return self.share == 1 and self.largest == 0


def likeness(first: Path, second: Path, *, kind: str) -> Likeness:
    """Compare two files of a kind: image, video, sound or text. What only one of them has counts as different."""
    equal = total = largest = 0
    for one, other in zip_longest(_pieces(first, kind), _pieces(second, kind)):
        if one is None or other is None or one.shape != other.shape:
            total += max(each.size for each in (one, other) if each is not None)
            largest = max(largest, 255)
            continue
        difference = np.abs(one - other)
        equal += int((difference == 0).sum())
        total += difference.size
        largest = max(largest, int(difference.max(initial=0)))
    return Likeness(equal / total if total else 1.0, largest)


def _pieces(path: Path, kind: str) -> Iterator[Values]:
    """Give a picture as one piece, a film frame by frame, sound packet by packet, a text line by line."""
    if kind == "image":
        with Image.open(path) as picture:
            yield np.asarray(picture.convert("RGBA"), dtype=np.int64)
    elif kind == "text":
        for line in path.read_text(encoding="utf-8").splitlines():
            yield np.array([ord(letter) for letter in line], dtype=np.int64)
    else:
        yield from _decoded(path, kind)


def _decoded(path: Path, kind: str) -> Iterator[Values]:
    import av

    with av.open(str(path)) as film:
        for frame in film.decode(**{"video" if kind == "video" else "audio": 0}):
            found: Any = frame.to_ndarray(format="rgb24") if kind == "video" else frame.to_ndarray()
            yield found.astype(np.int64)
