"""Sounds whose every second is known."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 16000


def melody(seed: int, seconds: float = 4.0) -> np.ndarray:
    """Notes with overtones at random pitches, float (n,), full scale 1: as varied as speech."""
    random = np.random.default_rng(seed)
    time = np.arange(RATE // 8) / RATE
    notes = []
    for _ in range(round(seconds * 8)):
        pitch = random.uniform(150, 900)
        tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in (1, 2, 3, 4))
        notes.append(tone * np.exp(-3 * time) * random.uniform(0.3, 1))
    return 0.3 * np.concatenate(notes)


def atmosphere(seed: int, seconds: float, level: float = 0.05) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=round(seconds * RATE)) * level


def write_sound(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
    return path
