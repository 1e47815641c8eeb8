"""Sound effects by plain synthesis: shaped noise, drops, crackles and tones in numpy. No samples, no trained model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from generation.backends import writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if

Samples = NDArray[np.float32]
"""Stereo, shape (2, n), or one channel, shape (n,)."""
Curve = Callable[[Samples], Samples]
"""Gain by frequency in Hz."""
RATE = 48_000
LOUDNESS, PEAK = 10 ** (-26 / 20), 10 ** (-3 / 20)
"""Root mean square aimed at, and the peak not to be passed, as shares of full scale."""
FADE_SECONDS = 0.25


class EffectsProgram:
    """The synthesis behind the interface of engines."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        inputs = request.inputs
        size = round(float(inputs["seconds"]) * RATE)
        dice = np.random.default_rng(int(inputs["seed"]))
        sound = _levelled(_faded(SOUNDS[str(inputs["effect"])](dice, size, float(inputs["strength"]))))
        stop_if(cancelled)
        progress(1, 1)
        path = writing.write_sound(sound.T, folder, rate=RATE)
        facts = {"device": "cpu", "pipeline": "effects", "rate": RATE, "samples": size, "versions": {}}
        return Produced(path, "sound", facts, source_type="algorithmicMedia")


# ---------------------------------------------------------------- building blocks
def _noise(dice: np.random.Generator, size: int, curve: Curve) -> Samples:
    """Return stereo noise of mean power 1 whose spectrum follows the curve."""
    white = dice.standard_normal((2, size)).astype(np.float32)
    hertz = np.fft.rfftfreq(size, 1 / RATE).astype(np.float32)
    shaped = np.fft.irfft(np.fft.rfft(white) * curve(np.maximum(hertz, 1)), size)
    return np.asarray(shaped / np.sqrt(np.mean(shaped**2) + 1e-12), np.float32)


def _band(low: float, high: float, *, tilt: float = 0.0) -> Curve:
    """Return a band-pass with soft edges; `tilt` is the power of the frequency by which it falls (1: pink is 0.5)."""

    def gain(hertz: Samples) -> Samples:
        rising, falling = 1 / (1 + (low / hertz) ** 4), 1 / (1 + (hertz / high) ** 4)
        return np.asarray(rising * falling * hertz**-tilt, np.float32)

    return gain


def _drift(dice: np.random.Generator, size: int, *, seconds: float) -> Samples:
    """Return a slow random course between 0 and 1 with a new aim about every so many seconds."""
    count = max(4, round(size / RATE / seconds) + 3)
    aims = dice.random(count).astype(np.float32)
    places = np.linspace(0, count - 1, size, dtype=np.float32)
    whole = np.minimum(places.astype(np.int64), count - 2)
    part = places - whole
    smooth = part * part * (3 - 2 * part)
    return np.asarray(aims[whole] * (1 - smooth) + aims[whole + 1] * smooth, np.float32)


def _strewn(dice: np.random.Generator, size: int, *, a_second: float, grain: Samples) -> Samples:
    """Return a grain laid down at random times, with random loudness and place between left and right."""
    count = max(1, round(a_second * size / RATE))
    at, loud, side = dice.integers(0, size, count), dice.exponential(1.0, count), dice.random(count)
    hits = np.zeros((2, size + grain.size), np.float32)
    np.add.at(hits[0], at, (loud * side).astype(np.float32))
    np.add.at(hits[1], at, (loud * (1 - side)).astype(np.float32))
    length = hits.shape[1]
    return np.asarray(
        np.fft.irfft(np.fft.rfft(hits) * np.fft.rfft(grain, length), length)[:, :size], np.float32
    )


def _peaked(sound: Samples) -> Samples:
    """Return the sound with its loudest sample at 1."""
    return np.asarray(sound / (np.abs(sound).max() + 1e-9), np.float32)


def _grain(dice: np.random.Generator, seconds: float, *, decay: float, low: float, high: float) -> Samples:
    """Return a short burst of noise in a band that dies away by e in 1 / decay seconds."""
    count = round(seconds * RATE)
    time = np.arange(count, dtype=np.float32) / RATE
    return np.asarray(_noise(dice, count, _band(low, high))[0] * np.exp(-decay * time), np.float32)


# ---------------------------------------------------------------- the sounds
def _room_tone(dice: np.random.Generator, size: int, strength: float) -> Samples:
    air = _noise(dice, size, _band(40, 900 + 1500 * strength, tilt=0.8))
    return air * (0.9 + 0.1 * _drift(dice, size, seconds=4))


def _rain(dice: np.random.Generator, size: int, strength: float) -> Samples:
    bed = _noise(dice, size, _band(500, 5000 + 5000 * strength, tilt=0.3))
    drop = _grain(dice, 0.02, decay=350, low=1500, high=7000)
    drops = _strewn(dice, size, a_second=60 + 900 * strength, grain=drop)
    return bed * (0.3 + strength) + (2 + 2 * strength) * _peaked(drops)


