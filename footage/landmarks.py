"""Landmarks of a sound: pairs of spectral peaks that survive a mix and a re-encode.

The method is Wang's (ISMIR 2003): peaks of the spectrogram, paired with a few later ones, give hashes; two
sounds that share material share hashes at one constant difference in time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

RATE = 8000
"""Samples per second; speech and most of music live below 4 kHz."""

WINDOW, HOP = 512, 128
HOP_SECONDS = HOP / RATE
PEAK_REACH = 9, 7
"""A peak is the greatest within so many frequency bins and hops around it."""

QUIET = 1e-3
"""Root mean square (full scale 1) below which a stretch is silence."""

PEAKS_PER_SECOND = 30
PARTNERS, SOONEST, LATEST = 6, 2, 63
"""Every peak is paired with so many later ones, at least and at most so many hops away."""

LEAST_HITS = 12
LEAST_DENSITY = 4.0
"""Hits per second that a run must hold."""

GAP_SECONDS = 1.0
LEAST_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class SoundPrint:
    """Fingerprint of a sound.

    Attributes:
        seconds: Length.
        hashes: uint32 (n,), ascending.
        hops: uint32 (n,), when each occurs, in hops of 16 ms.
        loud: bool (seconds * 10,), whether each tenth of a second is louder than silence.
    """

    seconds: float
    hashes: npt.NDArray[np.uint32]
    hops: npt.NDArray[np.uint32]
    loud: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SoundRun:
    """A stretch of a mix, in seconds, that holds a sound from `source_start` on; `hits` landmarks agree."""

    key: str
    start: float
    end: float
    source_start: float
    hits: int


def listen(path: Path) -> SoundPrint | None:
    """Fingerprint the first sound track of a file; None when there is none that can be read."""
    samples = _samples(path)
    return None if samples is None or len(samples) < WINDOW else sound_print(samples)


def _samples(path: Path) -> Samples | None:
    """The sound as mono at `RATE`, full scale 1."""
    pieces: list[npt.NDArray[np.int16]] = []
    try:
        with av.open(f"file:{path.resolve()}", options={"protocol_whitelist": "file"}) as container:
            stream = container.streams.best("audio")
            if stream is None:
                return None
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in container.decode(stream):
                pieces.extend(part.to_ndarray()[0] for part in resampler.resample(frame))
            pieces.extend(part.to_ndarray()[0] for part in resampler.resample(None))
    except (av.error.FFmpegError, OSError, ValueError):
        if not pieces:
            return None
    return np.concatenate(pieces).astype(np.float32) / np.float32(32768) if pieces else None


def sound_print(samples: Samples) -> SoundPrint:
    """Fingerprint samples at `RATE`, full scale 1."""
    hashes, hops = _hashes(*_peaks(_spectrogram(samples)))
    order = np.argsort(hashes, kind="stable")
    return SoundPrint(
        seconds=len(samples) / RATE, hashes=hashes[order], hops=hops[order], loud=_loud(samples)
    )


def _loud(samples: Samples) -> npt.NDArray[np.bool_]:
    tenth = RATE // 10
    whole = samples[: len(samples) // tenth * tenth].reshape(-1, tenth)
    result: npt.NDArray[np.bool_] = np.sqrt((whole * whole).mean(axis=1)) > QUIET
    return result


def _spectrogram(samples: Samples) -> Samples:
    """Level in decibels over the file's own floor, float32 (hops, 257); chunked so that long films fit."""
    shape = np.hanning(WINDOW).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    chunks = [
        np.log10(np.abs(np.fft.rfft(windows[first : first + 4096] * shape, axis=1)) + 1e-4).astype(np.float32)
        for first in range(0, len(windows), 4096)
    ]
    return 20 * np.concatenate(chunks)


