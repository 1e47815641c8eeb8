"""Quiet takes look alike at every moment: only their small movements tell what is shown when."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from footage.decode import Array
from footage.fingerprints import make_reference
from footage.trace import Run, find_runs, read_film

FPS = 25
WIDTH, HEIGHT = 320, 180


def quiet(seconds: float, *, drift: float = 2.5) -> list[Array]:
    """A wall of bricks that stands still, and a small light that wanders over it, uint8 frames (180, 320)."""
    wall = np.kron(np.random.default_rng(7).integers(40, 160, (18, 32)), np.ones((10, 10))).astype(np.float32)
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    frames = []
    for number in range(round(seconds * FPS)):
        away = (across - 60 - drift * number) ** 2 + (down - 90 - 20 * np.sin(number / 9)) ** 2
        frames.append((wall + 30 * np.exp(-away / 500)).clip(0, 255).astype(np.uint8))
    return frames


def write(path: Path, frames: list[Array]) -> Path:
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=FPS, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for frame in frames:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(np.stack([frame] * 3, axis=2), format="rgb24")))
        film.mux(stream.encode(None))
    return path


def runs_of(tmp_path: Path, shown: list[Array], take: list[Array]) -> list[Run]:
    reference = make_reference(write(tmp_path / "take.mp4", take))
    return find_runs(read_film(write(tmp_path / "film.mp4", shown)), {"take": reference})


def told(runs: list[Run]) -> list[tuple[int, int, float, float]]:
    """First and last frame, speed, and the second of the take that the first frame shows."""
    return [
        (run.first, run.last, run.speed, round(run.speed * run.first / FPS + run.offset, 2)) for run in runs
    ]


@pytest.fixture(scope="module")
def take() -> list[Array]:
    return quiet(4)


def test_a_quiet_take_played_through_knows_its_time(tmp_path: Path, take: list[Array]) -> None:
    [run] = runs_of(tmp_path, take[20:70], take)
    assert run.is_timed
    assert (run.first, run.last, run.speed) == (0, 50, 1.0)
    assert run.offset == pytest.approx(0.8, abs=0.05)


def test_a_loop_of_a_quiet_take_is_cut_where_it_begins_again(tmp_path: Path, take: list[Array]) -> None:
    first, second = told(runs_of(tmp_path, [*take[20:60], *take[20:60]], take))
    assert first == pytest.approx((0, 40, 1.0, 0.8), abs=0.05)
    assert second == pytest.approx((40, 80, 1.0, 0.8), abs=0.05)


def test_a_frame_held_at_the_end_of_a_quiet_take_stands_still(tmp_path: Path, take: list[Array]) -> None:
    first, second = told(runs_of(tmp_path, [*take[20:60], *[take[59]] * 40], take))
    assert first[2:] == pytest.approx((1.0, 0.8), abs=0.05)
    assert second[2:] == pytest.approx((0.0, 2.36), abs=0.05)
    assert second[0] == pytest.approx(39, abs=1), "its first showing is held already"


def swinging(seconds: float, *, period: int = 47) -> list[Array]:
    """The wall with a light that swings to and fro, and one that wanders off very slowly."""
    wall = quiet(0.04, drift=0)[0].astype(np.float32)
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    frames = []
    for number in range(round(seconds * FPS)):
        swung = (across - 160 - 60 * np.sin(2 * np.pi * number / period)) ** 2 + (down - 50) ** 2
        slow = (across - 40 - 0.1 * number) ** 2 + (down - 140) ** 2
        frames.append(
            (wall + 40 * np.exp(-swung / 500) + 12 * np.exp(-slow / 500)).clip(0, 255).astype(np.uint8)
        )
    return frames


def test_a_loop_is_heard_where_the_movement_repeats_itself_anyway(tmp_path: Path) -> None:
    take = swinging(6)
    first, second = told(runs_of(tmp_path, [*take[20:70], *take[20:70]], take))
    assert first[:3] == (0, 50, 1.0)
    assert second == (50, 100, *first[2:])


def test_a_movement_that_repeats_itself_is_no_loop(tmp_path: Path) -> None:
    take = swinging(6)
    [run] = runs_of(tmp_path, take[20:120], take)
    assert (run.first, run.last, run.is_timed) == (0, 100, True)
    assert run.offset == pytest.approx(0.8, abs=0.05)


def test_a_quiet_take_at_another_speed_is_not_told_at_its_own(tmp_path: Path, take: list[Array]) -> None:
    runs = runs_of(tmp_path, take[10:90:2], take)
    assert all(run.speed == pytest.approx(2.0, abs=0.1) for run in runs if run.is_timed)


def test_a_take_that_never_moves_does_not_tell_the_time(tmp_path: Path) -> None:
    still = [quiet(0.04)[0]] * 100
    [run] = runs_of(tmp_path, still[:50], still)
    assert not run.is_timed


def test_a_run_that_is_told_in_pieces_keeps_its_scores(tmp_path: Path, take: list[Array]) -> None:
    runs = runs_of(tmp_path, [*take[20:60], *take[20:60]], take)
    assert [len(run.scores) for run in runs] == [run.last - run.first for run in runs]
