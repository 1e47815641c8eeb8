from __future__ import annotations

import cv2
import numpy as np
import pytest

from footage.fingerprints import grey
from footage.trace import keying
from tests.footage.drawing import panned

WITHIN = np.ones((36, 64), np.uint8)


def small(seed: int, frames: int, *, first: int = 0) -> np.ndarray:
    pictures = [
        cv2.resize(picture, (128, 72), interpolation=cv2.INTER_AREA)
        for picture in panned(seed, frames, first=first)
    ]
    return np.stack([grey(picture) for picture in pictures])


def block() -> np.ndarray:
    """A matte of 20 by 20 of the 64 x 36 places."""
    matte = np.zeros((36, 64), np.float32)
    matte[12:32, 30:50] = 1
    return matte


def put_together(ground: np.ndarray, layer: np.ndarray) -> np.ndarray:
    return ((1 - block()) * ground + block() * layer).round().astype(np.uint8)


def key_of(film: np.ndarray, ground: np.ndarray, layer: np.ndarray) -> keying.Key:
    start = keying.unlike(film, ground, WITHIN)
    return keying.keyed(film, ground, layer, start=start, barred=np.zeros(film.shape, np.int8))


def test_the_area_of_a_layer_is_told_to_a_hundredth():
    ground, layer = small(1, 8), small(3, 8)
    key = key_of(put_together(ground, layer), ground, layer)
    assert abs(float(key.matte.mean()) - float(block().mean())) <= 0.01
    assert float(key.high.mean() - key.low.mean()) <= 0.02


def test_a_grade_over_both_does_not_change_the_area():
    ground, layer = small(1, 8), small(3, 8)
    film = (put_together(ground, layer).astype(np.float32) * 0.7 + 40).clip(0, 255).astype(np.uint8)
    assert abs(float(key_of(film, ground, layer).matte.mean()) - float(block().mean())) <= 0.015


def test_a_picture_is_nowhere_unlike_itself():
    ground = small(1, 8)
    assert float(keying.unlike(ground, ground, WITHIN).mean()) < 0.01


def test_a_reference_fits_best_at_its_own_moment():
    film, mask = small(1, 4, first=20), np.ones((4, 36, 64), np.float32)
    fits = [keying.misfit(film, small(1, 4, first=place), mask, within=WITHIN) for place in range(16, 25)]
    assert int(np.argmin(fits)) == 4


def test_what_a_reference_does_not_reach_speaks_against_it():
    film, mask = small(1, 4), np.ones((4, 36, 64), np.float32)
    half = WITHIN.copy()
    half[:, 32:] = 0
    whole, part = (keying.misfit(film, film, mask, within=within) for within in (WITHIN, half))
    assert whole < 1 < part


def test_a_layer_proves_itself_only_where_the_ground_does_not_show():
    ground, layer, other = small(1, 8), small(3, 8), small(7, 8)
    film = put_together(ground, layer)
    hole = (keying.unlike(film, ground, WITHIN) >= 0.5).astype(np.uint8)
    true, wrong = (
        keying.proof_of(film, one, key_of(film, ground, one).matte, hole) for one in (layer, other)
    )
    assert min(true.agreement, true.fit, true.filled) > 0.95
    assert max(wrong.agreement, wrong.fit) < 0.8


@pytest.mark.parametrize(("value", "found"), [(137, 137), (0, None), (250, None)])
def test_a_backdrop_is_plain_and_neither_black_nor_white(value, found):
    figure = block()
    plate = (np.full((8, 36, 64), value) * (1 - figure) + figure * small(3, 8)).round().astype(np.uint8)
    assert keying.backdrop(plate) == found


def test_an_ordinary_picture_has_no_backdrop():
    assert keying.backdrop(small(1, 8)) is None
