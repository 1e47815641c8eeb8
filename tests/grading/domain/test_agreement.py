from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.domain.agreement import agree, scale_over_cap, scaled
from grading.domain.rubric import Line

STORY = Line("story", Decimal(60), "academic")
CRAFT = Line("craft", Decimal(40), "mentor")
WEIGHT = Decimal("0.4")


def decided(academic, mentor, **more):
    points = [{slug: Decimal(value) for slug, value in each.items()} for each in (academic, mentor)]
    return agree(lines=(STORY, CRAFT), academic=points[0], mentor=points[1], mentor_weight=WEIGHT, **more)


def test_a_criterion_marked_by_one_counts_as_marked():
    agreed = decided({"story": "42"}, {"craft": "30.5"})

    assert (agreed.total, agreed.most, agreed.missing, agreed.gap) == (Decimal("72.50"), 100, (), None)


def test_a_criterion_marked_by_both_is_blended_by_weight():
    agreed = decided({"story": "50"}, {"story": "40", "craft": "30"})

    assert [mark.points for mark in agreed.criteria] == [Decimal("46.0"), Decimal(30)]
    assert agreed.final == Decimal("76.00")


def test_what_nobody_marked_is_named():
    agreed = decided({"story": "50"}, {})

    assert (agreed.missing, agreed.total) == (("craft",), Decimal(50))


@pytest.mark.parametrize(
    ("academic", "mentor", "gap", "third"),
    [("60", "51", "15.00", False), ("60", "50.9", "15.17", True), ("10", "60", "83.33", True), ("30", "30", "0.00", False)],
)  # fmt: skip
def test_more_than_fifteen_points_of_a_hundred_apart_suggests_a_third_marker(academic, mentor, gap, third):
    agreed = decided({"story": academic}, {"story": mentor, "craft": "0"})

    assert (agreed.gap, agreed.wants_third_marker) == (Decimal(gap), third)


def test_the_gap_is_of_totals_so_that_opposite_differences_cancel():
    agreed = decided({"story": "50", "craft": "20"}, {"story": "40", "craft": "30"})

    assert agreed.gap == Decimal("0.00")


def test_a_film_over_the_cap_is_scaled_by_its_human_part_against_the_one_asked_for():
    scale = scale_over_cap(proven=Fraction(1, 2), cap=Fraction(2, 5))

    assert scale == Fraction(5, 6)
    assert decided({"story": "60"}, {"craft": "30"}, scale=scale).final == Decimal("75.00")


@pytest.mark.parametrize(
    ("proven", "cap", "scale"),
    [("2/5", "2/5", "1"), ("0", "0", "1"), ("1/50", "0", "49/50"), ("1", "2/5", "0")],
)
def test_the_scale_begins_at_one_and_ends_at_nought(proven, cap, scale):
    assert scale_over_cap(proven=Fraction(proven), cap=Fraction(cap)) == Fraction(scale)


shares = st.fractions(0, 1)


@given(proven=shares, cap=shares)
def test_the_scale_is_a_share_and_never_rewards(proven, cap):
    assert 0 <= scale_over_cap(proven=proven, cap=cap) <= 1


@given(
    academic=st.decimals(0, 60, places=2),
    mentor=st.decimals(0, 60, places=2),
    weight=st.decimals(0, 1, places=3),
)
def test_a_blend_lies_between_both_marks(academic, mentor, weight):
    agreed = agree(
        lines=(STORY,), academic={"story": academic}, mentor={"story": mentor}, mentor_weight=weight
    )

    assert min(academic, mentor) <= agreed.final <= max(academic, mentor)


@given(total=st.decimals(0, 100, places=2))
def test_a_scale_of_one_changes_nothing(total):
    assert scaled(total, Fraction(1)) == total
