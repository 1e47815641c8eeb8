"""What a crew declares beside what was traced."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.declaring import Agreement, Made, Part, compare, merged_parts, seconds_by, traced_state
from ethics.domain.segments import ALL, ANYTHING, NOTHING, Evidence, Segment, State
from tests.ethics.domain.drawing import planes, use


def segment(state, start=0, end=4):
    sources = () if state in (State.UNKNOWN, State.NEUTRAL) else (use("a", "generated"),)
    alpha = {State.HUMAN: NOTHING, State.UNKNOWN: ANYTHING}.get(state, ALL)
    return Segment(Fraction(start), Fraction(end), state, alpha, sources)


def part(start, end, made=Made.AI):
    return Part(Fraction(start), Fraction(end), made)


@st.composite
def declared(draw):
    ends = sorted(draw(st.lists(st.integers(0, 1600), min_size=2, max_size=2, unique=True)))
    return part(Fraction(ends[0], 25), Fraction(ends[1], 25), draw(st.sampled_from(list(Made))))


@pytest.mark.parametrize(
    ("state", "made", "agreement"),
    [
        (State.AI, Made.AI, Agreement.AGREES),
        (State.MIXED, Made.MIXED, Agreement.AGREES),
        (State.HUMAN, Made.HUMAN, Agreement.AGREES),
        (State.AI, Made.HUMAN, Agreement.UNDECLARED),
        (State.MIXED, Made.HUMAN, Agreement.UNDECLARED),
        (State.HUMAN, Made.AI, Agreement.UNTRACED),
        (State.UNKNOWN, Made.AI, Agreement.UNTRACED),
        (State.UNKNOWN, Made.HUMAN, Agreement.UNPROVEN),
        (State.CONFLICT, Made.AI, Agreement.CONFLICT),
        (State.CONFLICT, Made.HUMAN, Agreement.CONFLICT),
    ],
)
def test_every_state_against_every_declaration(state, made, agreement):
    assert [one.agreement for one in compare([segment(state)], [part(0, 4, made)])] == [agreement]


def test_what_no_part_names_is_declared_human():
    found = compare([segment(State.AI)], [part(1, 2)])
    assert [(one.start, one.end, one.declared, one.agreement) for one in found] == [
        (0, 1, Made.HUMAN, Agreement.UNDECLARED),
        (1, 2, Made.AI, Agreement.AGREES),
        (2, 4, Made.HUMAN, Agreement.UNDECLARED),
    ]


def test_where_parts_overlap_the_later_one_counts():
    found = compare([segment(State.AI)], [part(0, 4), part(2, 4, Made.HUMAN)])
    assert [(one.end, one.declared) for one in found] == [(2, Made.AI), (4, Made.HUMAN)]


def test_neutral_stretches_are_not_compared():
    assert compare([segment(State.NEUTRAL)], []) == []


ADMITTED = replace(use("said", "generated"), evidence=(Evidence("admission", 0, Fraction(1), "Said."),))
SHOT = replace(use("a", "footage"), evidence=(Evidence("capture-sound", 2, Fraction(1), "Sync sound."),))
SAID_BY_FILE = replace(use("b", "footage"), evidence=(Evidence("c2pa-ai", 3, Fraction(1), "It says so."),))


@pytest.mark.parametrize(
    ("sources", "traced"),
    [
        ((ADMITTED,), State.UNKNOWN),
        ((), State.UNKNOWN),
        ((SHOT, ADMITTED), State.HUMAN),
        ((use("rush", "footage"), ADMITTED), State.UNKNOWN),
        ((use("a", "generated"), ADMITTED), State.AI),
        ((SAID_BY_FILE, ADMITTED), State.AI),
        ((SAID_BY_FILE,), State.AI),
    ],
)
def test_what_is_ai_by_admission_alone_was_not_traced(sources, traced):
    assert traced_state(replace(segment(State.AI), sources=sources)) is traced


def test_neighbours_of_which_the_same_is_said_are_one_part():
    parts = [part(0, 1), part(1, 2), part(2, 3, Made.HUMAN), part(4, 5), part(6, 7)]
    assert merged_parts(parts) == [part(0, 2), part(2, 3, Made.HUMAN), part(4, 5), part(6, 7)]


@given(planes(), st.lists(declared(), max_size=4))
def test_the_stretches_add_up_to_all_that_counts(segments, parts):
    found = compare(segments, parts)
    assert sum(seconds_by(found).values()) == sum(one.weight for one in segments)
    assert all(one.seconds > 0 for one in found)
