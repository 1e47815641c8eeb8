from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import cv2
import numpy as np
import pdqhash
import pytest

from footage.painter.frames import paint, paint_take
from footage.painter.scene import (
    Accent,
    Carried,
    Hour,
    Lens,
    Move,
    Place,
    Scene,
    Shot,
    Subject,
    Weather,
    random_scene,
)
from footage.painter.sheet import contact_sheet

SMALL = {"width": 128, "height": 72}


def bits_apart(first, second) -> int:
    """PDQ distance of two frames, 0..256."""
    hashes = [pdqhash.compute(cv2.resize(frame, (256, 144)))[0] for frame in (first, second)]
    return int((hashes[0] != hashes[1]).sum())


def shift_of(before, after) -> tuple[float, float]:
    """How far the picture moved between two frames, in pixels right and down."""
    greys = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32) for frame in (before, after)]
    window = cv2.createHanningWindow(greys[0].shape[::-1], cv2.CV_32F)
    (dx, dy), _ = cv2.phaseCorrelate(greys[0], greys[1], window)
    return dx, dy


def test_the_same_seed_paints_the_same_frame():
    scene = Scene(subject=Subject.PAIR, weather=Weather.SNOW, lens=Lens.GRAIN)
    assert np.array_equal(paint(scene, seed=4, t=1.5, **SMALL), paint(scene, seed=4, t=1.5, **SMALL))


@pytest.mark.parametrize(("width", "height"), [(64, 36), (256, 144), (384, 216), (90, 160), (121, 77)])
def test_a_frame_has_the_size_asked_for(width, height):
    for move in (Move.STILL, Move.PAN_LEFT, Move.TILT_UP):
        frame = paint(Scene(subject=Subject.BOAT, move=move), seed=1, width=width, height=height, t=2.0)
        assert (frame.shape, frame.dtype) == ((height, width, 3), np.uint8)


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("shot", list(Shot))
def test_every_place_holds_every_subject(place, shot):
    rng = np.random.default_rng(len(place) * 7 + len(shot))
    for subject in Subject:
        scene = random_scene(rng, place=place, shot=shot, subject=subject)
        frame = paint(scene, seed=3, t=0.7, **SMALL)
        assert frame.std() > 6, scene


def test_frames_of_a_take_are_the_frames_of_its_moments():
    scene = Scene(place=Place.SEA, subject=Subject.FIGURE, carried=Carried.LANTERN, move=Move.PUSH_IN)
    take = list(paint_take(scene, seed=5, seconds=1, fps=Fraction(8), **SMALL))
    assert len(take) == 8
    assert np.array_equal(take[6], paint(scene, seed=5, t=6 / 8, **SMALL))


@pytest.mark.parametrize(
    ("move", "right", "down"),
    [
        (Move.PAN_LEFT, 1, 0),
        (Move.PAN_RIGHT, -1, 0),
        (Move.TILT_UP, 0, 1),
        (Move.TILT_DOWN, 0, -1),
    ],
)
def test_the_camera_moves_as_it_is_told(move, right, down):
    scene = Scene(place=Place.OLD_TOWN, move=move)
    before, after = (paint(scene, seed=2, width=256, height=144, t=t) for t in (0.5, 1.2))
    dx, dy = shift_of(before, after)
    assert (np.sign(round(dx)), np.sign(round(dy))) == (right, down)


def test_a_still_camera_holds_still():
    before, after = (
        paint(Scene(place=Place.OLD_TOWN), seed=2, width=256, height=144, t=t) for t in (0.5, 1.2)
    )
    assert max(abs(part) for part in shift_of(before, after)) < 0.3


@pytest.mark.parametrize("move", [Move.PUSH_IN, Move.PULL_OUT])
def test_a_push_in_makes_things_larger(move):
    scene = Scene(shot=Shot.MEDIUM, place=Place.CITY, hour=Hour.NIGHT, move=move)
    frames = [paint(scene, seed=2, width=320, height=180, t=t) for t in (0.0, 4.0)]
    small, large = frames if move is Move.PUSH_IN else frames[::-1]
    middle = (slice(45, 135), slice(80, 240))
    grown = cv2.resize(small, None, fx=1.07, fy=1.07)
    top, left = (grown.shape[0] - 180) // 2, (grown.shape[1] - 320) // 2
    grown = grown[top : top + 180, left : left + 320]
    assert (
        np.abs(grown[middle].astype(int) - large[middle]).mean()
        < np.abs(small[middle].astype(int) - large[middle]).mean()
    )


