"""Small films drawn frame by frame, whose every cut and freeze is known."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

WIDTH, HEIGHT = 320, 180


def texture(seed: int, width: int = 480, height: int = 270) -> np.ndarray:
    """A picture full of blobs of all sizes, uint8 (h, w, 3), red-green-blue."""
    random = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3), np.float32)
    for cells in (3, 6, 12, 24, 48):
        noise = random.normal(size=(cells * 9 // 16 + 1, cells, 3)).astype(np.float32)
        picture += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) * 40 / cells**0.4
    return (picture + random.uniform(90, 160)).clip(0, 255).astype(np.uint8)


def panned(seed: int, frames: int, *, first: int = 0) -> list[np.ndarray]:
    """A camera moving over a texture, two pixels a frame; frames of one seed share one move."""
    wide = texture(seed, width=WIDTH + 2 * 200, height=HEIGHT)
    return [np.ascontiguousarray(wide[:, 2 * n : 2 * n + WIDTH]) for n in range(first, first + frames)]


def held(picture: np.ndarray, frames: int) -> list[np.ndarray]:
    small = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return [small] * frames


def plain(colour: tuple[int, int, int], frames: int) -> list[np.ndarray]:
    return held(np.full((HEIGHT, WIDTH, 3), colour, np.uint8), frames)


def write(path: Path, pictures: Iterable[np.ndarray], *, fps: Fraction = Fraction(25), crf: int = 23) -> Path:
    """H.264 in the container its name says."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "ultrafast"})
        stream.pix_fmt, stream.thread_count = "yuv420p", 1
        for number, picture in enumerate(pictures):
            if not number:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return path
