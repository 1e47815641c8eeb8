"""The label that people see on a film's opening seconds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from footage.labels.visible import SHOWN_SECONDS, mark_film
from footage.probe import probe
from footage.problems import Problem
from tests.footage.making import make_film, make_sound


def luma(path: Path) -> list[tuple[float, np.ndarray]]:
    """Second and luma of every frame."""
    with av.open(str(path)) as film:
        return [(float(frame.time), frame.to_ndarray(format="gray")) for frame in film.decode(video=0)]


def sound_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as film:
        return np.concatenate([frame.to_ndarray()[0] for frame in film.decode(audio=0)])


def white_rows(picture: np.ndarray) -> np.ndarray:
    return np.flatnonzero((picture > 200).sum(axis=1) > 2)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("films") / "film.mp4", sound=True, frames=100, size=(320, 180))


def test_the_words_stand_low_on_the_first_seconds_and_nowhere_else(film: Path, tmp_path: Path) -> None:
    mark_film(film, tmp_path / "plain.mp4", mark=None)
    mark_film(film, tmp_path / "marked.mp4", mark="is")
    plain, marked = luma(tmp_path / "plain.mp4"), luma(tmp_path / "marked.mp4")
    height = plain[0][1].shape[0]
    assert [second for second, _ in plain] == [second for second, _ in marked]
    for (second, before), (_, after) in zip(plain, marked, strict=True):
        differs = np.abs(after.astype(int) - before.astype(int)) > 60
        assert bool(differs.any()) is (second < SHOWN_SECONDS)
        assert not differs[: height // 2].any()


def test_the_words_are_as_high_as_the_standard_asks(film: Path, tmp_path: Path) -> None:
    mark_film(film, tmp_path / "marked.mp4", mark="may")
    picture = luma(tmp_path / "marked.mp4")[0][1]
    mark_film(film, tmp_path / "plain.mp4", mark=None)
    before = luma(tmp_path / "plain.mp4")[0][1]
    rows = np.flatnonzero((np.abs(picture.astype(int) - before.astype(int)) > 40).any(axis=1))
    assert (rows.max() - rows.min()) * 87 / 179 >= 0.05 * min(picture.shape)


def test_sound_is_taken_over_as_it_is(film: Path, tmp_path: Path) -> None:
    mark_film(film, tmp_path / "marked.mp4", mark="suspected")
    assert np.array_equal(sound_of(tmp_path / "marked.mp4"), sound_of(film))


def test_the_length_and_shape_of_the_film_stay(film: Path, tmp_path: Path) -> None:
    mark_film(film, tmp_path / "marked.mp4", mark="is")
    before, after = probe(film), probe(tmp_path / "marked.mp4")
    assert (after.width, after.height) == (before.width // 2 * 2, before.height // 2 * 2)
    assert abs(after.duration - before.duration) <= Fraction(1, 10)


@pytest.mark.parametrize("size", [(16, 16), (320, 16), (16, 180)])
def test_a_picture_too_small_for_the_words_keeps_its_size(size: tuple[int, int], tmp_path: Path) -> None:
    tiny = make_film(tmp_path / "tiny.mp4", frames=3, size=size)
    mark_film(tiny, tmp_path / "marked.mp4", mark="suspected")
    after = probe(tmp_path / "marked.mp4")
    assert (after.width, after.height) == size


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_film_that_lies_on_its_side_leaves_upright(rotation: int, tmp_path: Path) -> None:
    lying = make_film(tmp_path / "lying.mp4", frames=3, size=(96, 64), rotation=rotation)
    mark_film(lying, tmp_path / "marked.mp4", mark="is")
    before, after = probe(lying), probe(tmp_path / "marked.mp4")
    assert (after.width, after.height, after.rotation) == (before.width, before.height, 0)


def test_progress_ends_at_the_whole(film: Path, tmp_path: Path) -> None:
    told: list[float] = []
    mark_film(film, tmp_path / "marked.mp4", mark="is", progress=told.append)
    assert told == sorted(told)
    assert told[-1] > 0.9


def test_a_sound_can_not_show_a_label(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no moving picture"):
        mark_film(make_sound(tmp_path / "a.wav", codec="pcm_s16le"), tmp_path / "b.mp4", mark="is")
