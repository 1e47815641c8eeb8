"""How a finished film is labelled when it leaves."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from ethics.domain.deciding import DECIDED
from ethics.domain.leaving import Label, label_for, placements
from ethics.domain.segments import ALL, ANYTHING, NOTHING, Evidence, Segment, State
from tests.ethics.domain.drawing import planes, use

ADMITTED = replace(use("said", "generated"), evidence=(Evidence("admission", 0, Fraction(1), "Said."),))
MIXTURE = "compositeWithTrainedAlgorithmicMedia"


def segment(state, *sources, start=0, why=""):
    alpha = {State.HUMAN: NOTHING, State.NEUTRAL: NOTHING, State.UNKNOWN: ANYTHING}.get(state, ALL)
    return Segment(Fraction(start), Fraction(start + 2), state, alpha, sources, why=why)


HUMAN, UNKNOWN = segment(State.HUMAN, use("r", "rush")), segment(State.UNKNOWN, start=2)
AI = segment(State.AI, use("g", "generated"), start=4)


@pytest.mark.parametrize(
    ("picture", "label"),
    [
        ([HUMAN], Label("composite", None)),
        ([HUMAN, UNKNOWN], Label("composite", None)),
        ([], Label("composite", None)),
        ([HUMAN, AI], Label(MIXTURE, "1")),
        ([AI], Label("trainedAlgorithmicMedia", "1")),
        ([HUMAN, segment(State.AI, ADMITTED, start=4)], Label(MIXTURE, "2")),
        ([HUMAN, segment(State.CONFLICT, use("g", "generated"), start=4)], Label("composite", "3")),
        ([HUMAN, segment(State.AI, start=4, why=DECIDED)], Label(MIXTURE, "1")),
        ([segment(State.CONFLICT), segment(State.AI, ADMITTED, start=2), AI], Label(MIXTURE, "1")),
    ],
)
def test_the_surest_stretch_labels_the_film(picture, label):
    assert label_for({"picture": picture}) == label


def test_a_generated_voice_labels_a_filmed_picture():
    assert label_for({"picture": [HUMAN], "voice": [AI]}) == Label(MIXTURE, "1")


def test_a_script_that_a_model_drafted_labels_no_picture():
    assert label_for({"picture": [HUMAN], "script": [AI]}) == Label("composite", None)


@pytest.mark.parametrize(("level", "mark"), [("1", "is"), ("2", "may"), ("3", "suspected"), (None, None)])
def test_every_level_has_its_words(level, mark):
    assert Label("composite", level).mark == mark


def test_a_source_is_placed_once_for_each_unbroken_stretch():
    again = segment(State.AI, use("g", "generated"), start=6)
    later = segment(State.AI, use("g", "generated"), start=10)
    found = placements({"picture": [HUMAN, UNKNOWN, AI, again, later], "voice": [HUMAN]})
    assert [(one.source, one.plane, one.start, one.end) for one in found] == [
        ("r", "picture", 0, 2), ("r", "voice", 0, 2), ("g", "picture", 4, 8), ("g", "picture", 10, 12),
    ]  # fmt: skip


@given(planes())
def test_a_label_is_written_if_and_only_if_something_speaks_for_ai(segments):
    speaks = any(one.state in {State.AI, State.MIXED, State.CONFLICT} for one in segments)
    assert (label_for({"picture": segments}).level is not None) is speaks


@given(planes())
def test_placements_cover_just_what_shows_a_source(segments):
    shown = sum(one.seconds * len({use.id for use in one.sources}) for one in segments)
    assert sum(one.end - one.start for one in placements({"picture": segments})) == shown
