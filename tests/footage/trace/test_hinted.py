from __future__ import annotations

from fractions import Fraction

import pytest

from footage.fingerprints import make_reference
from footage.trace import Hint, find_runs, read_film
from footage.trace.hinted import hinted_runs
from tests.footage.drawing import panned, write


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
