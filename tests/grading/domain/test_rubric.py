from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.domain.rubric import Line, is_allowed, level_of, level_points, to_points, total_of

LINE = Line(
    "story", Decimal(15), "academic", (Decimal("1.0"), Decimal("0.7"), Decimal("0.4"), Decimal("0.0"))
)


def test_levels_are_worth_their_share_of_the_points():
    assert level_points(LINE) == (Decimal("15.00"), Decimal("10.50"), Decimal("6.00"), Decimal("0.00"))


@pytest.mark.parametrize(("points", "level"), [("15", 0), ("14.99", 1), ("10.5", 1), ("6", 2), ("0", 3)])
def test_points_belong_to_the_best_level_they_reach(points, level):
    assert level_of(LINE, Decimal(points)) == level


def test_a_criterion_without_levels_has_none():
    assert level_of(Line("a", Decimal(5), "mentor"), Decimal(5)) is None


@pytest.mark.parametrize(
    ("points", "allowed"),
    [("0", True), ("15", True), ("7.25", True), ("7.255", False), ("-0.01", False), ("15.01", False), ("NaN", False), ("Infinity", False)],
)  # fmt: skip
def test_a_criterion_gives_zero_to_its_most_in_hundredths(points, allowed):
    assert is_allowed(LINE, Decimal(points)) is allowed


def test_half_a_hundredth_is_rounded_up():
    assert to_points(Decimal("0.125")) == Decimal("0.13")


@given(st.lists(st.integers(0, 100), max_size=8))
def test_a_rubric_gives_the_sum_of_its_lines(points):
    lines = [Line(str(number), Decimal(value), "mentor") for number, value in enumerate(points)]
    assert total_of(lines) == sum(points)
