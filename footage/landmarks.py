"""Landmarks of a sound: pairs of spectral peaks that survive a mix and a re-encode.

The method is Wang's (ISMIR 2003): peaks of the spectrogram, paired with a few later ones, give hashes; two
sounds that share material share hashes at one constant difference in time. A mix keeps many more peaks than a
source, so that a sound 12 dB under another is still found, and is read at several speeds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from footage.bands import Levels, band_levels

Samples = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]
Hashes = npt.NDArray[np.uint32]

RATE = 8000
"""Samples per second; speech and most of music live below 4 kHz."""

WINDOW, HOP = 512, 128
HOP_SECONDS = HOP / RATE
BINS = WINDOW // 2 + 1
CHUNK, HALO = 4096, 16
"""Hops that are transformed at once, and how many beside them peaks look at."""

FLOOR = 1e-4
"""Added to every amplitude of the spectrogram, so that silence has a level: -80 dB."""

LEAST_LEVEL, LOWEST_BIN = -60.0, 4
"""Peaks below either, in decibels and bins, are none."""

QUIET = 1e-3
"""Root mean square (full scale 1) below which a stretch is silence."""

SOONEST, LATEST = 2, 63
"""A peak is paired with later ones at least and at most so many hops away."""

WIDEST = 64
"""Frequency bins between the two peaks of a pair, at most."""


@dataclass(frozen=True, slots=True)
class Density:
    """How many landmarks are kept.

    Attributes:
        bins: A peak is the greatest within so many frequency bins,
        hops: and so many hops around it.
        peaks: Most peaks per second, those that stand out most first.
        partners: Most later peaks that each is paired with.
    """

    bins: int
    hops: int
    peaks: int
    partners: int


SOURCE = Density(bins=9, hops=7, peaks=30, partners=6)
MIX = Density(bins=4, hops=3, peaks=160, partners=60)
DENSE_SECONDS = 1800
"""A longer mix keeps fewer partners per peak, so that its landmarks take no more than those of half an hour: 130 MB."""

SPEEDS = tuple(1 + step / 100 for step in (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5))
"""Source seconds per film second that are tried beside 1, as by a resampler: the pitch goes along."""

LEAST_HITS = 16
"""Landmarks that must agree. Of unrelated voices, music, effects and films of 40 sources the best reach 12."""

USUAL_SOUNDS, MORE_HITS = 40, 3
"""From so many sources on, every tenfold number of them asks for so many landmarks more."""

LEAST_DENSITY = 4.0
"""Hits per second that a run must hold."""

MOST_PLACES = 200
"""A hash that a mix holds more often says little."""

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
        bands: uint8 (m, 12), level of each band every 32 ms, see `footage.bands`.
    """

    seconds: float
    hashes: Hashes
    hops: Hashes
    loud: npt.NDArray[np.bool_]
    bands: Levels


@dataclass(frozen=True, slots=True)
class Mix:
    """A film's sound, ready to be searched.

    Attributes:
        sound: Its fingerprint with the density of a mix.
        retimed: For each of `SPEEDS`, hashes (ascending) and hops with the density of a source.
    """

    sound: SoundPrint
    retimed: tuple[tuple[float, Hashes, Hashes], ...] = ()

    @property
    def loud(self) -> npt.NDArray[np.bool_]:
        return self.sound.loud


@dataclass(frozen=True, slots=True)
class SoundRun:
    """A stretch of a mix, in seconds, that holds a sound from `source_start` on; `hits` landmarks agree.

    `speed` is source seconds per film second.
    """

    key: str
    start: float
    end: float
    source_start: float
    hits: int
    speed: float = 1.0


def listen(path: Path) -> SoundPrint | None:
    """Fingerprint the first sound track of a file; None when there is none that can be read."""
    samples = _samples(path)
    return None if samples is None or len(samples) < WINDOW else sound_print(samples)


def listen_to_mix(path: Path) -> Mix | None:
    """Read a film's sound to search it; None when there is none that can be read."""
    samples = _samples(path)
    return None if samples is None or len(samples) < WINDOW else sound_mix(samples)


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


def sound_print(samples: Samples, *, density: Density = SOURCE) -> SoundPrint:
    """Fingerprint samples at `RATE`, full scale 1."""
    hashes, hops = _landmarks(samples, density)
    return SoundPrint(
        seconds=len(samples) / RATE,
        hashes=hashes,
        hops=hops,
        loud=_loud(samples),
        bands=np.concatenate([band_levels(levels[first:last]) for levels, first, last in _chunks(samples)]),
    )


def sound_mix(samples: Samples) -> Mix:
    """Read samples at `RATE`, full scale 1, as a mix."""
    retimed = tuple((speed, *_landmarks(samples, SOURCE, speed=speed)) for speed in SPEEDS)
    return Mix(sound_print(samples, density=mix_density(len(samples) / RATE)), retimed)


