from __future__ import annotations

from datetime import datetime, timedelta, timezone
from fractions import Fraction

import av
import numpy as np
import pytest

from footage.painter.frames import paint
from footage.painter.scene import Hour, Move, Place, Scene, Subject, Weather
from footage.painter.sound import CLAP_AT, RATE, location_sound
from footage.painter.takes import Camera, write_take
from footage.problems import Problem

SHANGHAI = timezone(timedelta(hours=8))
TAKEN = datetime(2025, 4, 19, 17, 42, 5, tzinfo=SHANGHAI)
SCENE = Scene(place=Place.SEA, hour=Hour.DUSK, subject=Subject.FIGURE, move=Move.PAN_LEFT)


def take(path, scene=SCENE, *, seconds=Fraction(2), camera=None, **more):
    given = {"seed": 1, "width": 160, "height": 90, "taken_at": TAKEN}
    write_take(path, scene, seconds=seconds, camera=camera, **(given | more))
    return path


def decoded(path):
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def heard(path):
    with av.open(str(path)) as film:
        return np.concatenate([frame.to_ndarray()[0] for frame in film.decode(audio=0)])


@pytest.mark.parametrize("name", ["take.mp4", "take.mov"])
@pytest.mark.parametrize("fps", [Fraction(25), Fraction(24000, 1001)])
def test_a_take_lasts_exactly_as_long_as_asked(tmp_path, name, fps):
    path = take(tmp_path / name, seconds=Fraction(48) / fps, fps=fps)
    with av.open(str(path)) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert picture.average_rate == fps
        assert picture.duration * picture.time_base == 48 / fps
        assert abs(sound.duration * sound.time_base - 48 / fps) < Fraction(1, 1000)
    assert len(decoded(path)) == 48


def test_the_file_shows_what_was_painted(tmp_path):
    frames = decoded(take(tmp_path / "take.mp4", width=320, height=180))
    painted = paint(SCENE, seed=1, width=320, height=180, t=30 / 25)
    assert np.abs(frames[30].astype(int) - painted).mean() < 6


def test_the_camera_s_facts_are_in_the_container(tmp_path):
    camera = Camera(lens="50 mm f/1.4", serial="DP-0007")
    path = take(tmp_path / "take.mov", camera=camera)
    with av.open(str(path)) as film:
        facts = film.metadata
        timecodes = [stream.metadata.get("timecode") for stream in film.streams]
    assert facts["com.apple.quicktime.make"] == "Dailies"
    assert facts["com.apple.quicktime.model"] == "Dailies Painter"
    assert facts["com.apple.quicktime.software"] == camera.software
    assert facts["com.apple.quicktime.creationdate"] == "2025-04-19T17:42:05+0800"
    assert facts["com.apple.quicktime.camera.lens_model"] == "50 mm f/1.4"
    assert facts["creation_time"].startswith("2025-04-19T09:42:05")
    assert "17:42:05:00" in timecodes


def test_without_a_camera_the_file_says_nothing_of_one(tmp_path):
    with av.open(str(take(tmp_path / "export.mp4"))) as film:
        named = set(film.metadata) | {key for stream in film.streams for key in stream.metadata}
    assert not [key for key in named if "quicktime" in key or key in ("creation_time", "timecode")]


def test_sound_is_in_sync_from_the_clap_on(tmp_path):
    sound = heard(take(tmp_path / "take.mov"))
    assert abs(np.abs(sound).argmax() / RATE - CLAP_AT) < 0.05
    assert np.abs(sound[RATE : 2 * RATE - 3000]).mean() > 0.005


def test_the_same_seed_sounds_the_same():
    first, same, other = (location_sound(SCENE, seed=seed, seconds=1.0) for seed in (3, 3, 4))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("place", list(Place))
def test_every_place_and_weather_can_be_heard(place):
    for weather in Weather:
        sound = location_sound(Scene(place=place, weather=weather, subject=Subject.PAIR), seed=1, seconds=1.5)
        assert (len(sound), sound.dtype) == (round(1.5 * RATE), np.float32)
        assert 0.0005 < float(np.sqrt(np.mean(sound[RATE:] ** 2))) < 0.5
        assert float(np.abs(sound).max()) <= 0.91


def test_rain_is_louder_than_a_clear_night_in_a_field():
    levels = [
        float(
            np.sqrt(np.mean(location_sound(Scene(hour=Hour.NIGHT, weather=w), seed=1, seconds=2)[RATE:] ** 2))
        )
        for w in (Weather.RAIN, Weather.CLEAR)
    ]
    assert levels[0] > levels[1]


def test_a_name_that_is_no_film_is_refused(tmp_path):
    with pytest.raises(Problem, match=r"“take.avi”.*\.mp4 or \.mov"):
        take(tmp_path / "take.avi")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("asked", [{"seconds": Fraction(0)}, {"width": 161}, {"height": 8}])
def test_a_take_that_cannot_be_encoded_is_refused(tmp_path, asked):
    with pytest.raises(Problem, match="even sides"):
        take(tmp_path / "take.mp4", **asked)
