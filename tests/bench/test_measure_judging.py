"""Scores: what counts as found, how far off a share is, who was accused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bench.measure.attacks import ATTACKS
from bench.measure.figures import f1_of, misses, percentile, summary, table
from bench.measure.films import FPS, Box, Edit, Layer, Shot, Take
from bench.measure.judging import judge_film
from bench.measure.report import CLOSES, OPENS, printed, write_page
from bench.measure.strangers import accused_films
from bench.measure.truth import truth_of

MADE, FILMED = Take("made", "generated"), Take("filmed", "rush")
HALF = Fraction(1, 2)
TRUTH = truth_of(Edit(0, 1, (Shot(FPS, (Layer(MADE, 0),)), Shot(FPS, (Layer(FILMED, 0),)))))


def told(*segments):
    """A document of (start, end, state, alpha, ids) segments, its share added up."""
    seconds = sum(end - start for start, end, *_rest in segments)
    share = [sum((s[1] - s[0]) * s[3][end] for s in segments) / seconds for end in (0, 1)]
    plane = [
        {"start": start, "end": end, "state": state, "alpha": alpha, "sources": [{"id": one} for one in ids]}
        for start, end, state, alpha, ids in segments
    ]
    return {"planes": {"picture": {"share": share, "segments": plane}}}


RIGHT = told((0, 1, "A", [1, 1], ["made"]), (1, 2, "H", [0, 0], ["filmed"]))


def row(score, attack="clean", film=0, **rest):
    return {"film": film, "attack": attack, "file": f"{film}-{attack}.mp4", "score": score.to_json(), **rest}


def test_a_right_assessment_has_no_error():
    score = judge_film(RIGHT, TRUTH)

    assert (score.error, score.covers, score.wanted, score.found) == (0, True, 2, 2)
    assert (score.borders, score.accused, f1_of([row(score)])) == ((0,), 0, 1)


def test_a_miss_is_named_and_widens_the_error():
    score = judge_film(told((0, 1, "A", [1, 1], ["made"]), (1, 2, "U", [0, 1], [])), TRUTH)

    assert (score.error, score.covers, score.found) == (0.5, True, 1)
    assert [(one.key, one.start, one.end) for one in score.missed] == [("filmed", 1, 2)]


def test_a_take_is_found_from_half_of_it_on():
    segments = (0, 0.4, "A", [1, 1], ["made"]), (0.4, 1, "U", [0, 1], []), (1, 2, "H", [0, 0], ["filmed"])

    assert judge_film(told(*segments), TRUTH).found == 1


def test_a_border_told_three_frames_late_counts_three():
    score = judge_film(told((0, 1.12, "A", [1, 1], ["made"]), (1.12, 2, "H", [0, 0], ["filmed"])), TRUTH)

    assert score.borders == (3,)


def test_filmed_seconds_told_to_be_ai_are_an_accusation():
    assert judge_film(told((0, 2, "A", [1, 1], ["made"])), TRUTH).accused == 1


def test_where_all_is_hidden_what_counts_is_what_was_left_unknown():
    edit = ATTACKS["offplatform"](Edit(0, 1, (Shot(FPS, (Layer(MADE, 0),)), Shot(FPS, (Layer(FILMED, 0),)))))

    score = judge_film(
        told((0, 0.5, "U", [0, 1], []), (0.5, 2, "H", [0, 0], ["filmed"])), truth_of(edit), hiding=True
    )

    assert (score.wanted, score.found) == (1, 0.5)


def test_the_area_error_of_a_composite_is_that_of_the_middle_of_its_interval():
    inset = Layer(MADE, 0, box=Box(Fraction(0), Fraction(0), HALF, HALF))
    truth = truth_of(Edit(0, 1, (Shot(FPS, (Layer(FILMED, 0), inset)),)))

    assert judge_film(told((0, 1, "M", [0.2, 0.4], ["filmed", "made"])), truth).areas == (0.05,)


def test_the_summary_adds_films_and_attacks_up():
    wrong = told((0, 1, "A", [1, 1], ["made"]), (1, 2, "U", [0, 1], []))
    rows = [
        row(judge_film(RIGHT, TRUTH)),
        row(judge_film(wrong, TRUTH), "mirror", peers={"wanted": 2, "pdq": 0, "signature": 1}),
    ]

    found = summary(rows)

    assert (found["films"], found["recall"], found["share_error_p95"]) == (
        1,
        {"clean": 1, "mirror": 0.5},
        0.5,
    )
    assert [line[:5] for line in table(rows)[1:]] == [
        ("clean", "1", "100.0 %", "–", "–"),
        ("mirror", "1", "50.0 %", "0.0 %", "50.0 %"),
    ]
    assert misses(rows) == [
        "mirror       0-mirror.mp4: share 0.500–1.000, in truth 0.500; error 0.500; missed filmed 1.00–2.00 s"
    ]


@pytest.mark.parametrize(("values", "expected"), [([], None), ([3], 3), (range(1, 101), 95)])
def test_a_percentile_is_the_nearest_rank(values, expected):
    assert percentile(values, 0.95) == expected


def test_strangers_are_accused_film_by_film():
    document = told((0, 11, "U", [0, 1], []), (11, 13, "M", [0.05, 1], ["made"]), (13, 120, "U", [0, 1], []))

    assert accused_films(document) == {"0": [[11, 13]], "1": [[11, 13]]}


def test_the_page_gets_the_figures_in_both_languages(tmp_path):
    page = tmp_path / "measure.md"
    page.write_text(f"one\n{OPENS}\nlast year\n{CLOSES}\ntwo\n{OPENS}\nlast year\n{CLOSES}\nthree\n")
    rows = [row(judge_film(RIGHT, TRUTH))]
    figures = summary(rows) | dict.fromkeys(
        [
            "distractor_films",
            "false_films_per_1000",
            "seconds_vs_realtime_1080p",
            "seconds_vs_decode_1080p",
            "peak_rss_mb",
        ]
    )

    write_page(page, rows, figures, machine="two cores")
    write_page(page, rows, figures, machine="two cores")

    text = page.read_text()
    assert [text.count(part) for part in ("last year", "| clean | 1 |", "two cores", OPENS, CLOSES)] == [
        0,
        2,
        2,
        2,
        2,
    ]
    assert [text.startswith("one\n"), text.endswith("\nthree\n"), "占比误差" in text] == [True, True, True]


def test_the_table_stands_in_columns():
    lines = printed([row(judge_film(RIGHT, TRUTH))]).splitlines()

    assert [line.index("100.0 %") for line in lines[1:]] == [lines[0].index("found")]