def mix_density(seconds: float) -> Density:
    """How many landmarks are kept of a mix of this length."""
    partners = min(MIX.partners, round(MIX.partners * DENSE_SECONDS / max(seconds, 1)))
    return replace(MIX, partners=max(SOURCE.partners, partners))


def _loud(samples: Samples) -> npt.NDArray[np.bool_]:
    tenth = RATE // 10
    whole = samples[: len(samples) // tenth * tenth].reshape(-1, tenth)
    result: npt.NDArray[np.bool_] = np.sqrt((whole * whole).mean(axis=1)) > QUIET
    return result


def _chunks(samples: Samples, *, speed: float = 1.0) -> Iterator[tuple[Samples, int, int]]:
    """Spectrogram in pieces: levels in decibels, float32 (hops, 257), and which of its hops belong to the piece.

    Windows and hops shrink with the speed, so that a sound that plays faster gives the levels it has by itself.
    """
    window = round(WINDOW / speed)
    shape = np.hanning(window).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, min(window, len(samples)))
    starts = np.arange(0, len(windows) * speed / HOP).astype(np.float64) * HOP / speed
    places = starts.round().astype(np.intp)
    places = places[places < len(windows)]
    for first in range(0, len(places), CHUNK):
        begin, end = max(0, first - HALO), first + CHUNK + HALO
        levels = _levels(windows[places[begin:end]] * shape[: windows.shape[1]])
        yield levels, first - begin, min(len(levels), first - begin + CHUNK)


def _levels(windows: Samples) -> Samples:
    spectrum = np.abs(np.fft.rfft(windows, axis=1))[:, :BINS]
    levels = 20 * np.log10(spectrum + FLOOR).astype(np.float32)
    return np.pad(levels, ((0, 0), (0, BINS - levels.shape[1])), constant_values=20 * np.log10(FLOOR))


def _landmarks(samples: Samples, density: Density, *, speed: float = 1.0) -> tuple[Hashes, Hashes]:
    """Hashes, ascending, and the hop at which each begins."""
    hashes, hops = _hashes(*_peaks(samples, density, speed), density.partners)
    order = np.argsort(hashes, kind="stable")
    return hashes[order], hops[order]


def _peaks(samples: Samples, density: Density, speed: float) -> tuple[Places, Places]:
    """Hops and frequency bins of the local peaks that stand out most, in order of time."""
    when: list[Places] = []
    where: list[Places] = []
    above: list[Samples] = []
    passed = 0
    for levels, first, last in _chunks(samples, speed=speed):
        greatest = cv2.dilate(levels, np.ones((2 * density.hops + 1, 2 * density.bins + 1), np.uint8))
        found = (levels == greatest) & (levels > LEAST_LEVEL)
        found[:, :LOWEST_BIN] = False
        found[:first], found[last:] = False, False
        hops, bins = np.nonzero(found)
        when.append(hops - first + passed)
        where.append(bins)
        above.append((levels - cv2.blur(levels, (4 * density.bins + 1, 4 * density.hops + 1)))[hops, bins])
        passed += last - first
    times, places = np.concatenate(when), np.concatenate(where)
    keep = _strongest(np.concatenate(above), times, density.peaks)
    return times[keep], places[keep]


def _strongest(level: Samples, when: Places, most: int) -> npt.NDArray[np.bool_]:
    """At most so many in every second."""
    second = (when * HOP_SECONDS).astype(int)
    order = np.lexsort((-level, second))
    place = np.arange(len(order)) - np.searchsorted(second[order], second[order])
    keep = np.zeros(len(level), bool)
    keep[order[place < most]] = True
    return keep


def _hashes(when: Places, where: Places, partners: int) -> tuple[Hashes, Hashes]:
    """Hash of two frequencies and their distance in time, and when it begins."""
    hashes, hops = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
    taken = np.zeros(len(when), int)
    for step in range(1, len(when)):
        apart = when[step:] - when[:-step]
        if apart.min() > LATEST:
            break
        near = np.abs(where[step:] - where[:-step]) < WIDEST
        fits = (apart >= SOONEST) & (apart <= LATEST) & near & (taken[: len(apart)] < partners)
        taken[: len(apart)] += fits
        hashes.append((where[:-step][fits] << 15) | (where[step:][fits] << 6) | apart[fits])
        hops.append(when[:-step][fits])
    return np.concatenate(hashes).astype(np.uint32), np.concatenate(hops).astype(np.uint32)


def find_sounds(mix: Mix, sounds: Mapping[str, SoundPrint]) -> list[SoundRun]:
    """Where the sounds occur in a mix, in the order of the mix."""
    least = least_hits(len(sounds))
    found = [
        run for key, sound in sounds.items() for run in _without_echoes(_all_runs(key, mix, sound, least))
    ]
    end = mix.sound.seconds
    inside = [replace(run, end=min(run.end, end)) for run in found if run.start < end]
    return sorted(inside, key=lambda run: (run.start, run.key))


