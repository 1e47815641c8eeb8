"""What two pictures must share to count as one: their lines, not only their haze."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from footage.fingerprints import GRID_HEIGHT, GRID_WIDTH
from footage.trace.agreement import agreement, fine_agreement
from footage.trace.following import CLEAR_AGREEMENT, LEAST_FINE

DOWN, ACROSS = np.mgrid[0:GRID_HEIGHT, 0:GRID_WIDTH]


def haze():
    """A hazy sea: a horizon, and a vignette."""
    vignette = ((ACROSS - 31.5) / 32) ** 4 + ((DOWN - 17.5) / 18) ** 4
    return (150 - 60 * vignette - 20 * (DOWN > 20)).astype(np.float32)


def with_boat():
    picture = haze()
    cv2.fillPoly(picture, [np.array([[26, 22], [34, 22], [32, 26], [28, 26]])], 60.0)
    return picture


def with_reeds():
    picture = haze()
    for x in range(4, 62, 9):
        cv2.line(picture, (x, 35), (x + 2, 28), 90.0, 1)
    return picture


def filmed(picture, seed):
    noise = np.random.default_rng(seed).normal(0, 1.5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)[None]


def test_two_things_in_the_same_haze_agree_in_shading_but_not_in_lines():
    boat, reeds = filmed(with_boat(), 1), filmed(with_reeds(), 2)

    assert agreement(boat, reeds).score[0] >= CLEAR_AGREEMENT
    assert fine_agreement(boat, reeds)[0] < LEAST_FINE


@pytest.mark.parametrize("thing", [with_boat, with_reeds])
@pytest.mark.parametrize(
    "grade", [lambda grey: grey, lambda grey: 0.7 * grey + 40, lambda grey: 255 * (grey / 255) ** 1.3]
)
def test_a_graded_picture_keeps_its_lines(thing, grade):
    source, film = filmed(thing(), 1), filmed(grade(thing()), 2)

    assert fine_agreement(film, source)[0] >= LEAST_FINE + 0.1


def test_plain_pictures_have_no_lines_to_agree_in():
    plain = np.full((3, GRID_HEIGHT, GRID_WIDTH), 90, np.uint8)

    assert fine_agreement(plain, plain).tolist() == pytest.approx([0.0] * 3, abs=1e-6)
