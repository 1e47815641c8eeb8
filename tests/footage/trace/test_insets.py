from __future__ import annotations

import cv2
import numpy as np
import pytest

from footage.fingerprints import Rect, make_reference
from footage.trace import find_runs, overlap, read_film
from footage.trace.insets import boxes
from tests.footage.drawing import HEIGHT, WIDTH, panned, write


@pytest.fixture(scope="module")
def references(tmp_path_factory):
    folder = tmp_path_factory.mktemp("references")
    return {
        f"take-{seed}": make_reference(write(folder / f"{seed}.mp4", panned(seed, 150))) for seed in (1, 2, 3)
    }


def laid_in(ground, inset, box: Rect):
    """The ground with the inset shrunk into a box of it."""
    left, top = round(box.left * WIDTH), round(box.top * HEIGHT)
    size = round(box.width * WIDTH), round(box.height * HEIGHT)
    picture = ground.copy()
    picture[top : top + size[1], left : left + size[0]] = cv2.resize(
        inset, size, interpolation=cv2.INTER_AREA
    )
    return picture


def insets_in(tmp_path, pictures, references):
    runs = find_runs(read_film(write(tmp_path / "film.mp4", pictures)), references)
    return [run for run in runs if run.is_inset]


def test_boxes_lie_inside_the_frame():
    edges = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes()])
    assert (edges.min() >= 0, edges.max() <= 1 + 1e-9, len(edges) < 1000) == (True, True, True)


@pytest.mark.parametrize(
    "box", [Rect(0.45, 0.45, 0.95, 0.95), Rect(0.05, 0.06, 0.55, 0.56), Rect(0.61, 0.07, 0.96, 0.42)]
)
def test_an_inset_over_a_take_is_found_with_its_area(tmp_path, references, box):
    pictures = [laid_in(*pair, box) for pair in zip(panned(1, 75), panned(2, 75, first=30), strict=True)]
    (run,) = insets_in(tmp_path, pictures, references)
    assert (run.key, run.first, run.last) == ("take-2", 0, 75)
    assert overlap(run.box, box) > 0.8
    assert run.cover.low <= box.width * box.height <= run.cover.high
    assert run.cover.high - run.cover.low < 0.1


def test_a_split_screen_shows_two_sources(tmp_path, references):
    halves = (panned(2, 75, first=10), panned(3, 75, first=40))
    middle = WIDTH // 4
    pictures = [
        np.concatenate([one[:, middle : 3 * middle], other[:, middle : 3 * middle]], axis=1)
        for one, other in zip(*halves, strict=True)
    ]
    found = {run.key: run for run in insets_in(tmp_path, pictures, references)}
    assert sorted(found) == ["take-2", "take-3"]
    assert [overlap(found[f"take-{n}"].box, box) > 0.8 for n, box in ((2, boxes()[0]), (3, boxes()[1]))] == [
        True
    ] * 2


def test_a_whole_take_shows_no_inset(tmp_path, references):
    assert insets_in(tmp_path, panned(1, 75), references) == []


def test_something_else_in_a_box_is_no_inset_but_a_hole(tmp_path, references):
    box = Rect(0.45, 0.45, 0.95, 0.95)
    pictures = [laid_in(*pair, box) for pair in zip(panned(1, 75), panned(9, 75), strict=True)]
    (run,) = find_runs(read_film(write(tmp_path / "film.mp4", pictures)), references)
    assert (run.key, run.is_inset) == ("take-1", False)
    assert 0.6 < run.cover.high < 0.78
    assert run.cover.heat.shape == (18, 32)
    assert run.cover.heat[12, 22] < 4 < run.cover.heat[4, 4]
