"""Decisions of people beside the measured interval."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.deciding import DECIDABLE, Decided, Ruling, standing, with_decisions
from ethics.domain.segments import ALL, ANYTHING, NOTHING, Interval, Segment, State
from ethics.domain.share import share_of
from ethics.domain.verdict import Result
from tests.ethics.domain.drawing import planes

CAP = Fraction(2, 5)
HALF = Fraction(1, 2)


VECTORS = json.loads(
    (Path(__file__).parents[3] / "fixtures" / "vectors" / "decisions_v1.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_published_vectors_hold(vector):
    plane = [
        Segment(Fraction(start), Fraction(end), State(state), Interval(Fraction(low), Fraction(high)))
        for start, end, state, low, high in vector["segments"]
    ]
    made = [on(Fraction(start), Fraction(end), Ruling(ruling)) for start, end, ruling in vector["decisions"]]
    found = standing(plane, made, plane="picture", cap=Fraction(vector["cap"]))
    assert {
        "measured": [str(found.measured.share.low), str(found.measured.share.high)],
        "decided": [str(found.decided.share.low), str(found.decided.share.high)],
        "verdict": str(found.result),
        "segments": [
            [str(one.start), str(one.end), str(one.state), str(one.alpha.low), str(one.alpha.high)]
            for one in found.segments
        ],
    } == vector["expected"]


def segment(state, alpha, start=0, end=4):
    return Segment(Fraction(start), Fraction(end), state, alpha)


def on(start, end, ruling, plane="picture"):
    return Decided(plane, Fraction(start), Fraction(end), ruling)


@st.composite
def decisions(draw, rulings=tuple(Ruling)):
    ends = sorted(draw(st.lists(st.integers(0, 1600), min_size=2, max_size=2, unique=True)))
    return on(Fraction(ends[0], 25), Fraction(ends[1], 25), draw(st.sampled_from(rulings)))


@pytest.mark.parametrize(
    ("state", "alpha", "ruling", "expected"),
    [
        (State.UNKNOWN, ANYTHING, Ruling.HUMAN, (State.HUMAN, NOTHING)),
        (State.UNKNOWN, ANYTHING, Ruling.AI, (State.AI, ALL)),
        (State.UNKNOWN, ANYTHING, Ruling.OPEN, (State.UNKNOWN, ANYTHING)),
        (State.MIXED, Interval(HALF, Fraction(1)), Ruling.HUMAN, (State.MIXED, Interval(HALF, HALF))),
        (State.MIXED, Interval(HALF, Fraction(1)), Ruling.AI, (State.AI, ALL)),
        (State.CONFLICT, ALL, Ruling.HUMAN, (State.HUMAN, NOTHING)),
        (State.CONFLICT, ANYTHING, Ruling.AI, (State.AI, ALL)),
        (State.AI, ALL, Ruling.HUMAN, (State.AI, ALL)),
        (State.HUMAN, NOTHING, Ruling.AI, (State.HUMAN, NOTHING)),
        (State.NEUTRAL, NOTHING, Ruling.AI, (State.NEUTRAL, NOTHING)),
    ],
)
def test_a_ruling_settles_what_is_open_and_leaves_what_is_proven(state, alpha, ruling, expected):
    (found,) = with_decisions([segment(state, alpha)], [on(0, 4, ruling)])
    assert (found.state, found.alpha) == expected


def test_a_decision_on_a_part_cuts_the_segment_there():
    found = with_decisions([segment(State.UNKNOWN, ANYTHING)], [on(1, 2, Ruling.HUMAN)])
    assert [(part.start, part.end, str(part.state)) for part in found] == [
        (0, 1, "U"),
        (1, 2, "H"),
        (2, 4, "U"),
    ]


def test_of_two_decisions_on_a_moment_the_later_counts_also_when_it_opens_again():
    plane = [segment(State.UNKNOWN, ANYTHING)]
    human, ai, again = on(0, 4, Ruling.HUMAN), on(0, 4, Ruling.AI), on(0, 4, Ruling.OPEN)
    assert with_decisions(plane, [human, ai])[0].state is State.AI
    assert with_decisions(plane, [human, ai, again]) == plane


def test_the_measured_and_the_decided_share_stand_beside_each_other():
    plane = [segment(State.HUMAN, NOTHING, 0, 3), segment(State.CONFLICT, ALL, 3, 6)]
    found = standing(plane, [on(3, 6, Ruling.HUMAN)], plane="picture", cap=CAP)
    assert (found.measured.share, found.measured_result) == (Interval(HALF, HALF), Result.OVER)
    assert (found.decided.share, found.result, found.is_decided) == (NOTHING, Result.WITHIN, True)


def test_a_decision_on_another_plane_says_nothing_here():
    plane = [segment(State.UNKNOWN, ANYTHING)]
    found = standing(plane, [on(0, 4, Ruling.HUMAN, "voice")], plane="picture", cap=CAP)
    assert found.decided == found.measured
    assert not found.is_decided


@given(planes(), st.lists(decisions(), max_size=5), decisions((Ruling.HUMAN, Ruling.AI)))
def test_adding_a_decision_never_widens_the_interval(segments, before, added):
    earlier = share_of(with_decisions(segments, before)).share
    assert share_of(with_decisions(segments, [*before, added])).share.width <= earlier.width


@given(planes(), st.lists(decisions(), max_size=5))
def test_decisions_never_hide_nor_change_the_measured_interval(segments, made):
    found = standing(segments, made, plane="picture", cap=CAP)
    assert found.measured == share_of(segments)
    assert found.decided.share.width <= found.measured.share.width


@given(
    planes(states=(State.AI, State.HUMAN, State.NEUTRAL, State.UNKNOWN, State.MIXED)),
    st.lists(decisions(), max_size=5),
)
def test_without_a_conflict_the_decided_interval_lies_inside_the_measured_one(segments, made):
    found = standing(segments, made, plane="picture", cap=CAP)
    assert found.measured.share.holds(found.decided.share)


@given(planes(), st.lists(decisions(), max_size=5))
def test_decisions_keep_every_second_and_every_proven_segment(segments, made):
    found = with_decisions(segments, made)
    assert sum(one.seconds for one in found) == sum(one.seconds for one in segments)
    proven = [one for one in segments if one.state not in DECIDABLE]
    assert [one for one in found if one in proven] == proven
