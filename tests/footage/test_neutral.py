from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import cv2
import numpy as np
import pytest

from footage.fingerprints import grey
from footage.neutral import held_spans, neutral_kind
from footage.trace import read_film
from tests.footage.drawing import held, panned, texture, write

SHAPE = (72, 128, 3)


def lettered(ground: int) -> np.ndarray:
    card = np.full(SHAPE, ground, np.uint8)
    ink = (20, 20, 20) if ground > 128 else (240, 240, 240)
    cv2.putText(card, "DAILIES", (20, 42), cv2.FONT_HERSHEY_SIMPLEX, 0.7, ink, 2)
    return card


def bars() -> np.ndarray:
    colours = [
        (192, 192, 192),
        (0, 192, 192),
        (192, 192, 0),
        (0, 192, 0),
        (192, 0, 192),
        (0, 0, 192),
        (192, 0, 0),
    ]
    columns = np.repeat(np.array(colours, np.uint8), 19, axis=0)[:128]
    return np.tile(columns, (72, 1, 1))


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (np.zeros(SHAPE, np.uint8), "black"),
        (np.full(SHAPE, 8, np.uint8), "black"),
        (np.full(SHAPE, (90, 30, 200), np.uint8), "plain"),
        (lettered(0), "title"),
        (lettered(230), "title"),
        (bars(), "bars"),
        (cv2.resize(texture(1), (128, 72)), ""),
        (cv2.resize(texture(2), (128, 72)) // 4, ""),
    ],
)
def test_a_frame_that_counts_for_nobody_is_named(picture, kind):
    assert neutral_kind(picture, grey(picture)) == kind


def frames(*parts: tuple[int, int]) -> np.ndarray:
    """Grey frames: (seed, count) held, seed 0 a new picture every frame."""
    found = []
    for seed, count in parts:
        for number in range(count):
            picture = texture(seed or 100 + number, 64, 36)
            found.append(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    return np.stack(found)


def spans_of(greys: np.ndarray, cuts: Sequence[int] = ()) -> list[tuple[int, int]]:
    return held_spans(greys, cuts, [Fraction(n, 25) for n in range(len(greys))], Fraction(len(greys), 25))


def test_a_picture_held_for_more_than_two_seconds_is_found_to_the_frame():
    assert spans_of(frames((0, 10), (7, 60), (0, 10))) == [(10, 70)]


def test_two_seconds_exactly_are_not_yet_held():
    assert spans_of(frames((0, 10), (7, 50), (0, 10))) == []


def slowed(ends_at: np.ndarray, count: int) -> np.ndarray:
    """Grey frames that come nearer to a picture by two grey values each."""
    away = 2 * np.arange(count, 0, -1)[:, None, None]
    return (np.minimum(ends_at, 200)[None] + away).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("cuts", "first"),
    [((), 20), ((10,), 20), ((19,), 19)],
    ids=["no cut", "a cut long before", "a cut just before"],
)
def test_a_held_picture_begins_at_the_cut_it_is_drawn_after_and_not_in_a_slow_take(cuts, first):
    picture = np.minimum(frames((7, 1))[0], 200)
    greys = np.concatenate([slowed(picture, 20), np.stack([picture] * 60)])
    assert spans_of(greys, cuts) == [(first, 80)]


def test_a_picture_held_through_a_hard_encode_is_still_held(tmp_path):
    pictures = [*panned(1, 20), *held(texture(7), 60), *panned(2, 20)]
    film = read_film(write(tmp_path / "film.mp4", pictures, crf=35))
    assert film.held == ((20, 80),)


def test_a_slow_camera_move_is_not_held(tmp_path):
    film = read_film(write(tmp_path / "film.mp4", panned(1, 90)))
    assert film.held == ()
