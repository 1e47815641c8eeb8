from __future__ import annotations

import subprocess
from fractions import Fraction

import pytest

from footage.copies import FILE, SAMPLES, STREAM, copies
from footage.fingerprints import make_reference
from footage.hashes import sha256_file
from tests.footage.drawing import panned, write
from tests.footage.sounding import melody, write_sound


def ffmpeg(*words: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *words], check=True)


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    """A clip of three seconds with sound."""
    folder = tmp_path_factory.mktemp("take")
    picture = write(folder / "picture.mp4", panned(1, 75))
    sound = write_sound(folder / "sound.wav", melody(1, seconds=3))
    clip = folder / "take.mp4"
    ffmpeg("-i", str(picture), "-i", str(sound), "-c:v", "copy", "-c:a", "aac", "-shortest", str(clip))
    return clip


def shared(film, take) -> dict[str, tuple[str, ...]]:
    return copies(
        film,
        seconds=Fraction(3),
        file_hash=sha256_file(film),
        references={"take": make_reference(take)},
        paths={"take": take},
    )


def test_the_file_itself_shares_everything(take):
    assert shared(take, take) == {"take": (FILE, STREAM, SAMPLES)}


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.mov"])
def test_a_stripped_remux_keeps_picture_and_sound(tmp_path, take, name):
    film = tmp_path / name
    ffmpeg("-i", str(take), "-map_metadata", "-1", "-c", "copy", str(film))
    assert shared(film, take) == {"take": (STREAM, SAMPLES)}


def test_new_sound_leaves_the_picture(tmp_path, take):
    film, other = tmp_path / "film.mp4", write_sound(tmp_path / "other.wav", melody(2, seconds=3))
    ffmpeg(
        "-i",
        str(take),
        "-i",
        str(other),
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-c:v",
        "copy",
        "-c:a",
        "aac",
        str(film),
    )
    assert shared(film, take) == {"take": (STREAM,)}


def test_a_new_encode_shares_nothing(tmp_path, take):
    film = tmp_path / "film.mp4"
    ffmpeg("-i", str(take), "-an", "-c:v", "libx264", "-crf", "30", str(film))
    assert shared(film, take) == {}


def test_a_film_of_another_length_is_not_hashed(tmp_path, take):
    references = {"take": make_reference(take)}
    missing = {"take": tmp_path / "gone.mp4"}
    found = copies(take, seconds=Fraction(9), file_hash="", references=references, paths=missing)
    assert found == {}
