from __future__ import annotations

from fractions import Fraction

import pytest

from footage.fingerprints import Rect, make_reference
from footage.trace import Hint, find_runs, overlap, read_film
from footage.trace.hinted import hinted_runs
from tests.footage.drawing import panned, write
from tests.footage.trace.test_insets import laid_in


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hinted")
    for seed in (1, 2):
        write(folder / f"take-{seed}.mp4", panned(seed, 150))
    write(folder / "film.mp4", [*panned(1, 50, first=25), *panned(9, 50)])
    return folder


@pytest.fixture(scope="module")
def film(folder):
    return read_film(folder / "film.mp4")


@pytest.fixture(scope="module")
def references(folder):
    return {f"take-{seed}": make_reference(folder / f"take-{seed}.mp4") for seed in (1, 2)}


def shown(runs):
    return [(run.key, run.first, run.last) for run in runs]


def test_a_named_place_is_found_where_the_timeline_puts_it(film, references):
    hint = Hint("take-1", Fraction(0), Fraction(2), source_start=Fraction(1))
    assert shown(hinted_runs(film, references, [], [hint])) == [("take-1", 0, 50)]


def test_a_file_without_a_known_place_is_searched_through(film, references):
    assert shown(hinted_runs(film, references, [], [Hint("take-1", Fraction(0), Fraction(2))])) == [
        ("take-1", 0, 50)
    ]


def test_a_lying_timeline_finds_nothing(film, references):
    lies = [
        Hint("take-2", Fraction(0), Fraction(4), source_start=Fraction(0)),
        Hint("take-1", Fraction(2), Fraction(4), source_start=Fraction(1)),
        Hint("nobody's", Fraction(0), Fraction(4)),
    ]
    assert hinted_runs(film, references, [], lies) == []


def test_what_the_search_has_found_is_left_alone(film, references):
    found = find_runs(film, references)
    hint = Hint("take-1", Fraction(0), Fraction(2), source_start=Fraction(1))
    assert hinted_runs(film, references, found, [hint]) == []
    assert shown(find_runs(film, references, hints=[hint])) == shown(found) == [("take-1", 0, 50)]


SMALL = Rect(0.7, 0.1, 0.92, 0.32)
"""A corner of the frame, smaller than what is searched without being named."""


@pytest.fixture(scope="module")
def cornered(folder):
    pictures = [
        laid_in(ground, inset, SMALL) for ground, inset in zip(panned(1, 75), panned(2, 75), strict=True)
    ]
    return read_film(write(folder / "cornered.mp4", pictures, crf=16))


def insets(runs):
    return [(run.key, overlap(run.box, SMALL) > 0.6) for run in runs if run.is_inset]


def test_a_small_inset_is_found_in_the_box_that_the_timeline_names(cornered, references):
    hint = Hint("take-2", Fraction(0), Fraction(3), source_start=Fraction(0), box=SMALL)
    assert insets(find_runs(cornered, references)) == []
    assert insets(find_runs(cornered, references, hints=[hint])) == [("take-2", True)]


def test_a_box_that_shows_something_else_is_not_believed(cornered, references):
    elsewhere = Rect(0.1, 0.6, 0.32, 0.82)
    lies = [
        Hint("take-2", Fraction(0), Fraction(3), source_start=Fraction(0), box=elsewhere),
        Hint("take-2", Fraction(0), Fraction(3), box=Rect(0.95, 0.0, 1.2, 0.25)),
    ]
    assert insets(find_runs(cornered, references, hints=lies)) == []
