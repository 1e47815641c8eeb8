"""What others find in the same films: PDQ at its published threshold, and FFmpeg's MPEG-7 video signature."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pdqhash

from bench.measure.cutting import FFMPEG
from bench.measure.truth import Planted, Truth

DISTANCE, QUALITY = 31, 50
"""PDQ as its authors publish it: a match up to so many of 256 bits, frames of less quality set aside."""

PER_SECOND = 5
MATCHED = re.compile(r"matching of video (\d+) at ([\d.]+) and (\d+) at ([\d.]+), (\d+) frames matching")
FOUND_PART = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Hashes:
    """PDQ of a file: float64 (n,) seconds and bool (n, 256)."""

    times: npt.NDArray[np.float64]
    bits: npt.NDArray[np.bool_]


def pdq_of(path: Path) -> Hashes:
    """Hash `PER_SECOND` frames a second; frames of little quality are left out."""
    times, rows = [], []
    wanted = 0.0
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            if frame.time is None or frame.time < wanted:
                continue
            wanted += 1 / PER_SECOND
            bits, quality = pdqhash.compute(_fitting(frame.to_ndarray(format="rgb24")))
            if quality >= QUALITY:
                times.append(frame.time)
                rows.append(bits.astype(bool))
    return Hashes(np.array(times), np.array(rows, bool).reshape(-1, 256))


def _fitting(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """At most 512 pixels a side, as PDQ's authors advise."""
    scale = 512 / max(picture.shape[:2])
    if scale >= 1:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def found_by_pdq(film: Hashes, sources: Mapping[str, Hashes], planted: Sequence[Planted]) -> int:
    """Planted takes of which at least half the hashed frames match a frame of their source."""
    return sum(_matches(film, sources[one.key], one) for one in planted)


def _matches(film: Hashes, source: Hashes, planted: Planted) -> bool:
    inside = (film.times >= float(planted.start)) & (film.times < float(planted.end))
    if not inside.any() or not len(source.bits):
        return False
    apart = (film.bits[inside][:, None, :] != source.bits[None, :, :]).sum(axis=2).min(axis=1)
    return bool((apart <= DISTANCE).mean() >= FOUND_PART)


def found_by_signature(film: Path, sources: Mapping[str, Path], planted: Sequence[Planted]) -> int:
    """Planted takes of which FFmpeg reports any match that overlaps them; generous, for it tells one a pair."""
    keys = list(dict.fromkeys(one.key for one in planted))
    matches = {key: _signature(film, sources[key]) for key in keys}
    return sum(
        any(start < float(one.end) and end > float(one.start) for start, end in matches[one.key])
        for one in planted
    )


def _signature(film: Path, source: Path) -> list[tuple[float, float]]:
    """Stretches of the film, in seconds, that the filter's full search matches with a source."""
    graph = "[0:v:0]fps=25,format=yuv420p[a];[1:v:0]fps=25,format=yuv420p[b];[a][b]signature=nb_inputs=2:detectmode=full"
    command = [
        *FFMPEG,
        "-v",
        "info",
        "-i",
        str(film),
        "-i",
        str(source),
        "-filter_complex",
        graph,
        "-f",
        "null",
        "-",
    ]
    told = subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stderr
    return [
        (float(first), float(first) + int(frames) / 25)
        for _film, first, _source, _second, frames in MATCHED.findall(told)
    ]


def peers_found(
    film: Path, truth: Truth, *, files: Mapping[str, Path], hashes: Mapping[str, Hashes]
) -> dict[str, int]:
    """How many of the wanted takes each peer finds."""
    wanted = [planted for planted in truth.planted if planted.wanted]
    return {
        "wanted": len(wanted),
        "pdq": found_by_pdq(pdq_of(film), hashes, wanted),
        "signature": found_by_signature(film, files, wanted),
    }
