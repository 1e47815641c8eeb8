from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.chance import false_films_per_1000, least_agreement

FRAMES = st.integers(0, 10**9)
SECONDS = st.fractions(0, 4 * 3600)


@pytest.mark.parametrize(
    ("frames", "least"),
    [(0, 0.5835), (100, 0.7372), (10_000, 0.8398), (1_000_000, 0.9045), (100_000_000, 0.9438)],
)
def test_a_ten_minute_film_asks_more_of_a_larger_index(frames, least):
    found = float(least_agreement(frames=frames, seconds=Fraction(600)))
    assert found == pytest.approx(least, abs=0.001)


@given(FRAMES, FRAMES, SECONDS)
def test_more_frames_never_ask_less(one, other, seconds):
    low, high = sorted((one, other))
    assert least_agreement(frames=low, seconds=seconds) <= least_agreement(frames=high, seconds=seconds) < 1


@given(FRAMES, SECONDS, SECONDS)
def test_a_longer_film_never_asks_less(frames, one, other):
    low, high = sorted((one, other))
    assert least_agreement(frames=frames, seconds=low) <= least_agreement(frames=frames, seconds=high)


@given(FRAMES, SECONDS)
def test_at_most_one_film_in_a_thousand_is_accused_by_chance(frames, seconds):
    least = float(least_agreement(frames=frames, seconds=seconds))
    assert 0.9 < false_films_per_1000(least, frames=frames, seconds=seconds) <= 1.0


def test_the_bound_for_few_frames_would_accuse_with_many():
    assert false_films_per_1000(0.74, frames=1_000_000, seconds=Fraction(600)) > 900
