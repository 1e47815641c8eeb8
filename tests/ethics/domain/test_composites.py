from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.composites import Composite, composite_of, plate_area, weighed
from ethics.domain.segments import ALL, ANYTHING, NOTHING, Interval, interval

RECIPE = {
    "machine": {"plate_share": 0.62, "source_type": "compositeWithTrainedAlgorithmicMedia"},
    "source_sha256": "a" * 64,
    "media_sha256": {"plate": ["b" * 64]},
}
parts = st.integers(0, 100).map(lambda n: Fraction(n, 100))
intervals = st.tuples(parts, parts).map(lambda ends: Interval(min(ends), max(ends)))


def test_a_recipe_names_plate_subject_and_share():
    assert composite_of(RECIPE) == Composite("b" * 64, "a" * 64, Fraction(62, 100))


def test_a_recipe_without_plate_is_no_composite():
    assert [composite_of({**RECIPE, name: None}) for name in RECIPE] == [None] * 3


def test_the_mean_share_says_less_of_a_part():
    composite = Composite("b", "a", Fraction(62, 100))
    whole = plate_area(composite, used=Fraction(4), length=Fraction(4))
    part = plate_area(composite, used=Fraction(1), length=Fraction(4))
    assert [(area.low, area.high) for area in (whole, part)] == [
        (Fraction(57, 100), Fraction(67, 100)),
        (Fraction(47, 100), Fraction(77, 100)),
    ]


def test_a_generated_plate_behind_a_person_counts_by_its_area():
    assert weighed(interval(0.57, 0.67), ALL, NOTHING) == interval(0.57, 0.67)
    assert weighed(interval(0.57, 0.67), NOTHING, ALL) == interval(0.33, 0.43)
    assert weighed(interval(0.5, 0.6), ANYTHING, NOTHING) == interval(0, 0.6)


@given(intervals, intervals, intervals)
def test_a_frame_lies_between_its_parts(area, inside, outside):
    found = weighed(area, inside, outside)
    assert min(inside.low, outside.low) <= found.low <= found.high <= max(inside.high, outside.high)
