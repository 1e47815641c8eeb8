"""The composer's notes as sound: additive synthesis in numpy, a small hall round it. No samples, no trained model."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.backends import writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if
from generation.domain.composing import Note, Part, Score, compose

Samples = NDArray[np.float32]
RATE = 48_000
LOUDNESS, PEAK = 10 ** (-20 / 20), 10 ** (-3 / 20)
"""Root mean square aimed at, and the peak not to be passed, as shares of full scale: a bed that leaves room for voices."""
HALL_SECONDS, HALL_SHARE = 1.8, 0.28
HALL_SEED = 11
BLOCK = 1 << 19
"""Samples that are convolved at once: overlap-add, so that a long piece needs no more memory than a short one."""
PAN = {"pad": 0.0, "bass": 0.0, "pluck": 0.35, "lead": -0.2, "bell": 0.5}
"""-1 left … 1 right."""
FADE_SECONDS = 0.6


class Composer:
    """The composer behind the interface of engines."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        inputs = request.inputs
        score = compose(
            mood=str(inputs["mood"]), tempo=int(inputs["tempo"]), key=str(inputs["key"]),
            seconds=float(inputs["seconds"]), seed=int(inputs["seed"]),
        )  # fmt: skip
        notes = _watched(score.notes, progress=progress, cancelled=cancelled)
        sound = levelled(ended(in_hall(played(score, notes))))
        path = writing.write_sound(sound.T, folder, rate=RATE)
        facts = {
            "device": "cpu", "pipeline": "composer", "rate": RATE, "samples": int(sound.shape[1]), "versions": {},
            "tempo": score.tempo, "key": score.key, "notes": len(score.notes), "chords": list(score.degrees),
        }  # fmt: skip
        return Produced(path, "sound", facts, source_type="algorithmicMedia")


def _watched(notes: tuple[Note, ...], *, progress: Progress, cancelled: Asked) -> Iterable[Note]:
    for number, note in enumerate(notes, start=1):
        if number % 16 == 0:
            stop_if(cancelled)
            progress(number, len(notes))
        yield note
    progress(len(notes), len(notes))


def played(score: Score, notes: Iterable[Note]) -> Samples:
    """Return the notes as stereo samples, shape (2, n), exactly as long as the score."""
    size = round(score.seconds * RATE)
    mix = np.zeros((2, size), np.float32)
    for note in notes:
        begin = round(note.begin * RATE)
        tone = _tone(note.part, note.pitch, round(note.seconds * RATE))[: max(0, size - begin)]
        pan = PAN[note.part]
        for side, gain in enumerate((1 - max(0.0, pan), 1 + min(0.0, pan))):
            mix[side, begin : begin + tone.size] += note.loudness * gain * tone
    return mix


@lru_cache(maxsize=96)
def _tone(part: Part, pitch: int, length: int) -> Samples:
    """Return one note of a part, shape (samples,), with the time it takes to die away."""
    shapes = {"pad": _pad, "bass": _bass, "pluck": _pluck, "lead": _lead, "bell": _bell}
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    return shapes[part](hertz, length)


def _times(seconds: float) -> Samples:
    return np.arange(round(seconds * RATE), dtype=np.float32) / np.float32(RATE)


def _partials(time: Samples, hertz: float, shares: Iterable[float]) -> Samples:
    """Return a sum of the first harmonics with these shares, those over 12 kHz left out."""
    total = np.zeros_like(time)
    for number, share in enumerate(shares, start=1):
        if number * hertz < 12_000:
            total += np.float32(share) * np.sin(np.float32(2 * np.pi * number * hertz) * time)
    return total


def _held(time: Samples, length: int, *, attack: float, release: float) -> Samples:
    """Return an envelope: in within `attack`, out within `release` seconds after the note's length."""
    inward = np.minimum(1, time / np.float32(attack))
    outward = np.clip(1 - (time - np.float32(length / RATE)) / np.float32(release), 0, 1)
    return np.asarray(inward * outward**2, np.float32)


