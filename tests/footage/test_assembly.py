"""A film assembled of known parts has each part where it was put, picture and sound."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from footage.assembly import SOUND_RATE, Overlay, Stretch, assemble, filled, mix, read_sound, timeline_of
from tests.footage.making import make_film, make_sound

FPS = Fraction(25)


def levels(path):
    """Mean grey of every frame's lower right quarter, away from the bright block of `make_film`."""
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="gray")[40:, 60:].mean() for frame in film.decode(video=0)]


@pytest.fixture
def take(tmp_path):
    return make_film(tmp_path / "take.mp4", frames=25, sound=True)


@pytest.fixture
def still(tmp_path):
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), np.full((64, 96, 3), 200, np.uint8))
    return path


def test_each_part_stands_where_it_was_put(tmp_path, take, still):
    parts = [
        Stretch(None, Fraction(1, 5)),
        Stretch(take, Fraction(2, 5), Fraction(2, 5)),
        Stretch(still, Fraction(1, 5)),
    ]

    assemble(tmp_path / "film.mp4", parts, fps=FPS, width=96, height=64)

    found = levels(tmp_path / "film.mp4")
    wanted = [0] * 5 + [n * 8 for n in range(10, 20)] + [200] * 5
    assert len(found) == 20
    assert np.abs(np.array(found) - np.array(wanted)).max() < 4


def test_sound_lies_under_its_own_part_and_overlays_where_they_begin(tmp_path, take):
    voice = make_sound(tmp_path / "voice.wav", codec="pcm_s16le", seconds=0.2)
    parts = [Stretch(None, Fraction(1, 2)), Stretch(take, Fraction(1, 2), keeps_sound=False)]

    sound = mix(parts, [Overlay(voice, Fraction(1, 2), 0.5)])

    second = SOUND_RATE // 2
    assert np.abs(sound[:second]).max() == 0
    assert np.abs(sound[second : second + SOUND_RATE // 10]).max() == pytest.approx(0.25, abs=0.03)
    assert np.abs(sound[second + SOUND_RATE // 4 :]).max() < 0.01


def test_a_part_of_a_sound_is_as_long_as_asked(take):
    assert len(read_sound(take, start=Fraction(1, 5), duration=Fraction(2, 5))) == SOUND_RATE * 2 // 5


def test_a_part_that_is_no_whole_number_of_frames_is_refused(tmp_path, still):
    with pytest.raises(ValueError, match="whole frames"):
        assemble(tmp_path / "film.mp4", [Stretch(still, Fraction(1, 30))], fps=FPS, width=96, height=64)


def test_the_timeline_says_what_was_cut(take, still):
    parts = [
        Stretch(None, Fraction(1)),
        Stretch(take, Fraction(2, 5), Fraction(1, 5)),
        Stretch(still, Fraction(3)),
    ]

    timeline = timeline_of(parts, name="film", fps=FPS, names={take: "A001.mov"})

    assert timeline.duration == Fraction(22, 5)
    assert [(clip.source, clip.start, clip.source_start, clip.duration) for clip in timeline.clips] == [
        ("A001.mov", Fraction(1), Fraction(1, 5), Fraction(2, 5)),
        ("still.png", Fraction(7, 5), Fraction(0), Fraction(3)),
    ]


def test_a_picture_fills_the_frame_round_its_centre():
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[45:55, 45:55] = 255

    shown = filled(picture, width=200, height=100, zoom=2.0)

    assert shown.shape == (100, 200, 3)
    assert shown[50, 100].tolist() == [255, 255, 255]
    assert shown[0, 0].tolist() == [0, 0, 0]
    assert (shown > 128).any(axis=2).sum() == pytest.approx(40 * 40, rel=0.1)