def _wind(dice: np.random.Generator, size: int, strength: float) -> Samples:
    total = np.zeros((2, size), np.float32)
    for low, high in ((60, 250), (200, 600), (500, 1200), (1000, 2600)):
        gusts = _drift(dice, size, seconds=3.5 - 2 * strength) ** (2.2 - strength)
        total += (
            _noise(dice, size, _band(low, high, tilt=0.5))
            * gusts
            * (1 if low < 300 else 0.4 + 0.6 * strength)
        )
    return total


def _sea(dice: np.random.Generator, size: int, strength: float) -> Samples:
    time = np.arange(size, dtype=np.float32) / RATE
    period = 9 - 3.5 * strength
    swell = np.sin(np.pi * (time / period + 0.3 * _drift(dice, size, seconds=8))) ** 2
    rumble = _noise(dice, size, _band(40, 400, tilt=0.6)) * (0.35 + 0.5 * swell)
    foam = _noise(dice, size, _band(700, 6000, tilt=0.3)) * swell**4 * (0.4 + 0.8 * strength)
    return np.asarray(rumble + foam, np.float32)


def _fire(dice: np.random.Generator, size: int, strength: float) -> Samples:
    roar = _noise(dice, size, _band(50, 350, tilt=0.5)) * (0.5 + 0.5 * _drift(dice, size, seconds=1.5))
    snap = _grain(dice, 0.03, decay=220, low=1200, high=9000)
    crackle = _strewn(dice, size, a_second=4 + 20 * strength, grain=snap)
    return np.asarray(roar * (0.4 + 0.4 * strength) + 3 * _peaked(crackle), np.float32)


def _thunder(dice: np.random.Generator, size: int, strength: float) -> Samples:
    time = np.arange(size, dtype=np.float32) / RATE
    rolling = np.zeros(size, np.float32)
    for number in range(7):
        begin = 0.3 + number * float(dice.uniform(0.15, 0.7))
        since = np.maximum(0, time - begin)
        rolling += (
            (time >= begin)
            * np.exp(-since * (1.2 + 0.3 * number))
            * float(dice.uniform(0.4, 1))
            * 0.8**number
        )
    crack = (time >= 0.3) * np.exp(-np.maximum(0, time - 0.3) * 9) * strength
    low = _noise(dice, size, _band(25, 180, tilt=0.4)) * rolling
    return np.asarray(low + 0.7 * _noise(dice, size, _band(200, 3500, tilt=0.4)) * crack, np.float32)


def _crickets(dice: np.random.Generator, size: int, strength: float) -> Samples:
    time = np.arange(size, dtype=np.float32) / RATE
    total = 0.05 * _noise(dice, size, _band(60, 1500, tilt=0.6))
    for number in range(2 + round(4 * strength)):
        pitch, rhythm, shift = dice.uniform(4100, 4900), dice.uniform(0.7, 1.1), dice.random()
        chirp = ((time / rhythm + shift) % 1 < 0.22) * np.maximum(0, np.sin(2 * np.pi * 15 * time)) ** 2
        side = dice.random()
        tone = np.sin(2 * np.pi * pitch * time) * chirp / (1 + number)
        total += np.stack([side * tone, (1 - side) * tone]).astype(np.float32)
    return np.asarray(total, np.float32)


def _footsteps(dice: np.random.Generator, size: int, strength: float) -> Samples:
    total = 0.004 * _noise(dice, size, _band(60, 2000, tilt=0.5))
    every = 0.72 - 0.4 * strength
    for number, begin in enumerate(np.arange(0.3, size / RATE, every)):
        at = round((begin + float(dice.normal(0, 0.012))) * RATE)
        step = 0.9 * _grain(dice, 0.12, decay=45, low=60, high=260) + 0.3 * _grain(
            dice, 0.12, decay=70, low=1500, high=5000
        )
        side = 0.42 if number % 2 else 0.58
        part = step[: max(0, size - at)] * float(dice.uniform(0.8, 1.1))
        total[:, at : at + part.size] += np.stack([side * part, (1 - side) * part])
    return total


SOUNDS: Mapping[str, Callable[[np.random.Generator, int, float], Samples]] = MappingProxyType(
    {
        "room-tone": _room_tone, "rain": _rain, "wind": _wind, "sea": _sea, "fire": _fire, "thunder": _thunder,
        "crickets": _crickets, "footsteps": _footsteps,
    }
)  # fmt: skip


def _faded(sound: Samples) -> Samples:
    """Return the sound with its ends taken down to silence."""
    edge = min(round(FADE_SECONDS * RATE), sound.shape[1] // 2)
    ramp = np.ones(sound.shape[1], np.float32)
    ramp[:edge] = np.linspace(0, 1, edge, dtype=np.float32)
    ramp[-edge:] = ramp[:edge][::-1]
    return sound * ramp


def _levelled(sound: Samples) -> Samples:
    mean, peak = float(np.sqrt(np.mean(sound**2))), float(np.abs(sound).max())
    return np.asarray(sound * np.float32(min(LOUDNESS / max(mean, 1e-9), PEAK / max(peak, 1e-9))), np.float32)