@pytest.mark.parametrize("subject", [subject for subject in Subject if subject is not Subject.HOUSE])
def test_every_take_moves_even_without_a_camera_move(subject):
    scene = Scene(place=Place.SEA, subject=subject)
    before, after = (paint(scene, seed=2, width=256, height=144, t=t).astype(int) for t in (1.0, 1.8))
    moved = cv2.blur(np.abs(before - after).max(2).astype(np.float32), (5, 5)) > 8
    assert moved.mean() > 0.004


def test_a_train_passes():
    scene = Scene(subject=Subject.TRAIN, accent=Accent.RED)
    frames = [paint(scene, seed=2, width=256, height=144, t=t).astype(int) for t in (0.0, 3.0)]
    red = [np.nonzero((f[..., 0] > f[..., 1] + 70) & (f[..., 0] > f[..., 2] + 70))[1] for f in frames]
    leading = [(columns.min(), columns.max()) for columns in red]
    assert leading[0] != leading[1]


@pytest.mark.parametrize("accent", list(Accent))
def test_the_accent_colour_is_to_be_seen(accent):
    hues = {Accent.RED: (170, 190), Accent.YELLOW: (18, 34), Accent.BLUE: (100, 126), Accent.GREEN: (58, 84)}
    frame = paint(Scene(shot=Shot.CLOSE, place=Place.SEA, subject=Subject.LANTERN, accent=accent), seed=1)
    hsv = cv2.cvtColor(frame, cv2.COLOR_RGB2HSV).astype(int)
    hue = np.where(hsv[..., 0] < 10, hsv[..., 0] + 180, hsv[..., 0])
    low, high = hues[accent]
    vivid = (hsv[..., 1] > 150) & (hsv[..., 2] > 60)
    assert ((hue >= low) & (hue <= high) & vivid).mean() > 0.06


@pytest.mark.parametrize("place", list(Place))
def test_night_is_darkest_and_dusk_darker_than_day(place):
    means = {hour: paint(Scene(place=place, hour=hour), seed=1, **SMALL).mean() for hour in Hour}
    assert min(means, key=means.get) is Hour.NIGHT
    assert means[Hour.DUSK] < means[Hour.DAY]


def test_places_differ_by_their_structure():
    frames = [paint(Scene(place=place, hour=Hour.DUSK, move=Move.PAN_LEFT), seed=6, t=1.0) for place in Place]
    assert min(bits_apart(a, b) for a, b in combinations(frames, 2)) > 60


def test_random_scenes_differ_by_their_structure():
    rng = np.random.default_rng(11)
    frames = [paint(random_scene(rng), seed=seed, width=256, height=144, t=1.0) for seed in range(14)]
    apart = [bits_apart(a, b) for a, b in combinations(frames, 2)]
    assert (min(apart) > 40, np.median(apart) > 90) == (True, True)


@pytest.mark.parametrize("place", list(Place))
def test_two_takes_of_one_scene_differ(place):
    scene = Scene(place=place, subject=Subject.FIGURE)
    first, second = (paint(scene, seed=seed, t=1.0) for seed in (1, 2))
    assert bits_apart(first, second) > 30


def test_a_neighbouring_frame_is_nearly_the_same_picture():
    scene = replace(random_scene(np.random.default_rng(3)), move=Move.PAN_RIGHT)
    first, second = (paint(scene, seed=1, t=t) for t in (1.0, 1.04))
    assert bits_apart(first, second) < 24


def test_grainy_stock_is_grainier():
    frames = {
        lens: paint(Scene(lens=lens), seed=1, width=256, height=144).astype(np.float32) for lens in Lens
    }
    rough = {
        lens: np.abs(frame - cv2.GaussianBlur(frame, (0, 0), 1.5))[:40].mean()
        for lens, frame in frames.items()
    }
    assert rough[Lens.GRAIN] > 1.8 * rough[Lens.CLEAN]


def test_a_vignette_darkens_the_corners():
    corner = {
        lens: paint(Scene(lens=lens, place=Place.DESERT), seed=1, **SMALL)[-9:, :14].mean() for lens in Lens
    }
    assert corner[Lens.VIGNETTE] < 0.8 * corner[Lens.CLEAN]


def test_a_contact_sheet_holds_every_scene():
    sheet = contact_sheet(seed=1, count=7, columns=3, width=64, height=36)
    assert sheet.shape == (3 * 36, 3 * 64, 3)
    assert (sheet[72:, :64].any(), sheet[72:, 64:].any()) == (True, False)
