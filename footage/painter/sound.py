"""Location sound for a painted take, as a boom would hear it. Mono float32 in [-1, 1] at 48 kHz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from footage.painter.attributes import PEOPLE, Hour, Place, Shot, Subject, Weather
from footage.painter.scene import Scene

RATE = 48_000
CLAP_AT = 0.35
"""Seconds into the take at which the slate claps."""

Samples = NDArray[np.float32]


def location_sound(scene: Scene, *, seed: int, seconds: float, clap: bool = True) -> Samples:
    """Sound of place, weather and subject, with a slate clap at the start; shape (seconds * RATE,)."""
    count = round(seconds * RATE)
    rng = np.random.default_rng([seed, 0x50])
    heard = _place(scene, rng, count) + _weather(scene, rng, count) + _subject(scene, rng, count)
    if clap:
        _add(heard, _clap(rng), CLAP_AT)
    peak = float(np.abs(heard).max()) if count else 0.0
    return (heard * min(1.0, 0.9 / peak) if peak > 0 else heard).astype(np.float32)


def noise(rng: np.random.Generator, count: int, *, low: float, high: float, slope: float = 0.0) -> Samples:
    """Noise between two frequencies in Hz, falling by `slope` powers of frequency, at root mean square 1."""
    spectrum = np.fft.rfft(rng.standard_normal(max(count, 2)).astype(np.float32))
    hertz = np.fft.rfftfreq(max(count, 2), 1 / RATE)
    keep = 1 / (1 + (low / np.maximum(hertz, 1e-3)) ** 4) / (1 + (hertz / high) ** 4)
    shaped = np.fft.irfft(spectrum * keep / np.maximum(hertz, 20.0) ** slope, max(count, 2))[:count]
    return (shaped / max(float(np.sqrt(np.mean(shaped**2))), 1e-9)).astype(np.float32)


def swell(rng: np.random.Generator, count: int, *, period: float, floor: float = 0.2) -> Samples:
    """A slow random envelope in [floor, 1], changing over about `period` seconds."""
    knots = max(3, int(count / RATE / period * 2) + 3)
    values = rng.random(knots)
    at = np.linspace(0, knots - 1, count)
    low = np.floor(at).astype(int).clip(0, knots - 2)
    share = (1 - np.cos(np.pi * (at - low))) / 2
    level: Samples = (values[low] * (1 - share) + values[low + 1] * share).astype(np.float32)
    return np.float32(floor) + np.float32(1 - floor) * level


def _add(track: Samples, sound: Samples, at: float) -> None:
    start = round(at * RATE)
    end = min(len(track), start + len(sound))
    if 0 <= start < end:
        track[start:end] += sound[: end - start]


def _place(scene: Scene, rng: np.random.Generator, count: int) -> Samples:
    match scene.place:
        case Place.SEA:
            surf = noise(rng, count, low=120, high=5000, slope=0.7) * swell(
                rng, count, period=3.2, floor=0.12
            )
            return 0.16 * surf + 0.05 * _wind(rng, count)
        case Place.CITY:
            hum = noise(rng, count, low=40, high=400, slope=0.8) * swell(rng, count, period=5, floor=0.5)
            return 0.11 * hum + 0.02 * noise(rng, count, low=500, high=3500, slope=0.5)
        case Place.ROOM:
            return _room_tone(rng, count)
        case Place.OLD_TOWN:
            murmur = noise(rng, count, low=200, high=1400, slope=0.4) * swell(
                rng, count, period=0.5, floor=0.2
            )
            return 0.03 * murmur + 0.03 * noise(rng, count, low=300, high=2600) * swell(
                rng, count, period=1.4
            )
        case Place.DESERT:
            return 0.14 * _wind(rng, count)
        case Place.MOUNTAINS:
            return 0.10 * _wind(rng, count) + _animals(scene, rng, count, calls=0.15)
        case _:
            return 0.06 * _wind(rng, count) + _animals(scene, rng, count, calls=0.7)


def _wind(rng: np.random.Generator, count: int) -> Samples:
    gusts = noise(rng, count, low=60, high=700, slope=0.8) * swell(rng, count, period=2.6, floor=0.25)
    whistle = noise(rng, count, low=500, high=1100) * swell(rng, count, period=4.0, floor=0.0) ** 2
    return (gusts + 0.12 * whistle).astype(np.float32)


def _room_tone(rng: np.random.Generator, count: int) -> Samples:
    t = np.arange(count, dtype=np.float32) / RATE
    tone = 0.012 * noise(rng, count, low=60, high=900, slope=0.9)
    tone += 0.004 * np.sin(2 * np.pi * 50 * t) + 0.002 * np.sin(2 * np.pi * 150 * t)
    tick = np.exp(-np.arange(1400) / 130) * np.sin(2 * np.pi * 2100 * np.arange(1400) / RATE)
    for second in np.arange(0.2, count / RATE, 0.5):
        _add(tone, (0.035 * tick).astype(np.float32), float(second))
    return tone.astype(np.float32)


def _animals(scene: Scene, rng: np.random.Generator, count: int, *, calls: float) -> Samples:
    """Crickets by night, birds by day; `calls` is bird phrases per second."""
    track = np.zeros(count, np.float32)
    if scene.weather in (Weather.RAIN, Weather.SNOW):
        return track
    if scene.hour is Hour.NIGHT:
        t = np.arange(count, dtype=np.float32) / RATE
        chirr = np.clip(np.sin(2 * np.pi * 13 * t), 0, 1) * np.clip(np.sin(2 * np.pi * 0.9 * t) + 0.4, 0, 1)
        return (0.018 * chirr * np.sin(2 * np.pi * 4150 * t)).astype(np.float32)
    for _ in range(rng.poisson(max(0.2, calls * count / RATE))):
        _add(track, _bird_call(rng), float(rng.uniform(0, count / RATE)))
    return track


def _bird_call(rng: np.random.Generator) -> Samples:
    notes = []
    for _ in range(int(rng.integers(2, 6))):
        length = int(RATE * rng.uniform(0.05, 0.14))
        sweep = np.linspace(rng.uniform(2400, 4800), rng.uniform(2400, 5600), length)
        notes.append(np.sin(2 * np.pi * np.cumsum(sweep) / RATE) * np.hanning(length))
        notes.append(np.zeros(int(RATE * rng.uniform(0.02, 0.09))))
    return (float(rng.uniform(0.02, 0.07)) * np.concatenate(notes)).astype(np.float32)


def _weather(scene: Scene, rng: np.random.Generator, count: int) -> Samples:
    muffle = 1200.0 if scene.place is Place.ROOM else 9000.0
    if scene.weather is Weather.RAIN:
        rain = 0.07 * noise(rng, count, low=400, high=muffle)
        drops = np.zeros(count, np.float32)
        at = rng.integers(0, max(count, 1), rng.poisson(60 * count / RATE))
        np.add.at(drops, at, rng.exponential(0.5, len(at)).astype(np.float32))
        return (rain + np.convolve(drops, _drop(muffle), "full")[:count]).astype(np.float32)
    if scene.weather is Weather.SNOW:
        return 0.03 * noise(rng, count, low=80, high=900, slope=0.6)
    return np.zeros(count, np.float32)


def _drop(hertz: float) -> Samples:
    n = np.arange(480)
    return (0.05 * np.exp(-n / 60) * np.sin(2 * np.pi * min(hertz, 2600.0) * n / RATE)).astype(np.float32)


def _subject(scene: Scene, rng: np.random.Generator, count: int) -> Samples:
    track = np.zeros(count, np.float32)
    if scene.subject is Subject.TRAIN:
        return train_elements(rng, count)
    if scene.subject is Subject.BOAT:
        for at in np.arange(float(rng.uniform(0.5, 1.5)), count / RATE, 2.3):
            _add(track, _creak(rng), float(at))
    if scene.subject in PEOPLE and scene.shot is Shot.WIDE:
        pace = 0.53 if scene.subject is Subject.FIGURE else 0.29
        for at in np.arange(0.9, count / RATE, pace):
            _add(track, _step(scene, rng), float(at + rng.normal(0, 0.015)))
    if scene.subject is Subject.BIRD:
        for at in np.arange(1.0, count / RATE, 2.7):
            _add(track, 2 * _bird_call(rng), float(at))
    return track


def train_elements(rng: np.random.Generator, count: int) -> Samples:
    track = 0.10 * noise(rng, count, low=40, high=600, slope=0.7)
    for at in np.arange(0.0, count / RATE, 0.82):
        for gap in (0.0, 0.13):
            n = np.arange(4200)
            hit = np.exp(-n / 800) * rng.standard_normal(len(n)) * 0.16
            _add(track, hit.astype(np.float32), float(at + gap))
    return track


def _creak(rng: np.random.Generator) -> Samples:
    n = np.arange(int(0.5 * RATE))
    sweep = np.cumsum(np.linspace(rng.uniform(180, 240), rng.uniform(260, 340), len(n)))
    return (0.03 * np.sign(np.sin(2 * np.pi * sweep / RATE)) * np.hanning(len(n)) ** 2).astype(np.float32)


def _step(scene: Scene, rng: np.random.Generator) -> Samples:
    n = np.arange(int(0.12 * RATE))
    soft = scene.weather is Weather.SNOW or scene.place in (
        Place.SEA,
        Place.DESERT,
        Place.FIELD,
        Place.FOREST,
    )
    body = noise(rng, len(n), low=90, high=1500 if soft else 3800, slope=0.3 if soft else 0.0)
    return (float(rng.uniform(0.05, 0.08)) * body * np.exp(-n / (1500 if soft else 500))).astype(np.float32)


def _clap(rng: np.random.Generator) -> Samples:
    n = np.arange(int(0.25 * RATE))
    return (0.85 * rng.uniform(-1, 1, len(n)) * np.exp(-n / 420)).astype(np.float32)
