from __future__ import annotations

import numpy as np
import pytest

from footage.landmarks import (
    find_sounds,
    least_hits,
    listen,
    listen_to_mix,
    mix_density,
    sound_mix,
    sound_print,
)
from tests.footage.sounding import RATE, atmosphere, melody, write_sound


def halved(samples: np.ndarray) -> np.ndarray:
    """Samples at 16 kHz as samples at 8 kHz."""
    return samples[::2].astype(np.float32)


def heard(samples: np.ndarray):
    return sound_mix(halved(samples))


def faster(samples: np.ndarray, speed: float) -> np.ndarray:
    """Played faster as by a resampler: the pitch goes up."""
    return np.interp(np.arange(len(samples) / speed) * speed, np.arange(len(samples)), samples)


def equalised(samples: np.ndarray) -> np.ndarray:
    """Bass and treble taken down, presence lifted."""
    spectrum, hertz = np.fft.rfft(samples), np.fft.rfftfreq(len(samples), 1 / RATE)
    gain = np.interp(hertz, [0, 150, 400, 1000, 2000, 4000], [-9, -6, 3, 0, 6, -6])
    return np.fft.irfft(spectrum * 10 ** (gain / 20), len(samples))


def level(samples: np.ndarray) -> float:
    return float(np.sqrt((samples**2).mean()))


SOUNDS = {f"voice-{seed}": sound_print(halved(melody(seed))) for seed in range(4)}


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
    found = listen_to_mix(write_sound(tmp_path / "voice.wav", melody(2)))
    assert [run.key for run in find_sounds(found, SOUNDS)] == ["voice-2"]


def test_a_sound_twelve_decibels_under_another_is_found():
    over = melody(8, seconds=10)
    under = np.zeros(len(over))
    under[3 * RATE : 7 * RATE] = melody(1) * level(over) / level(melody(1)) * 10 ** (-12 / 20)
    found = find_sounds(heard(over + under), SOUNDS)
    assert [(run.key, round(run.start)) for run in found] == [("voice-1", 3)]


@pytest.mark.parametrize("speed", [0.953, 0.96, 0.999, 1.01, 1.0417, 1.05])
def test_a_sound_played_faster_or_slower_is_found(speed):
    mix = np.concatenate([np.zeros(2 * RATE), faster(melody(2), speed), np.zeros(RATE)])
    (run,) = find_sounds(heard(mix), SOUNDS)
    assert run.key == "voice-2"
    assert run.speed == pytest.approx(speed, abs=0.011)
    assert [run.start, run.end] == pytest.approx([2, 2 + 4 / speed], abs=0.35)
    assert run.source_start == pytest.approx(0, abs=0.1)


def test_a_sound_is_found_after_equaliser_fades_and_level():
    ramp = np.linspace(0.1, 1, len(melody(3)))
    found = find_sounds(heard(np.concatenate([np.zeros(RATE), 0.2 * equalised(melody(3)) * ramp])), SOUNDS)
    assert [run.key for run in found] == ["voice-3"]


def test_a_long_sound_is_read_in_pieces_as_in_one():
    long = np.concatenate([melody(seed, seconds=8) for seed in range(20, 30)])
    late = sound_print(halved(melody(29, seconds=8)))
    (run,) = find_sounds(heard(long), {"late": late})
    assert [run.start, run.end] == pytest.approx([72, 80], abs=0.35)


def test_unrelated_sounds_have_too_few_landmarks_in_common():
    mixes = [heard(melody(seed, seconds=6) + atmosphere(seed, 6)) for seed in range(40, 46)]
    sounds = {str(seed): sound_print(halved(melody(seed, seconds=6))) for seed in range(50, 62)}
    assert [find_sounds(mix, sounds) for mix in mixes] == [[]] * 6


def test_the_more_sources_are_searched_the_more_landmarks_must_agree():
    assert [least_hits(sounds) for sounds in (1, 40, 41, 400, 4000)] == [16, 16, 17, 19, 22]


def test_a_long_mix_keeps_no_more_landmarks_than_half_an_hour():
    assert [mix_density(seconds).partners for seconds in (0.0, 1800, 3600, 4 * 3600)] == [60, 60, 30, 8]


def test_a_short_sound_has_a_fingerprint_without_landmarks():
    assert len(sound_print(np.ones(600, np.float32)).hashes) == 0
