from __future__ import annotations

import numpy as np
import pytest

from footage.landmarks import find_sounds, listen, sound_print
from tests.footage.sounding import RATE, atmosphere, melody, write_sound


def heard(samples: np.ndarray):
    """A fingerprint of samples at 16 kHz, by way of every second one."""
    return sound_print(samples[::2].astype(np.float32))


SOUNDS = {f"voice-{seed}": heard(melody(seed)) for seed in range(4)}


def mixed(*placed: tuple[int, float], seconds: float = 16.0, level: float = 0.0) -> np.ndarray:
    mix = atmosphere(99, seconds, level)
    for seed, start in placed:
        sound = melody(seed)
        first = round(start * RATE)
        mix[first : first + len(sound)] += sound
    return mix


def test_a_sound_is_found_where_it_was_laid():
    found = find_sounds(heard(mixed((2, 5.0))), SOUNDS)
    assert [run.key for run in found] == ["voice-2"]
    assert [found[0].start, found[0].end] == pytest.approx([5.0, 9.0], abs=0.3)


def test_two_sounds_over_an_atmosphere_are_both_found():
    found = find_sounds(heard(mixed((0, 1.0), (3, 9.0), level=0.05)), SOUNDS)
    assert [run.key for run in found] == ["voice-0", "voice-3"]


def test_a_sound_used_twice_is_found_twice():
    found = find_sounds(heard(mixed((1, 1.0), (1, 10.0))), SOUNDS)
    assert [(run.key, round(run.start)) for run in found] == [("voice-1", 1), ("voice-1", 10)]


def test_what_was_not_laid_is_not_found():
    assert find_sounds(heard(mixed((5, 2.0), (6, 8.0))), SOUNDS) == []


def test_noise_holds_nothing():
    assert find_sounds(heard(atmosphere(1, 20)), SOUNDS) == []


def test_silence_is_not_loud():
    assert heard(np.zeros(RATE * 2)).loud.tolist() == [False] * 20


def test_a_file_without_sound_gives_no_fingerprint(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("no sound")
    assert listen(path) is None


def test_a_sound_file_is_read(tmp_path):
    found = listen(write_sound(tmp_path / "voice.wav", melody(2)))
    assert [run.key for run in find_sounds(found, SOUNDS)] == ["voice-2"]
