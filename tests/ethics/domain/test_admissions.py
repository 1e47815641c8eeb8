"""Admissions count at once, never to the makers' gain, and nothing else can be claimed by words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.admissions import SNAP, Admission, read_moment, with_admissions
from ethics.domain.segments import (
    ALL,
    ANYTHING,
    LEAST_AREA,
    NOTHING,
    Interval,
    Segment,
    State,
    check_order,
    judge,
)
from ethics.domain.share import share_of
from tests.ethics.domain.drawing import planes, use

FPS = Fraction(25)


def admission(start=0, end=100, **changes) -> Admission:
    return Admission("a1", "Kling 2.1", "picture", Fraction(start), Fraction(end), **changes)


def segment(start, end, state, alpha, *uses, why="") -> Segment:
    return Segment(Fraction(start), Fraction(end), state, alpha, uses, why)


def seen(segments):
    return [
        (str(one.start), str(one.end), str(one.state), str(one.alpha.low), str(one.alpha.high))
        for one in segments
    ]


FILM = [
    segment(0, 4, State.HUMAN, NOTHING, use("rush", "rush")),
    segment(4, 6, State.UNKNOWN, ANYTHING, why="unmatched"),
    segment(6, 8, State.NEUTRAL, NOTHING, why="black"),
]


@st.composite
def admissions(draw):
    start = Fraction(draw(st.integers(0, 600)), 25)
    length = Fraction(draw(st.integers(1, 200)), 25)
    return admission(start, start + length, is_part=draw(st.booleans()))


# ---------------------------------------------------------------- a stretch
def test_an_admitted_stretch_is_ai_and_the_rest_stays():
    found = with_admissions(FILM, [admission(5, 6)], plane="picture")

    assert seen(found) == [
        ("0", "4", "H", "0", "0"), ("4", "5", "U", "0", "1"), ("5", "6", "A", "1", "1"), ("6", "8", "N", "0", "0"),
    ]  # fmt: skip
    evidence = found[2].sources[-1].evidence
    assert [(one.kind, one.grade, dict(one.params)) for one in evidence] == [
        ("admission", 0, {"tool": "Kling 2.1"})
    ]


def test_admitting_beats_what_speaks_for_a_camera():
    found = with_admissions(FILM, [admission(0, 4)], plane="picture")

    assert seen(found)[0] == ("0", "4", "A", "1", "1")
    assert [source.id for source in found[0].sources] == ["rush", "a1"]


def test_a_part_is_mixed_from_the_least_area_to_all():
    found = with_admissions(FILM, [admission(4, 6, is_part=True)], plane="picture")

    assert seen(found)[1] == ("4", "6", "M", str(LEAST_AREA), "1")


def test_a_known_area_stays_when_a_part_is_admitted():
    known = Interval(Fraction(1, 4), Fraction(1, 2))
    film = [segment(0, 2, State.MIXED, known, use("dream", "generated"))]

    assert with_admissions(film, [admission(is_part=True)], plane="picture")[0].alpha == known


def test_a_held_frame_that_is_admitted_counts_and_black_does_not():
    film = [
        segment(0, 3, State.NEUTRAL, NOTHING, why="held"),
        segment(3, 5, State.NEUTRAL, NOTHING, why="black"),
    ]

    assert [one.state for one in with_admissions(film, [admission()], plane="picture")] == [
        State.AI,
        State.NEUTRAL,
    ]


def test_an_admission_counts_on_its_own_plane_only():
    assert with_admissions(FILM, [admission()], plane="voice") == FILM


def test_a_border_typed_from_a_rounded_time_is_the_border_of_the_segment():
    near = SNAP / 2
    assert seen(with_admissions(FILM, [admission(4 + near, 6 - near)], plane="picture"))[1] == (
        "4",
        "6",
        "A",
        "1",
        "1",
    )


# ---------------------------------------------------------------- a medium
def test_an_admitted_medium_is_ai_wherever_it_is_seen_and_heard():
    takes = [replace(FILM[0], start=Fraction(start), end=Fraction(start + 2)) for start in (0, 5)]
    one = Admission("a1", "Kling 2.1", source="rush")

    for plane in ("picture", "voice"):
        assert [found.state for found in with_admissions(takes, [one], plane=plane)] == [State.AI, State.AI]


def test_an_admitted_medium_beside_another_one_is_a_part():
    film = [segment(0, 2, State.HUMAN, NOTHING, use("rush", "rush"), use("sign", "rush"))]

    found = with_admissions(film, [Admission("a1", "Kling 2.1", source="sign")], plane="picture")

    assert (found[0].state, found[0].alpha) == (State.MIXED, Interval(LEAST_AREA, Fraction(1)))


# ---------------------------------------------------------------- whatever the film
@given(planes(), st.lists(admissions(), max_size=3))
def test_an_admission_never_lowers_either_end_of_the_share(segments, admitted):
    before = share_of(segments).share
    after = share_of(with_admissions(segments, admitted, plane="picture")).share

    assert before.low <= after.low
    assert before.high <= after.high


@given(planes(), admissions().map(lambda one: replace(one, is_part=False)))
def test_admitting_whole_stretches_never_widens_the_interval_of_any(segments, admitted):
    found = with_admissions(segments, [admitted], plane="picture")
    check_order(found)
    for one in found:
        before = [old for old in segments if old.start < one.end and one.start < old.end]
        assert all(one.alpha.width <= old.alpha.width for old in before)


@given(planes(), st.lists(admissions(), min_size=2, max_size=3))
def test_the_order_in_which_makers_admit_changes_nothing(segments, admitted):
    named = [replace(one, id=f"a{number}") for number, one in enumerate(admitted)]

    assert with_admissions(segments, named, plane="picture") == with_admissions(
        segments, named[::-1], plane="picture"
    )


@given(planes())
def test_without_admissions_nothing_changes(segments):
    assert with_admissions(segments, [], plane="picture") == segments


# ---------------------------------------------------------------- the other way round
def test_claiming_to_be_human_proves_nothing():
    assert judge(ai=None, human=0) == (State.UNKNOWN, ANYTHING)
    assert judge(ai=2, human=0) == (State.AI, ALL)


# ---------------------------------------------------------------- moments
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:00:04:05", "21/5"),
        ("4.2", "21/5"),
        ("1:04.2", "321/5"),
        (" 01:00:00 ", "3600"),
        ("4.219", "21/5"),
    ],
)
def test_a_moment_is_read_to_the_frame(text, seconds):
    assert read_moment(text, fps=FPS) == Fraction(seconds)


@pytest.mark.parametrize("text", ["", "soon", "-4", "00:00:04:25", "00:61:00:00", "4,2", "1e9"])
def test_what_is_no_moment_is_not_read(text):
    assert read_moment(text, fps=FPS) is None


def test_a_timecode_at_a_broken_rate_counts_frames():
    assert read_moment("00:00:01:00", fps=Fraction(30000, 1001)) == Fraction(1001, 1000)
