"""Fingerprints: what is kept of a rush or a generated asset so that its frames can be found in a cut.

Three kinds, from exact to robust:

* hashes of the file and of the demuxed picture stream, which survives a remux;
* landmarks of the sound;
* one small grey frame every `SAMPLE_SECONDS`, from which
* a 12 x 12 cosine descriptor (the idea of PDQ, Facebook 2019, over a rectangle of our choice, with signed
roots
  instead of bits) is made at search time for any crop or mirror view.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from footage.bands import BANDS
from footage.decode import Array, Frame, open_pictures
from footage.hashes import sha256_file, sha256_packets
from footage.landmarks import SoundPrint, listen
from footage.problems import Problem

Floats = npt.NDArray[np.float32]

GRID_WIDTH, GRID_HEIGHT = 64, 36
"""Size in pixels of a grey frame of a film; every frame of a film is kept at this size."""

STILL_SCALE = 2
"""A still is kept at twice that size, because a camera move over it shows a part of it."""

SAMPLE_SECONDS = Fraction(2, 25)
"""Least time between two kept frames of a reference."""

PATCH = 32
"""Side of the square a rectangle is squashed into before the cosine transform."""

FREQUENCIES = 12
"""Cosine frequencies kept per direction; with the mean left out, 143 numbers."""

LEAST_LENGTH = 5.0
"""Length of a descriptor, before it is made 1, below which a frame is plain: what is left are rounding errors."""

MAGIC = b"dailies-reference/3\n"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in fractions of a picture's width and height; mirrored when the film shows it left to
    right."""

    left: float
    top: float
    right: float
    bottom: float
    mirrored: bool = False

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


