from __future__ import annotations

import subprocess
from fractions import Fraction

import cv2
import numpy as np
import pytest
from PIL import Image

from footage.decode import open_pictures
from footage.problems import Problem
from tests.footage.drawing import panned, texture, write
from tests.footage.making import make_film


def test_every_frame_comes_once_with_its_exact_time(tmp_path):
    film = write(tmp_path / "film.mp4", panned(1, 30), fps=Fraction(30000, 1001))
    head, frames = open_pictures(film)
    found = list(frames)
    assert [frame.start for frame in found] == [Fraction(1001 * n, 30000) for n in range(30)]
    assert found[-1].end == Fraction(1001 * 30, 30000)
    assert (head.width, head.height, head.fps) == (320, 180, Fraction(30000, 1001))
    assert {frame.picture.shape for frame in found} == {(72, 128, 3)}


def test_frames_can_be_asked_for_less_often(tmp_path):
    film = write(tmp_path / "film.mp4", panned(1, 50))
    _, frames = open_pictures(film, every=Fraction(1, 5))
    found = list(frames)
    assert [frame.start for frame in found] == [Fraction(n, 5) for n in range(10)]
    assert found[-1].end == 2


def test_a_still_is_one_frame_whatever_its_name(tmp_path):
    path = tmp_path / "stored-without-suffix"
    Image.fromarray(texture(2)).save(path, format="PNG")
    head, frames = open_pictures(path)
    assert (head.width, head.height, head.fps, len(list(frames))) == (480, 270, None, 1)


def test_an_animated_webp_keeps_its_own_times(tmp_path):
    path = tmp_path / "moving.webp"
    pictures = [Image.fromarray(picture) for picture in panned(3, 4)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=[100, 200, 100, 100])
    _, frames = open_pictures(path)
    assert [frame.start for frame in frames] == [0, Fraction(1, 10), Fraction(3, 10), Fraction(2, 5)]


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_film_is_set_upright_as_players_do(tmp_path, degrees):
    film = make_film(tmp_path / "phone.mp4", rotation=degrees)
    shown = tmp_path / "shown.png"
    subprocess.run(["ffmpeg", "-v", "error", "-i", film, "-frames:v", "1", shown], check=True)
    head, frames = open_pictures(film)
    with Image.open(shown) as picture:
        expected = cv2.resize(np.asarray(picture.convert("L")), (128, 72), interpolation=cv2.INTER_AREA)
        assert (head.width, head.height) == picture.size
    found = next(frames).picture.max(axis=2)
    assert np.abs(found.astype(int) - expected).mean() < 8


def test_uneven_times_are_kept(tmp_path):
    film = make_film(tmp_path / "phone.mp4", stamps=[0, 3000, 9000, 10000, 19000])
    _, frames = open_pictures(film)
    assert [frame.start for frame in frames] == [Fraction(n, 90) for n in (0, 3, 9, 10, 19)]


def test_a_transparent_still_lies_on_black(tmp_path):
    path = tmp_path / "clear.png"
    Image.new("RGBA", (64, 36), (255, 0, 0, 0)).save(path)
    _, frames = open_pictures(path)
    assert next(frames).picture.max() == 0


def test_a_truncated_film_gives_what_it_holds(tmp_path):
    whole = write(tmp_path / "film.mkv", panned(4, 60))
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    _, frames = open_pictures(cut)
    assert 5 < len(list(frames)) < 60


def test_a_shrunk_frame_looks_like_its_picture(tmp_path):
    picture = panned(5, 1)[0]
    film = write(tmp_path / "film.mp4", [picture] * 3, crf=10)
    _, frames = open_pictures(film)
    small = cv2.resize(picture, (128, 72), interpolation=cv2.INTER_AREA)[:, :, ::-1]
    assert np.abs(next(frames).picture.astype(int) - small).mean() < 6


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\x89PNG\r\n\x1a\nbroken", b"RIFF\0\0\0\0WEBP"])
def test_what_holds_no_picture_is_said_by_name(tmp_path, content):
    path = tmp_path / "-strange.mp4"
    path.write_bytes(content)
    with pytest.raises(Problem, match=r"-strange\.mp4 holds no picture"):
        open_pictures(path)


def test_a_missing_file_is_said_by_name(tmp_path):
    with pytest.raises(Problem, match=r"There is no file gone\.mp4"):
        open_pictures(tmp_path / "gone.mp4")
