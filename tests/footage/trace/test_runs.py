from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from PIL import Image

from footage.fingerprints import make_reference
from footage.trace import find_runs, read_film
from tests.footage.drawing import HEIGHT, WIDTH, held, panned, texture, write


@pytest.fixture(scope="module")
def references(tmp_path_factory):
    """Four takes that move and two stills; any film shows some of them, the others are distractors."""
    folder = tmp_path_factory.mktemp("references")
    found = {
        f"take-{seed}": make_reference(write(folder / f"{seed}.mp4", panned(seed, 150)))
        for seed in (1, 2, 3, 4)
    }
    for seed in (11, 12):
        Image.fromarray(texture(seed)).save(folder / f"{seed}.png")
        found[f"still-{seed}"] = make_reference(folder / f"{seed}.png")
    return found


def found_in(tmp_path, references, pictures, **options):
    film = read_film(write(tmp_path / "film.mp4", pictures, **options))
    return [(run.key, run.first, run.last) for run in find_runs(film, references)]


def test_every_shot_is_found_to_the_frame(tmp_path, references):
    pictures = [*panned(1, 40, first=20), *panned(9, 30), *panned(3, 35), *held(texture(11), 40)]
    assert found_in(tmp_path, references, pictures) == [
        ("take-1", 0, 40),
        ("take-3", 70, 105),
        ("still-11", 105, 145),
    ]


def test_the_place_in_the_take_is_found(tmp_path, references):
    film = read_film(write(tmp_path / "film.mp4", panned(2, 60, first=50)))
    (run,) = find_runs(film, references)
    assert (run.key, run.speed) == ("take-2", 1.0)
    assert run.offset == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(("step", "speed"), [(2, 2.0), (-1, -1.0)])
def test_a_retimed_take_is_found_with_its_speed(tmp_path, references, step, speed):
    pictures = panned(1, 150)[::step][:70]
    film = read_film(write(tmp_path / "film.mp4", pictures))
    (run,) = find_runs(film, references)
    assert (run.key, run.first, run.last, run.speed) == ("take-1", 0, 70, speed)


def mirrored(picture):
    return picture[:, ::-1].copy()


def cropped(picture):
    part = picture[: HEIGHT * 85 // 100, : WIDTH * 85 // 100]
    return cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def barred(picture):
    picture = picture.copy()
    picture[:23] = picture[-23:] = 0
    return picture


def graded(picture):
    return (255 * (picture / 255.0) ** 0.8 * 0.8 + 15).clip(0, 255).astype(np.uint8)


def grey(picture):
    return np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)


def titled(picture):
    picture = picture.copy()
    cv2.putText(picture, "DAILIES", (60, 160), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (255, 255, 255), 4)
    return picture


def small(picture):
    return cv2.resize(picture, (128, 72), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("treated", [mirrored, cropped, barred, graded, grey, titled, small])
def test_a_treated_take_is_still_found_whole(tmp_path, references, treated):
    pictures = [treated(picture) for picture in panned(4, 50, first=30)]
    assert found_in(tmp_path, references, pictures, crf=30) == [("take-4", 0, 50)]


def test_a_camera_move_over_a_still_is_followed(tmp_path, references):
    wide = texture(12)
    pictures = []
    for step in np.linspace(0, 1, 75):
        width = 480 * (1 - 0.3 * step)
        left, top = (480 - width) * step, (270 - width * 9 / 16) / 2
        matrix = np.array([[width / WIDTH, 0, left], [0, width / WIDTH, top]])
        pictures.append(
            cv2.warpAffine(wide, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP)
        )
    film = read_film(write(tmp_path / "film.mp4", pictures))
    (run,) = find_runs(film, references)
    assert (run.key, run.first, run.last, run.moving) == ("still-12", 0, 75, True)


def test_a_film_of_something_else_shows_nothing(tmp_path, references):
    pictures = [*panned(21, 60), *panned(22, 60), *held(texture(23), 60)]
    assert found_in(tmp_path, references, pictures) == []


def test_black_is_searched_for_nothing(tmp_path, references):
    pictures = [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * 30
    assert found_in(tmp_path, references, pictures) == []


def test_without_references_there_are_no_runs(tmp_path):
    assert found_in(tmp_path, {}, panned(1, 20)) == []


def test_another_rate_changes_nothing_but_the_frame_numbers(tmp_path, references):
    pictures = panned(1, 120)[::1]
    film = read_film(write(tmp_path / "film.mp4", pictures[::2], fps=Fraction(25, 2)))
    (run,) = find_runs(film, references)
    assert (run.key, run.first, run.last, run.speed) == ("take-1", 0, 60, 1.0)
