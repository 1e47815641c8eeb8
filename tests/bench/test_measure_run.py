"""A film from end to end: painted, cut, measured, put before the peers, kept, and not measured again."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from bench.measure.figures import table
from bench.measure.filming import Plan, film_rows
from bench.measure.films import TUNING
from bench.measure.performance import EMPTY_SPEED, last_line
from bench.measure.store import Store


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("bench"), "code")
    return Plan(store, ("mirror",), TUNING, corpus=None, peers=2, until=time.time() + 3600, beside=False)


@pytest.fixture(scope="module")
def rows(plan):
    return film_rows(1, plan)


def test_a_mirrored_film_is_measured_right_and_its_peers_miss_it(rows):
    figures = last_line(rows, [], EMPTY_SPEED)

    assert [figures[name] for name in ("bench", "films", "recall", "f1")] == [
        "measure",
        1,
        {"mirror": 1.0},
        1.0,
    ]
    assert [figures["share_error_p95"] <= 0.02, figures["border_median_frames"] <= 1] == [True, True]
    assert [line[:4] for line in table(rows)[1:]] == [("mirror", "1", "100.0 %", "0.0 %")]


def test_what_is_kept_is_not_measured_again(plan, rows):
    late = replace(plan, until=0.0)

    assert film_rows(1, late) == rows
    assert film_rows(1, replace(late, attacks=("mirror", "bw"))) == rows
    assert list(plan.store.drafts.iterdir()) == []


def test_other_code_measures_the_same_film_again(plan, rows):
    def films():
        return [(path, path.stat().st_mtime_ns) for path in sorted(plan.store.folder.glob("films-*/*.mp4"))]

    before = films()
    again = film_rows(1, replace(plan, store=replace(plan.store, code="other")))
    assert [row["score"] for row in again] == [row["score"] for row in rows]
    assert films() == before
    assert len(before) == 1