WHOLE = Rect(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Reference:
    """The fingerprint of one file, ready to be stored and compared.

    Attributes:
        still: One picture, to be found at any time and under a camera move.
        width: Pixels as shown.
        height: Pixels as shown.
        seconds: Length of the picture.
        file_hash: SHA-256 of the file, hex.
        stream_hash: SHA-256 of the demuxed picture packets, hex; empty for stills.
        times: float64 (n,), seconds of the kept frames.
        greys: uint8 (n, h, w), the kept frames; none when the file is sound alone.
        sound: Landmarks of the sound; None without sound.
    """

    still: bool
    width: int
    height: int
    seconds: Fraction
    file_hash: str
    stream_hash: str
    times: npt.NDArray[np.float64]
    greys: Array
    sound: SoundPrint | None = None

    def to_bytes(self) -> bytes:
        """Canonical bytes: a JSON head, then the deflated times and frames."""
        sound = self.sound
        head = {
            "still": self.still,
            "width": self.width,
            "height": self.height,
            "seconds": str(self.seconds),
            "file": self.file_hash,
            "stream": self.stream_hash,
            "shape": list(self.greys.shape),
            "sound": [sound.seconds, len(sound.hashes), len(sound.loud), len(sound.bands)] if sound else None,
        }
        arrays = [self.times.astype("<f8"), self.greys]
        if sound:
            arrays += [sound.hashes.astype("<u4"), sound.hops.astype("<u4"), sound.loud, sound.bands]
        text = json.dumps(head, sort_keys=True).encode()
        body = zlib.compress(b"".join(array.tobytes() for array in arrays), 6)
        return MAGIC + struct.pack("<I", len(text)) + text + body

    @classmethod
    def from_bytes(cls, data: bytes) -> Reference:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: when the bytes are something else, or of an older form.
        """
        if not data.startswith(MAGIC):
            raise ValueError("not a stored reference of this form")
        (size,) = struct.unpack_from("<I", data, len(MAGIC))
        start = len(MAGIC) + 4
        head = json.loads(data[start : start + size])
        body = _Body(zlib.decompress(data[start + size :]))
        shape = head["shape"]
        return cls(
            still=head["still"],
            width=head["width"],
            height=head["height"],
            seconds=Fraction(head["seconds"]),
            file_hash=head["file"],
            stream_hash=head["stream"],
            times=body.take("<f8", shape[0]),
            greys=body.take("u1", int(np.prod(shape))).reshape(shape),
            sound=_stored_sound(body, head["sound"]),
        )


class _Body:
    """Arrays one after another in stored bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def take(self, kind: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self.place)
        self.place += values.nbytes
        return values


def _stored_sound(body: _Body, head: list[float] | None) -> SoundPrint | None:
    if head is None:
        return None
    seconds, count, tenths, tiles = head
    return SoundPrint(
        seconds=float(seconds),
        hashes=body.take("<u4", int(count)),
        hops=body.take("<u4", int(count)),
        loud=body.take("?", int(tenths)),
        bands=body.take("u1", int(tiles) * BANDS).reshape(-1, BANDS),
    )


def make_reference(path: Path) -> Reference:
    """Fingerprint a rush, a generated clip, a still or a sound.

    Raises:
        footage.problems.Problem: when the file holds neither picture nor sound.
    """
    try:
        head, frames = open_pictures(path, every=SAMPLE_SECONDS)
    except Problem as problem:
        return _sound_reference(path, problem)
    times, pictures, end = _sampled(frames)
    still = len(pictures) == 1
    scale = STILL_SCALE if still else 1
    return Reference(
        still=still,
        width=head.width,
        height=head.height,
        seconds=end,
        file_hash=sha256_file(path),
        stream_hash="" if still else _stream_hash(path),
        times=np.array(times, np.float64),
        greys=np.stack([grey(picture, scale=scale) for picture in pictures]),
        sound=None if still else listen(path),
    )


def _sound_reference(path: Path, problem: Problem) -> Reference:
    """Fingerprint of a file without picture; the problem rises again when there is no sound either."""
    sound = listen(path) if path.is_file() else None
    if sound is None:
        raise problem
    return Reference(
        still=False,
        width=0,
        height=0,
        seconds=Fraction(round(sound.seconds * 1000), 1000),
        file_hash=sha256_file(path),
        stream_hash="",
        times=np.zeros(0),
        greys=np.zeros((0, GRID_HEIGHT, GRID_WIDTH), np.uint8),
        sound=sound,
    )


def _sampled(frames: Iterator[Frame]) -> tuple[list[float], list[Array], Fraction]:
    times: list[float] = []
    pictures: list[Array] = []
    end = Fraction(0)
    for frame in frames:
        times.append(float(frame.start))
        pictures.append(frame.picture)
        end = frame.end
    return times, pictures, end


def grey(picture: Array, *, scale: int = 1) -> Array:
    """Luma of a small colour frame, uint8 (36 * scale, 64 * scale)."""
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    size = (GRID_WIDTH * scale, GRID_HEIGHT * scale)
    if luma.shape[::-1] != size:
        luma = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    return np.asarray(luma, np.uint8)


def _stream_hash(path: Path) -> str:
    """SHA-256 of the picture packets, which a remux keeps; empty for a damaged stream."""
    try:
        return sha256_packets(path, kind="video") or ""
    except Problem:
        return ""


def describe(greys: Array, rect: Rect = WHOLE) -> Floats:
    """Descriptor of one rectangle of every frame.

    Args:
        greys: uint8 (n, h, w).

    Returns:
        float32 (n, FREQUENCIES**2 - 1), rows of length 1 (or next to 0 for a plain frame): the dot product of two
        rows is their likeness in [-1, 1].
    """
    result: Floats = describe_views(greys, [rect])[0]
    return result


def describe_views(greys: Array, rects: Sequence[Rect]) -> Floats:
    """Descriptors of many rectangles of every frame, float32 (views, n, 143); what they share is made once.

    Args:
        greys: uint8 (n, h, w).
    """
    values = greys.astype(np.float32)
    waves = np.empty((len(rects), len(greys), FREQUENCIES**2 - 1), np.float32)
    columns: dict[tuple[float, float, bool], Floats] = {}
    for number, rect in enumerate(rects):
        sides = rect.left, rect.right, rect.mirrored
        if sides not in columns:
            columns[sides] = _across(values, rect, _waves)
        waves[number] = _down(columns[sides], rect, _waves).reshape(len(greys), -1)[:, 1:]
    rooted = np.copysign(np.sqrt(np.abs(waves)), waves)
    lengths = np.linalg.norm(rooted, axis=2, keepdims=True)
    result: Floats = (rooted / np.maximum(lengths, LEAST_LENGTH)).astype(np.float32)
    return result


def patches(greys: Array, rect: Rect = WHOLE) -> Floats:
    """One rectangle of every frame (n, h, w), squashed into a square; float32 (n, 32, 32)."""
    return _down(_across(greys.astype(np.float32), rect, _bilinear), rect, _bilinear)


Side = Callable[[float, float, int], Floats]
"""A matrix over the pixels of a side, for a stretch of it."""


def _across(values: Floats, rect: Rect, side: Side) -> Floats:
    """The columns of a rectangle of every frame (n, h, w) through a matrix; float32 (h, n * k)."""
    count, height, width = values.shape
    left, right = (rect.right, rect.left) if rect.mirrored else (rect.left, rect.right)
    rows = values.reshape(-1, width) @ side(left, right, width).T
    return np.ascontiguousarray(rows.reshape(count, height, -1).transpose(1, 0, 2)).reshape(height, -1)


def _down(columns: Floats, rect: Rect, side: Side) -> Floats:
    """And its rows; float32 (n, k, k)."""
    matrix = side(rect.top, rect.bottom, len(columns))
    sampled = (matrix @ columns).reshape(len(matrix), -1, len(matrix))
    return np.ascontiguousarray(sampled.transpose(1, 0, 2))


@lru_cache(maxsize=4096)
def _waves(start: float, end: float, size: int) -> Floats:
    """The cosine transform of a stretch of `size` pixels, float32 (FREQUENCIES, size)."""
    return np.asarray(_cosines() @ _bilinear(start, end, size), np.float32)


@lru_cache(maxsize=4096)
def _bilinear(start: float, end: float, size: int) -> Floats:
    """What `PATCH` points between two places (parts of `size` pixels) take from which pixel, float32 (PATCH, size)."""
    places = start * size - 0.5 + (np.arange(PATCH) + 0.5) * (end - start) * size / PATCH
    places = places.clip(0, size - 1)
    before = np.floor(places).astype(int).clip(0, max(0, size - 2))
    part = places - before
    matrix = np.zeros((PATCH, size))
    rows = np.arange(PATCH)
    matrix[rows, before] += 1 - part
    matrix[rows, np.minimum(before + 1, size - 1)] += part
    return np.asarray(matrix, np.float32)


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    """Rows of the orthonormal cosine transform (DCT-II), float32 (FREQUENCIES, PATCH)."""
    places = (np.arange(PATCH) + 0.5) * np.pi / PATCH
    rows = np.cos(np.arange(FREQUENCIES)[:, None] * places) * np.sqrt(2 / PATCH)
    rows[0] /= np.sqrt(2)
    result: Floats = rows.astype(np.float32)
    return result
