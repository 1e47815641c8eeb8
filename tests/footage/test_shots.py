from __future__ import annotations

import numpy as np

from footage.shots import ShotFinder, spans
from footage.trace import read_film
from tests.footage.drawing import held, panned, texture, write


def cuts_of(tmp_path, *shots, crf=23) -> list[int]:
    pictures = [picture for shot in shots for picture in shot]
    return list(read_film(write(tmp_path / "film.mp4", pictures, crf=crf)).cuts)


def test_hard_cuts_are_found_to_the_frame(tmp_path):
    assert cuts_of(tmp_path, panned(1, 40), panned(2, 33), panned(3, 51), panned(4, 26)) == [40, 73, 124]


def test_hard_cuts_survive_a_hard_encode(tmp_path):
    assert cuts_of(tmp_path, panned(1, 40), panned(2, 33), panned(3, 30), crf=38) == [40, 73]


def test_a_flash_of_two_frames_is_two_cuts(tmp_path):
    assert cuts_of(tmp_path, panned(1, 40), panned(2, 2), panned(3, 40)) == [40, 42]


def test_stills_shown_one_after_another_are_cut_where_they_change(tmp_path):
    assert cuts_of(tmp_path, *(held(texture(seed), 20) for seed in (1, 2, 3))) == [20, 40]


def test_a_camera_move_is_one_shot(tmp_path):
    assert cuts_of(tmp_path, panned(1, 100)) == []


def test_eight_drawings_a_second_are_no_cuts(tmp_path):
    jumps = [picture for number in range(0, 150, 12) for picture in panned(1, 1, first=number) * 3]
    assert cuts_of(tmp_path, jumps) == []


def test_one_frame_is_one_shot():
    finder = ShotFinder()
    finder.feed(np.zeros((72, 128, 3), np.uint8))
    assert finder.cuts(np.zeros((1, 36, 64), np.uint8)) == []
    assert spans([], 1) == [(0, 1)]


def test_no_frame_is_no_shot():
    assert spans([], 0) == []


def test_cuts_every_fifth_frame_between_pictures_that_hold_are_all_found(tmp_path):
    shots = [held(texture(seed), 5) for seed in range(1, 13)]
    assert cuts_of(tmp_path, *shots) == list(range(5, 60, 5))
