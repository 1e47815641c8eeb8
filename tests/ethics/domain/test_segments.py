from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.segments import (
    ALL,
    ANYTHING,
    NOTHING,
    Interval,
    Segment,
    State,
    check_order,
    interval,
    judge,
    merged,
    split,
)
from tests.ethics.domain.drawing import intervals, use

grades = st.none() | st.integers(0, 3)


@pytest.mark.parametrize(
    ("ai", "human", "expected"),
    [
        (None, None, (State.UNKNOWN, ANYTHING)),
        (None, 0, (State.UNKNOWN, ANYTHING)),
        (None, 1, (State.UNKNOWN, ANYTHING)),
        (None, 2, (State.HUMAN, NOTHING)),
        (None, 3, (State.HUMAN, NOTHING)),
        (0, None, (State.AI, ALL)),
        (2, 1, (State.AI, ALL)),
        (2, 2, (State.CONFLICT, ALL)),
        (2, 3, (State.CONFLICT, ANYTHING)),
        (1, 2, (State.CONFLICT, ANYTHING)),
    ],
)
def test_evidence_decides_the_state(ai, human, expected):
    assert judge(ai=ai, human=human) == expected


def test_a_policy_may_accept_attached_evidence():
    assert judge(ai=None, human=1, least_human=1) == (State.HUMAN, NOTHING)


def test_an_element_over_a_part_of_the_frame_is_mixed():
    area = interval(0.2, 0.4)
    assert judge(ai=2, human=None, area=area) == (State.MIXED, area)


@given(ai=grades, human=grades, more=grades)
def test_more_evidence_for_ai_never_lowers_the_proven_share(ai, human, more):
    stronger = max((g for g in (ai, more) if g is not None), default=None)
    assert judge(ai=stronger, human=human)[1].low >= judge(ai=ai, human=human)[1].low


@given(ai=grades, human=grades, more=grades)
def test_more_evidence_for_people_never_raises_the_upper_end(ai, human, more):
    stronger = max((g for g in (human, more) if g is not None), default=None)
    assert judge(ai=ai, human=stronger)[1].high <= judge(ai=ai, human=human)[1].high


@given(alpha=intervals, cut=st.integers(1, 99))
def test_a_segment_cut_in_two_merges_to_itself(alpha, cut):
    whole = Segment(Fraction(3), Fraction(7), State.MIXED, alpha, (use("g", "generated", Fraction(5)),))
    assert merged(split(whole, Fraction(3) + 4 * Fraction(cut, 100))) == [whole]


def test_a_jump_inside_a_source_is_kept_apart():
    one = Segment(Fraction(0), Fraction(1), State.HUMAN, NOTHING, (use("r", "rush", Fraction(0)),))
    two = Segment(Fraction(1), Fraction(2), State.HUMAN, NOTHING, (use("r", "rush", Fraction(5)),))
    assert merged([one, two]) == [one, two]


@pytest.mark.parametrize(
    "ends", [(Fraction(1, 2), Fraction(1, 4)), (Fraction(-1), Fraction(0)), (Fraction(0), Fraction(2))]
)
def test_an_interval_outside_zero_to_one_or_upside_down_is_refused(ends):
    with pytest.raises(ValueError, match="no interval"):
        Interval(*ends)


def test_an_empty_segment_is_refused():
    with pytest.raises(ValueError, match="holds nothing"):
        Segment(Fraction(1), Fraction(1), State.HUMAN, NOTHING)


def test_overlapping_segments_are_refused():
    one = Segment(Fraction(0), Fraction(2), State.HUMAN, NOTHING)
    two = Segment(Fraction(1), Fraction(3), State.HUMAN, NOTHING)
    with pytest.raises(ValueError, match="begins before"):
        check_order([one, two])
