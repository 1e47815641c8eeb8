from __future__ import annotations

import cv2
import numpy as np
import pytest

from footage.fingerprints import make_reference
from footage.trace import find_runs, read_film
from tests.footage.drawing import HEIGHT, WIDTH, panned, write


@pytest.fixture(scope="module")
def references(tmp_path_factory):
    folder = tmp_path_factory.mktemp("references")
    return {
        f"take-{seed}": make_reference(write(folder / f"{seed}.mp4", panned(seed, 150))) for seed in (1, 2, 3)
    }


def blended(ground, layer, opacity: float):
    return [
        ((1 - opacity) * below + opacity * above).astype(np.uint8)
        for below, above in zip(ground, layer, strict=True)
    ]


def figure() -> np.ndarray:
    """An upright figure a little right of the middle, float32 (h, w, 1), soft at its edge."""
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(matte, (190, 110), (60, 90), 0, 0, 360, 1.0, -1)
    return cv2.GaussianBlur(matte, (0, 0), 1.5)[..., None]


def keyed(ground, layer):
    matte = figure()
    return [
        (below * (1 - matte) + above * matte).astype(np.uint8)
        for below, above in zip(ground, layer, strict=True)
    ]


def runs_in(tmp_path, pictures, references):
    return find_runs(read_film(write(tmp_path / "film.mp4", pictures)), references)


@pytest.mark.parametrize("opacity", [0.2, 0.35, 0.5])
def test_a_blend_shows_both_takes_and_how_much_of_each(tmp_path, references, opacity):
    pictures = blended(panned(1, 60), panned(2, 60, first=40), opacity)
    runs = runs_in(tmp_path, pictures, references)
    assert sorted((run.key, run.first, run.last) for run in runs) == [("take-1", 0, 60), ("take-2", 0, 60)]
    (layer,) = [run for run in runs if run.is_layer]
    share = opacity if layer.key == "take-2" else 1 - opacity
    assert layer.cover.low <= share <= layer.cover.high
    assert {layer.key, layer.over} == {"take-1", "take-2"}


def test_a_keyed_figure_is_found_with_its_area(tmp_path, references):
    runs = runs_in(tmp_path, keyed(panned(1, 60), panned(3, 60, first=50)), references)
    assert sorted((run.key, run.first, run.last, run.over) for run in runs) == [
        ("take-1", 0, 60, ""),
        ("take-3", 0, 60, "take-1"),
    ]
    (layer,) = [run for run in runs if run.is_layer]
    assert layer.cover.low <= float(figure().mean()) <= layer.cover.high <= layer.cover.low + 0.05
    assert layer.cover.heat[10, 19] > 6 > 3 > layer.cover.heat[3, 3]


def test_a_figure_that_is_in_no_reference_is_no_layer(tmp_path, references):
    runs = runs_in(tmp_path, keyed(panned(1, 60), panned(9, 60)), references)
    assert [(run.key, run.is_layer) for run in runs] == [("take-1", False)]


def test_the_layer_ends_where_it_is_taken_away(tmp_path, references):
    pictures = [*blended(panned(1, 40), panned(2, 40, first=20), 0.4), *panned(1, 40, first=40)]
    (layer,) = [run for run in runs_in(tmp_path, pictures, references) if run.is_layer]
    assert (layer.key, layer.first, abs(layer.last - 40) <= 2) == ("take-2", 0, True)


def dimmed(pictures):
    return [(picture // 3).astype(np.uint8) for picture in pictures]


def brightened(pictures):
    return [(150 + picture // 3).clip(0, 255).astype(np.uint8) for picture in pictures]


def test_a_bright_figure_does_not_hide_the_dark_ground_around_it(tmp_path):
    takes = {"night": dimmed(panned(1, 150)), "day": brightened(panned(3, 150))}
    references = {name: make_reference(write(tmp_path / f"{name}.mp4", take)) for name, take in takes.items()}
    runs = runs_in(tmp_path, keyed(takes["night"][:60], takes["day"][50:110]), references)
    assert [(run.key, run.first, run.last) for run in runs if run.is_layer] == [("day", 0, 60)]
    (layer,) = [run for run in runs if run.is_layer]
    assert layer.cover.low <= float(figure().mean()) <= layer.cover.high <= layer.cover.low + 0.06


def test_a_figure_filmed_before_green_is_weighed_by_its_outline(tmp_path, references):
    green = [np.full((HEIGHT, WIDTH, 3), (60, 190, 70), np.uint8)] * 150
    plate = make_reference(write(tmp_path / "plate.mp4", keyed(green, panned(5, 150))))
    pictures = keyed(panned(1, 60), panned(5, 60, first=40))
    runs = runs_in(tmp_path, pictures, references | {"plate": plate})
    assert {(run.key, run.over) for run in runs} == {("take-1", ""), ("plate", "take-1")}
    (layer,) = [run for run in runs if run.is_layer]
    assert layer.cover.low <= float(figure().mean()) <= layer.cover.high <= layer.cover.low + 0.05
