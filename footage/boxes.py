"""Boxes of ISO base media files (ISO/IEC 14496-12): MP4, MOV, M4A, 3GP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from footage.problems import Problem, gettext_noop

LARGEST_INDEX_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Box:
    """A top-level box: type, and the half-open range of its bytes in the file."""

    kind: bytes
    start: int
    end: int


def top_boxes(file: BinaryIO, size: int) -> Iterator[Box]:
    """Top-level boxes (ISO/IEC 14496-12 §4.2) of `size` bytes; the last may claim more than there is."""
    start = 0
    while start + 8 <= size:
        file.seek(start)
        head = file.read(16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - start
        if length < 8:
            return
        yield Box(kind, start, start + length)
        start += length


def check_boxes(path: Path, name: str) -> None:
    """Refuse a film that ends early, has no index or is encrypted; each with its own sentence."""
    size = path.stat().st_size
    with path.open("rb") as file:
        boxes = list(top_boxes(file, size))
        cut = next((box for box in boxes if box.end > size and box.kind in {b"mdat", b"moov", b"moof"}), None)
        if cut:
            raise Problem(
                gettext_noop(
                    "%(name)s is cut off: it should be at least %(wanted)d bytes long and has %(found)d. "
                    "Upload it again."
                ),
                name=name,
                wanted=cut.end,
                found=size,
            )
        index = next((box for box in boxes if box.kind == b"moov"), None)
        if index is None:
            raise Problem(
                gettext_noop(
                    "%(name)s has no index (moov): the recording or export was interrupted. Export it again, "
                    "or repair it in the camera that made it."
                ),
                name=name,
            )
        file.seek(index.start)
        _check_unlocked(file.read(min(index.end - index.start, LARGEST_INDEX_BYTES)), name)


def _check_unlocked(index: bytes, name: str) -> None:
    """Common encryption (ISO/IEC 23001-7) renames the sample entry and keeps the old name in `frma`."""
    if (b"encv" in index or b"enca" in index) and b"sinf" in index and b"frma" in index:
        raise Problem(
            gettext_noop(
                "%(name)s is encrypted (DRM), so nobody here can read it. Upload a copy without protection."
            ),
            name=name,
        )
