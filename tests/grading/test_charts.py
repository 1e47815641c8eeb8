"""The class as figures: intervals where they belong, shapes beside colours, the table's numbers the figure's."""

from __future__ import annotations

import pytest

from grading.charts import class_charts
from grading.queries.classes import class_films
from tests.factories import make_brief, make_cut, make_job, make_module, make_work
from tests.grading.documents import make_measured

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def films():
    """Three films of one brief: within, over, and open with two versions; a fourth is begun only."""
    brief = make_brief(make_module())
    works = [make_work(brief, title=title) for title in ("Quay", "<b>Tide</b>", "Lamp", "Begun")]
    make_measured(make_cut(works[0]), share=(0.1, 0.2), verdict="within")
    make_measured(make_cut(works[1]), share=(0.5, 0.5), verdict="over")
    make_measured(make_cut(works[2]), share=(0.45, 0.6), verdict="over")
    make_measured(make_cut(works[2]), share=(0.25, 0.5), verdict="open")
    make_job(works[0], state="done", spent_seconds=20)
    make_job(works[0], state="failed", spent_seconds=500)
    return class_films(brief.module.course)


def trace(chart, name):
    return next(each for each in chart.figure["data"] if each.get("name") == name)


def test_intervals_stand_where_the_share_lies(films):
    chart = class_charts(films)["share"]

    found = {
        row: (x, arm)
        for name in ("within the cap", "open: proof is missing", "over the cap")
        for row, x, arm in zip(
            trace(chart, name)["y"],
            trace(chart, name)["x"],
            trace(chart, name)["error_x"]["array"],
            strict=True,
        )
    }
    assert found == {0: (15.0, 5.0), 1: (37.5, 12.5), 2: (50.0, 0.0)}
    assert chart.figure["layout"]["yaxis"]["ticktext"] == ["Quay · 1", "Lamp · 1", "&lt;b>Tide&lt;/b> · 1"]
    assert trace(chart, "cap")["x"] == [40.0, 40.0, 40.0]


def test_each_verdict_has_a_shape_of_its_own(films):
    chart = class_charts(films)["share"]
    symbols = {each["marker"]["symbol"] for each in chart.figure["data"]}

    assert len(symbols) == len(chart.figure["data"])


def test_the_table_says_the_same_as_the_figure(films):
    rows = class_charts(films)["share"].table["rows"]

    assert [[row[0]["text"], *row[2:]] for row in rows] == [
        ["<b>Tide</b>", "50\N{NO-BREAK SPACE}%", "40\N{NO-BREAK SPACE}%", "over the cap"],
        ["Lamp", "25–50\N{NO-BREAK SPACE}%", "40\N{NO-BREAK SPACE}%", "open: proof is missing"],
        ["Quay", "10–20\N{NO-BREAK SPACE}%", "40\N{NO-BREAK SPACE}%", "within the cap"],
    ]


def test_modules_show_the_mean_of_both_ends(films):
    (row,) = class_charts(films)["module"].table["rows"]

    assert row[1:] == [3, "28–40\N{NO-BREAK SPACE}%", "40\N{NO-BREAK SPACE}%", 1]


def test_versions_of_one_film_are_joined_in_time(films):
    chart = class_charts(films)["time"]
    lines = [each["y"] for each in chart.figure["data"] if each["mode"] == "lines"]

    assert lines == [[52.5, 37.5]]
    assert len(chart.table["rows"]) == 4


def test_gaps_and_engine_time_are_counted_once(films):
    charts = class_charts(films)

    assert charts["gaps"].figure["data"][0]["x"] == [2.0, 2.0, 2.0]
    assert [row[2:] for row in charts["engine"].table["rows"]] == [[20.0, 600]]


def test_a_class_without_measures_has_no_charts(films):
    begun = [film for film in films if not film.measures]

    assert class_charts(begun) == {}
    assert len(begun) == 1