def _peaks(levels: Samples) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Hops and frequency bins of the strongest local peaks, in order of time."""
    bins, hops = PEAK_REACH
    greatest = cv2.dilate(levels, np.ones((2 * hops + 1, 2 * bins + 1), np.uint8))
    found = (levels == greatest) & (levels > -30)
    found[:, :4] = False
    when, where = np.nonzero(found)
    keep = _strongest(levels[when, where], when)
    return when[keep], where[keep]


def _strongest(level: Samples, when: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """At most `PEAKS_PER_SECOND` in every second."""
    second = (when * HOP_SECONDS).astype(int)
    order = np.lexsort((-level, second))
    place = np.arange(len(order)) - np.searchsorted(second[order], second[order])
    keep = np.zeros(len(level), bool)
    keep[order[place < PEAKS_PER_SECOND]] = True
    return keep


def _hashes(
    when: npt.NDArray[np.intp], where: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Hash of two frequencies and their distance in time, and when it begins."""
    hashes, hops = [], []
    taken = np.zeros(len(when), int)
    for step in range(1, 40):
        apart = when[step:] - when[:-step]
        near = np.abs(where[step:] - where[:-step]) < 64
        fits = (apart >= SOONEST) & (apart <= LATEST) & near & (taken[: len(apart)] < PARTNERS)
        taken[: len(apart)] += fits
        first, second = where[:-step][fits], where[step:][fits]
        hashes.append((first << 15) | (second << 6) | apart[fits])
        hops.append(when[:-step][fits])
    return np.concatenate(hashes).astype(np.uint32), np.concatenate(hops).astype(np.uint32)


def find_sounds(mix: SoundPrint, sounds: dict[str, SoundPrint]) -> list[SoundRun]:
    """Where the sounds occur in a mix, in the order of the mix."""
    found = [run for key, sound in sounds.items() for run in _without_echoes(_runs(key, mix, sound))]
    inside = [replace(run, end=min(run.end, mix.seconds)) for run in found if run.start < mix.seconds]
    return sorted(inside, key=lambda run: (run.start, run.key))


def _without_echoes(runs: list[SoundRun]) -> list[SoundRun]:
    """Music resembles itself a bar later: of two runs over one stretch the one with far fewer hits goes."""
    return [
        run
        for run in runs
        if not any(
            other.hits > 4 * run.hits and min(run.end, other.end) - max(run.start, other.start) > 0.2
            for other in runs
        )
    ]


def _runs(key: str, mix: SoundPrint, sound: SoundPrint) -> list[SoundRun]:
    in_mix, in_sound = _shared(mix, sound)
    runs: list[SoundRun] = []
    offsets = in_mix - in_sound
    while len(offsets) >= LEAST_HITS:
        values, counts = np.unique(offsets, return_counts=True)
        best = values[int(np.argmax(counts))]
        near = np.abs(offsets - best) <= 1
        if near.sum() < LEAST_HITS:
            break
        runs.extend(_stretches(key, np.sort(in_mix[near]), int(best), sound))
        in_mix, in_sound, offsets = in_mix[~near], in_sound[~near], offsets[~near]
    return runs


def _shared(mix: SoundPrint, sound: SoundPrint) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Hops in the mix and in the sound of all pairs of equal hashes; hashes common in the sound say
    little."""
    first = np.searchsorted(mix.hashes, sound.hashes, "left")
    count = np.searchsorted(mix.hashes, sound.hashes, "right") - first
    count[count > 50] = 0
    place = np.repeat(first, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return mix.hops[place].astype(np.int64), np.repeat(sound.hops, count).astype(np.int64)


def _stretches(key: str, hops: npt.NDArray[np.int64], offset: int, sound: SoundPrint) -> list[SoundRun]:
    """Hits at one offset, split where they pause."""
    parts = np.split(hops, np.flatnonzero(np.diff(hops) * HOP_SECONDS > GAP_SECONDS) + 1)
    runs = []
    for part in parts:
        start = max(0.0, float(part[0]) * HOP_SECONDS)
        end = float(part[-1] + LATEST // 2) * HOP_SECONDS
        seconds = end - start
        if len(part) < LEAST_HITS or seconds < LEAST_SECONDS or len(part) / seconds < LEAST_DENSITY:
            continue
        begin = start - offset * HOP_SECONDS
        # Landmarks start a little after a sound does and end before it: its edges belong to it.
        lead, tail = min(begin, 0.3), min(max(0.0, sound.seconds - begin - seconds), 0.5)
        runs.append(SoundRun(key, max(0.0, start - lead), end + tail, max(0.0, begin - lead), len(part)))
    return runs
