"""A gyroscope's track speaks for a take only when the picture moves with it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from footage.fingerprints import Reference, make_reference
from footage.sensors import Turning, moves_together, turning_of
from tests.footage.drawing import panned, write
from tests.footage.sensing import RATE, handheld, seen, write_sensed

SECONDS = 6


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    turns = handheld(1, SECONDS)
    return write_sensed(tmp_path_factory.mktemp("sensed") / "take.mp4", seen(turns), turns)


@pytest.fixture(scope="module")
def reference(take: Path) -> Reference:
    return make_reference(take)


def of(seed: int) -> Turning:
    speeds = np.linalg.norm(handheld(seed, SECONDS), axis=1)
    return Turning(np.arange(len(speeds)) / RATE, speeds)


def test_the_track_is_read_as_it_was_written(take: Path) -> None:
    read, written = turning_of(take), of(1)
    assert read is not None
    assert read.times == pytest.approx(written.times, abs=0.001)
    assert read.speeds == pytest.approx(written.speeds, abs=0.15)


def test_a_picture_that_moves_when_the_camera_turns_agrees(take: Path, reference: Reference) -> None:
    turning = turning_of(take)
    assert turning is not None
    assert moves_together(turning, reference)


@pytest.mark.parametrize("seed", [2, 3, 4, 5, 6, 7, 8, 9])
def test_the_track_of_another_take_does_not_agree(reference: Reference, seed: int) -> None:
    assert not moves_together(of(seed), reference)


def test_the_same_track_two_seconds_late_does_not_agree(reference: Reference) -> None:
    turning = of(1)
    late = replace(turning, speeds=np.roll(turning.speeds, 2 * RATE))
    assert not moves_together(late, reference)


def test_a_tripod_and_a_take_of_two_seconds_say_nothing(reference: Reference) -> None:
    turning = of(1)
    still = replace(turning, speeds=turning.speeds / 100)
    short = replace(turning, times=turning.times[: 2 * RATE], speeds=turning.speeds[: 2 * RATE])
    assert not moves_together(still, reference)
    assert not moves_together(short, reference)
    assert not moves_together(Turning(np.zeros(0), np.zeros(0)), reference)


def test_a_film_without_such_a_track_has_no_turning(tmp_path: Path) -> None:
    assert turning_of(write(tmp_path / "plain.mp4", panned(1, 25))) is None


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_track_is_no_track_and_stops_nobody(take: Path, tmp_path: Path, seed: int) -> None:
    data = bytearray(take.read_bytes())
    rng = np.random.default_rng(seed)
    place = data.find(b"DEVC")
    assert place > 0
    for at in place + rng.integers(0, 400, 60):
        data[at] = int(rng.integers(0, 256))
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data if seed % 2 else data[: -int(rng.integers(1, 3000))])
    turning = turning_of(damaged)
    assert turning is None or (
        np.isfinite(turning.speeds).all() and len(turning.times) == len(turning.speeds)
    )


def test_no_file_is_no_track(tmp_path: Path) -> None:
    assert turning_of(tmp_path / "nothing.mp4") is None
    empty = tmp_path / "empty.mp4"
    empty.write_bytes(os.urandom(100))
    assert turning_of(empty) is None
