"""Landmarks on sounds as they come: location sound, spoken words, films; re-encoded as films are."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from footage.landmarks import find_sounds, listen, listen_to_mix, sound_mix, sound_print
from footage.painter.scene import parse_scene
from footage.painter.sound import RATE as LOCATION_RATE
from footage.painter.sound import location_sound
from tests.footage.sounding import RATE, melody

PLACES = (
    "wide, sea, dusk, a boat, red",
    "medium, forest, day, a figure, blue",
    "wide, city, night, a car, yellow",
)
FILMS = (
    "bower-media-samples+big-buck-bunny-480p-30s/video.mp4",
    "pytorch+torchcodec/test/resources/nasa_13013.mp4",
)
SENTENCES = (
    "The boat left the harbour before anyone was awake, and nobody on the quay said a word about it.",
    "She had kept the lantern burning for eleven years, and tonight she would finally put it out.",
)


def coded(samples: np.ndarray, path: Path, *, rate: int = RATE) -> Path:
    """AAC at 64 kbit/s, as phones and platforms write it."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("aac", rate=rate, layout="mono")
        stream.bit_rate = 64_000
        whole = np.ascontiguousarray(samples.clip(-1, 1).astype(np.float32))
        for first in range(0, len(whole) - 1023, 1024):
            frame = av.AudioFrame.from_ndarray(
                whole[None, first : first + 1024], format="fltp", layout="mono"
            )
            frame.rate, frame.pts = rate, first
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return path


def print_of(samples: np.ndarray, rate: int):
    return sound_print(samples[:: rate // 8000].astype(np.float32))


def level(samples: np.ndarray) -> float:
    return float(np.sqrt((samples**2).mean()))


@pytest.fixture(scope="module")
def places():
    """Location sounds of three places, two seeds each, smoothed so that every sixth sample may stand for all."""
    sounds = {}
    for number, words in enumerate(PLACES):
        for seed in (number, 10 + number):
            heard = location_sound(parse_scene(words), seed=seed, seconds=6)
            sounds[f"place-{seed}"] = np.convolve(heard, np.ones(6) / 6, "same")
    return sounds


def test_a_sound_under_another_survives_a_re_encode(tmp_path):
    over, under = melody(8, seconds=8), melody(1, seconds=4)
    under = np.concatenate(
        [np.zeros(2 * RATE), under * level(over) / level(under) * 10 ** (-12 / 20), np.zeros(2 * RATE)]
    )
    mix = listen_to_mix(coded(0.7 * (over + under), tmp_path / "mix.m4a"))
    found = find_sounds(mix, {seed: print_of(melody(seed), RATE) for seed in (1, 2, 3)})
    assert [(run.key, round(run.start)) for run in found] == [(1, 2)]


def test_no_place_sounds_like_another(places):
    prints = {key: print_of(heard, LOCATION_RATE) for key, heard in places.items()}
    for key, heard in places.items():
        mix = sound_mix(heard[::6].astype(np.float32))
        assert {run.key for run in find_sounds(mix, prints)} == {key}


@pytest.mark.parametrize("film", FILMS)
def test_films_hold_nothing_of_what_they_were_not_made_from(corpus, places, film):
    mix = listen_to_mix(corpus / "films" / film)
    prints = {key: print_of(heard, LOCATION_RATE) for key, heard in places.items()}
    prints |= {f"melody-{seed}": print_of(melody(seed), RATE) for seed in range(12)}
    prints |= {other: listen(corpus / "films" / other) for other in FILMS if other != film}
    assert find_sounds(mix, prints) == []


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="no eSpeak NG on this machine")
def test_a_spoken_line_is_found_in_its_film_and_no_other_line(tmp_path, places):
    prints = {}
    for number, words in enumerate(SENTENCES):
        path = tmp_path / f"{number}.wav"
        subprocess.run(["espeak-ng", "-v", "en", "-w", str(path), words], check=True)
        prints[number] = listen(path)
    with av.open(str(tmp_path / "0.wav")) as spoken:
        line = np.concatenate([frame.to_ndarray()[0] for frame in spoken.decode(audio=0)]) / 32768
        rate = spoken.streams.audio[0].rate
    sea = np.resize(places["place-0"][:: round(LOCATION_RATE / rate)], len(line))
    mix = listen_to_mix(
        coded(0.5 * (line / level(line) * 0.1 + sea / level(sea) * 0.1), tmp_path / "mix.m4a", rate=rate)
    )
    assert {run.key for run in find_sounds(mix, prints)} == {0}
