from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footage.problems import Problem
from generation.domain.licensing import EUROPEAN_UNION, Conditions, School, read_conditions, refusal

ANYWHERE = School()
MADE = st.builds(
    School,
    territory=st.sampled_from(["", "CN", "DE", "US", "KR"]),
    revenue_usd=st.one_of(st.none(), st.integers(0, 10**9)),
    use=st.sampled_from(["teaching", "commercial"]),
    has_filter=st.booleans(),
)


def sentence(conditions, school):
    problem = refusal(conditions, school)
    return str(problem) if problem else ""


@given(MADE)
def test_an_engine_without_conditions_runs_everywhere(school):
    assert refusal(Conditions(), school) is None


@pytest.mark.parametrize(
    ("territory", "is_refused"), [("CN", False), ("GB", True), ("DE", True), ("FR", True), ("US", False)]
)
def test_an_excluded_territory_refuses_and_the_union_counts_by_its_members(territory, is_refused):
    conditions = Conditions(territories_excluded=("EU", "GB", "KR"))
    assert (refusal(conditions, School(territory=territory)) is not None) == is_refused


def test_the_union_has_27_members():
    assert len(EUROPEAN_UNION) == 27


def test_a_school_that_says_nothing_is_asked_for_the_setting_that_is_missing():
    assert "DAILIES_SCHOOL_TERRITORY" in sentence(Conditions(territories_excluded=("KR",)), ANYWHERE)
    assert "DAILIES_SCHOOL_REVENUE_USD" in sentence(Conditions(revenue_ceiling_usd=1_000_000), ANYWHERE)


@pytest.mark.parametrize(("revenue", "is_refused"), [(999_999, False), (1_000_000, False), (1_000_001, True)])
def test_a_revenue_ceiling_holds_to_the_dollar(revenue, is_refused):
    conditions = Conditions(revenue_ceiling_usd=1_000_000)
    assert (refusal(conditions, School(revenue_usd=revenue)) is not None) == is_refused


def test_a_non_commercial_licence_serves_teaching_only():
    conditions = Conditions(non_commercial=True)
    assert refusal(conditions, School(use="teaching")) is None
    assert "no commercial use" in sentence(conditions, School(use="commercial"))


def test_a_licence_that_demands_a_gate_waits_for_one():
    conditions = Conditions(needs_filter=True, needs_marking=True)
    assert "SAFETY_GATES" in sentence(conditions, School(has_filter=False))
    assert refusal(conditions, School(has_filter=True)) is None
    assert "marked" in sentence(conditions, School(has_filter=True, marks=False))


def test_the_revenue_is_told_in_full():
    said = sentence(Conditions(revenue_ceiling_usd=5_000_000), School(revenue_usd=12_500_000))
    assert said == (
        "Its licence is free up to a revenue of 5,000,000 US dollars a year; the school turns over 12,500,000. "
        "Ask the licensor for terms."
    )


def test_conditions_are_read_as_written():
    raw = {"territories_excluded": ["EU", "KR"], "revenue_ceiling_usd": 10, "needs_filter": True}
    assert read_conditions(raw) == Conditions(("EU", "KR"), 10, needs_filter=True)
    assert read_conditions({}) == Conditions()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"non_comercial": True}, "“non_comercial” is no condition"),
        ({"territories_excluded": "EU"}, "territories_excluded is EU"),
        ({"territories_excluded": ["Germany"]}, "list of country codes"),
        ({"revenue_ceiling_usd": "1M"}, "revenue_ceiling_usd is 1M"),
        ({"revenue_ceiling_usd": True}, "revenue_ceiling_usd is True"),
        ({"needs_filter": "yes"}, "needs_filter is yes"),
    ],
)
def test_a_condition_that_can_not_be_read_is_never_taken_for_none(raw, said):
    with pytest.raises(Problem, match=said):
        read_conditions(raw)
