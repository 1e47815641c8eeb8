from __future__ import annotations

import numpy as np
import pytest

from footage.fingerprints import GRID_HEIGHT, GRID_WIDTH, WHOLE, Rect, grey, make_reference
from footage.trace import agreement as agree
from footage.trace import find_runs, overlap, read_film
from footage.trace.following import CLEAR_AGREEMENT, LEAST_FINE
from footage.trace.grounds import agreement_beside, lines_beside, visible
from footage.trace.outlines import best_rectangle
from tests.footage.drawing import panned, write
from tests.footage.trace.test_insets import laid_in

LARGE = Rect(0.2, 0.15, 0.8, 0.75)
"""More than a quarter of the frame: what lies behind loses more than an ordinary run may."""


@pytest.fixture(scope="module")
def references(tmp_path_factory):
    folder = tmp_path_factory.mktemp("references")
    return {
        f"take-{seed}": make_reference(write(folder / f"{seed}.mp4", panned(seed, 150))) for seed in (1, 2, 3)
    }


def runs_of(tmp_path, pictures, references):
    return find_runs(read_film(write(tmp_path / "film.mp4", pictures)), references)


def with_inset(ground, *, box: Rect = LARGE, frames: int = 50):
    return [laid_in(*pair, box) for pair in zip(ground, panned(2, frames, first=30), strict=True)]


def test_what_lies_behind_a_large_inset_is_found_for_all_of_its_frames(tmp_path, references):
    runs = runs_of(tmp_path, with_inset(panned(1, 50, first=60)), references)
    ground, inset = sorted(runs, key=lambda run: run.is_inset)
    assert (ground.key, ground.first, ground.last, ground.is_inset) == ("take-1", 0, 50, False)
    assert (inset.key, inset.is_inset) == ("take-2", True)
    assert abs(ground.offset - 60 / 25) < 0.1


def test_a_mirrored_and_graded_ground_is_found_behind_an_inset(tmp_path, references):
    ground = [(picture[:, ::-1] * 0.8 + 12).astype(np.uint8) for picture in panned(1, 50)]
    runs = runs_of(tmp_path, with_inset(ground), references)
    assert [(run.key, run.rect.mirrored) for run in runs if not run.is_inset] == [("take-1", True)]


def test_an_unknown_ground_behind_an_inset_stays_unknown(tmp_path, references):
    runs = runs_of(tmp_path, with_inset(panned(9, 50)), references)
    assert [(run.key, run.is_inset) for run in runs] == [("take-2", True)]


@pytest.mark.parametrize("ground", [1, 9])
def test_the_rectangle_of_an_inset_is_told_to_a_hundredth_of_the_frame(tmp_path, references, ground):
    box = Rect(0.38, 0.32, 0.88, 0.82)
    runs = runs_of(tmp_path, with_inset(panned(ground, 50, first=60), box=box), references)
    (inset,) = [run for run in runs if run.is_inset]
    assert overlap(inset.box, box) > 0.9
    assert inset.cover.low <= 0.25 <= inset.cover.high
    assert inset.cover.high - inset.cover.low < 0.02


def test_an_inset_leaves_no_hole_of_its_own_in_what_lies_behind(tmp_path, references):
    runs = runs_of(tmp_path, with_inset(panned(1, 50, first=60)), references)
    ground, inset = sorted(runs, key=lambda run: run.is_inset)
    assert 1 - ground.cover.high - inset.box.width * inset.box.height < 0.02


def test_what_is_hidden_says_nothing_and_what_is_visible_says_all():
    ours, others = (np.stack([grey(picture) for picture in panned(seed, 3)]) for seed in (1, 9))
    seen = visible([LARGE], WHOLE)
    hidden_differs = np.where(seen, ours, others)
    visible_differs = np.where(seen, others, ours)
    assert agreement_beside(hidden_differs, ours, seen).min() > 0.99
    assert lines_beside(hidden_differs, ours, seen).min() > 0.97
    assert agreement_beside(visible_differs, ours, seen).max() < CLEAR_AGREEMENT
    assert lines_beside(visible_differs, ours, seen).max() < LEAST_FINE


def test_hiding_a_part_forgives_no_more_than_seeing_all():
    ours, others = (np.stack([grey(picture) for picture in panned(seed, 3)]) for seed in (1, 9))
    spoilt = ours.copy()
    spoilt[:, :, : GRID_WIDTH // 2] = others[:, :, : GRID_WIDTH // 2]
    half_hidden = visible([Rect(0.5, 0.2, 1.0, 0.8)], WHOLE)
    assert (agreement_beside(spoilt, ours, half_hidden) < agree.agreement(spoilt, ours).score).all()
    everything = np.ones((GRID_HEIGHT, GRID_WIDTH), np.uint8)
    assert agreement_beside(spoilt, ours, everything) == pytest.approx(
        agree.agreement(spoilt, ours).score, abs=0.02
    )


def test_the_best_rectangle_holds_all_that_is_worth_more_than_nothing():
    worth = np.full((18, 32), -1.0, np.float32)
    worth[4:11, 7:20] = 1.0
    worth[6, 10] = -3.0
    assert best_rectangle(worth) == (4, 11, 7, 20)