def least_hits(sounds: int) -> int:
    """Landmarks that must agree when so many sources are searched: the more there are, the likelier is chance."""
    return LEAST_HITS + math.ceil(MORE_HITS * math.log10(max(1, sounds / USUAL_SOUNDS)))


def _all_runs(key: str, mix: Mix, sound: SoundPrint, least: int) -> list[SoundRun]:
    """Runs at the sound's own speed, then at others where those have none."""
    readings = [(1.0, mix.sound.hashes, mix.sound.hops), *mix.retimed]
    runs, *others = [_runs(key, hashes, hops, sound, speed, least) for speed, hashes, hops in readings]
    retimed = [run for found in others for run in found]
    for run in sorted(retimed, key=lambda run: -run.hits):
        if all(_shared_seconds(run, other) < LEAST_SECONDS / 2 for other in runs):
            runs.append(run)
    return runs


def _shared_seconds(one: SoundRun, other: SoundRun) -> float:
    return min(one.end, other.end) - max(one.start, other.start)


def _without_echoes(runs: list[SoundRun]) -> list[SoundRun]:
    """Music resembles itself a bar later: of two runs over one stretch the one with fewer hits goes."""
    kept: list[SoundRun] = []
    for run in sorted(runs, key=lambda run: (-run.hits, run.start)):
        if not any(_is_echo(run, other) for other in kept):
            kept.append(run)
    return kept


def _is_echo(run: SoundRun, other: SoundRun) -> bool:
    """Whether a stronger run lies over half of this one, or a far stronger one over any of it."""
    shared = _shared_seconds(run, other)
    return shared > (run.end - run.start) / 2 or (other.hits > 4 * run.hits and shared > 0.2)


def _runs(
    key: str, hashes: Hashes, hops: Hashes, sound: SoundPrint, speed: float, least: int
) -> list[SoundRun]:
    in_mix, in_sound = _shared(hashes, hops, sound)
    if len(in_mix) < least:
        return []
    offsets = in_mix - in_sound
    order = np.argsort(offsets, kind="stable")
    in_mix, offsets = in_mix[order], offsets[order]
    runs: list[SoundRun] = []
    for best in _frequent(offsets, least):
        first, last = np.searchsorted(offsets, (best - 1, best + 2))
        runs.extend(_stretches(key, np.sort(in_mix[first:last]), best, sound, speed, least))
    return runs


def _frequent(offsets: npt.NDArray[np.int64], least: int) -> Iterator[int]:
    """Offsets on which enough pairs agree to within a hop, the most frequent first, no pair of hashes in two."""
    counts = np.pad(np.bincount(offsets - offsets[0]), 1)
    around = counts[:-2] + counts[1:-1] + counts[2:]
    taken = np.zeros(len(around) + 4, bool)
    likely = np.flatnonzero(around >= least)
    for place in likely[np.argsort(-(around[likely] + counts[1:-1][likely]), kind="stable")]:
        if not taken[place : place + 5].any():
            taken[place + 2] = True
            yield int(place + offsets[0])


def _shared(
    hashes: Hashes, hops: Hashes, sound: SoundPrint
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Hops in the mix and in the sound of all pairs of equal hashes; hashes common in the mix say little."""
    first = np.searchsorted(hashes, sound.hashes, "left")
    count = np.searchsorted(hashes, sound.hashes, "right") - first
    count[count > MOST_PLACES] = 0
    place = np.repeat(first, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return hops[place].astype(np.int64), np.repeat(sound.hops, count).astype(np.int64)


def _stretches(
    key: str, hops: npt.NDArray[np.int64], offset: int, sound: SoundPrint, speed: float, least: int
) -> list[SoundRun]:
    """Hits at one offset, split where they pause; hops are those of the mix read at a speed."""
    parts = np.split(hops, np.flatnonzero(np.diff(hops) * HOP_SECONDS > GAP_SECONDS) + 1)
    runs = []
    for part in parts:
        start = max(0.0, float(part[0]) * HOP_SECONDS)
        seconds = float(part[-1] + LATEST // 2) * HOP_SECONDS - start
        if len(part) < least or seconds < LEAST_SECONDS or len(part) / seconds < LEAST_DENSITY:
            continue
        begin = max(0.0, start - offset * HOP_SECONDS)
        # Landmarks start a little after a sound does and end before it: its edges belong to it.
        lead, tail = min(begin, 0.3, start), min(max(0.0, sound.seconds - begin - seconds), 0.5)
        first, last = (start - lead) / speed, (start + seconds + tail) / speed
        runs.append(SoundRun(key, first, last, begin - lead, len(part), speed))
    return runs
