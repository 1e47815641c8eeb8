"""How fast a film is measured, against its own length and against bare decoding. Prints one JSON line last.

`python -m bench.measure_quick [--height 1080] [--seconds 40]`
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from ethics.backends.tracer import Kind, Source, build_assessment, trace_film
from footage.fingerprints import make_reference

FPS = 25
TAKES = 8


def texture(seed: int, width: int, height: int) -> np.ndarray:
    """Blobs of all sizes, uint8 (h, w, 3)."""
    random = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3), np.float32)
    for cells in (3, 6, 12, 24, 48, 96):
        noise = random.normal(size=(cells * 9 // 16 + 1, cells, 3)).astype(np.float32)
        picture += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) * 40 / cells**0.4
    return (picture + 125).clip(0, 255).astype(np.uint8)


def write(path: Path, shots: list[tuple[int, int, int]], height: int) -> None:
    """Write shots (seed, first frame, frames) of a camera moving over textures."""
    width = height * 16 // 9
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for seed, first, frames in shots:
            wide = texture(seed, width + 1000, height)
            for number in range(first, first + frames):
                picture = np.ascontiguousarray(wide[:, 4 * number : 4 * number + width])
                film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(stream.encode(None))


def decode(path: Path) -> float:
    """Seconds of bare decoding."""
    begun = time.perf_counter()
    with av.open(str(path)) as film:
        film.streams.video[0].thread_type = "AUTO"
        for _ in film.decode(video=0):
            pass
    return time.perf_counter() - begun


def run(height: int, seconds: int) -> dict[str, object]:
    """Make the material, measure, and return the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in range(TAKES):
            write(folder / f"{seed}.mp4", [(seed, 0, 10 * FPS)], height)
        frames = seconds * FPS // TAKES
        write(folder / "film.mp4", [(seed, 10, frames) for seed in range(TAKES)], height)
        return measured(folder, seconds)


def measured(folder: Path, seconds: int) -> dict[str, object]:
    begun = time.perf_counter()
    references = [make_reference(folder / f"{seed}.mp4") for seed in range(TAKES)]
    fingerprinted = time.perf_counter()
    kinds: tuple[Kind, Kind] = ("generated", "rush")
    sources = [
        Source(str(seed), folder / f"{seed}.mp4", kinds[seed >= TAKES // 4], reference=reference)
        for seed, reference in enumerate(references)
    ]
    found = build_assessment(trace_film(folder / "film.mp4", sources))
    traced = time.perf_counter() - fingerprinted
    bare = decode(folder / "film.mp4")
    low, high = found["planes"]["picture"]["share"]
    return {
        "seconds": seconds,
        "fingerprints_s": round(fingerprinted - begun, 2),
        "trace_s": round(traced, 2),
        "of_real_time": round(traced / seconds, 3),
        "of_bare_decode": round(traced / bare, 2),
        "share": [low, high],
        "share_error": float(max(abs(Fraction(1, 4) - Fraction(end)) for end in (low, high))),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--seconds", type=int, default=40)
    options = parser.parse_args()
    print(json.dumps({"height": options.height, **run(options.height, options.seconds)}))


if __name__ == "__main__":
    main()