def _pad(hertz: float, length: int) -> Samples:
    time = _times(length / RATE + 1.2)
    shares = [1 / number**1.7 for number in range(1, 8)]
    body = sum(_partials(time, hertz * bend, shares) for bend in (0.9975, 1.0, 1.0026))
    return np.asarray(0.16 * body * _held(time, length, attack=0.5, release=1.2), np.float32)


def _bass(hertz: float, length: int) -> Samples:
    time = _times(length / RATE + 0.2)
    body = _partials(time, hertz, (1, 0.4, 0.12, 0.05))
    fading = np.exp(-0.6 * time) * _held(time, length, attack=0.02, release=0.2)
    return np.asarray(0.5 * body * fading, np.float32)


def _pluck(hertz: float, length: int) -> Samples:
    time = _times(2.2)
    body = sum(
        _partials(time, hertz * number, (0.8 / number,)) * np.exp(-np.float32(1.6 + 1.3 * number) * time)
        for number in range(1, 9)
    )
    return np.asarray(0.45 * body * np.minimum(1, time / 0.004), np.float32)


def _lead(hertz: float, length: int) -> Samples:
    time = _times(length / RATE + 0.25)
    depth = 0.0035 * np.clip((time - 0.25) / 0.4, 0, 1)  # vibrato comes in late, as a player's does
    phase = 2 * np.pi * hertz * np.cumsum(1 + depth * np.sin(2 * np.pi * 5.2 * time)) / RATE
    body = np.sin(phase) + 0.28 * np.sin(2 * phase) + 0.09 * np.sin(3 * phase)
    return np.asarray(0.4 * body * _held(time, length, attack=0.07, release=0.25), np.float32)


def _bell(hertz: float, length: int) -> Samples:
    time = _times(3.0)
    body = sum(
        share * np.sin(2 * np.pi * ratio * hertz * time) * np.exp(-decay * time)
        for ratio, share, decay in ((1.0, 1.0, 1.4), (2.76, 0.4, 2.6), (5.4, 0.15, 4.5))
    )
    return np.asarray(0.4 * body, np.float32)


def in_hall(dry: Samples) -> Samples:
    """Return the sound in a small hall: the dry one and its reverberation, of the same length."""
    count = round(HALL_SECONDS * RATE)
    noise = np.random.default_rng(HALL_SEED).standard_normal((2, count)).astype(np.float32)
    time = np.arange(count, dtype=np.float32) / RATE
    echo = _dulled(noise) * np.exp(-3.6 * time) * np.minimum(1, time / 0.02)
    echo /= np.sqrt((echo**2).sum(axis=1, keepdims=True))
    whole = np.concatenate([dry, np.zeros((2, count), np.float32)], axis=1)
    spectrum = np.fft.rfft(echo, BLOCK)
    step = BLOCK - count
    for begin in range(0, dry.shape[1], step):
        wet = np.fft.irfft(np.fft.rfft(dry[:, begin : begin + step], BLOCK) * spectrum, BLOCK)
        end = min(begin + BLOCK, whole.shape[1])
        whole[:, begin:end] += HALL_SHARE * wet[:, : end - begin].astype(np.float32)
    return whole[:, : dry.shape[1]]


def _dulled(noise: Samples) -> Samples:
    """Take the hiss off, as walls do: a moving mean over a third of a millisecond."""
    window = np.ones(16, np.float32) / 16
    return np.stack([np.convolve(side, window, mode="same") for side in noise]).astype(np.float32)


def ended(sound: Samples) -> Samples:
    """Return the sound with its end taken down to silence."""
    fade = np.ones(sound.shape[1], np.float32)
    edge = min(fade.size, round(FADE_SECONDS * RATE))
    fade[fade.size - edge :] = np.linspace(1, 0, edge, dtype=np.float32) ** 2
    return sound * fade


def levelled(sound: Samples) -> Samples:
    """Return the sound at the level of a bed under voices."""
    mean, peak = float(np.sqrt(np.mean(sound**2))), float(np.abs(sound).max())
    gain = min(LOUDNESS / max(mean, 1e-9), PEAK / max(peak, 1e-9))
    return np.asarray(sound * np.float32(gain), np.float32)
