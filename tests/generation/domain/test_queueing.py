"""Prices, and what finished jobs teach about them."""

from __future__ import annotations

import pytest

from generation.domain import queueing


def test_a_price_is_never_nothing():
    assert queueing.price(units=0, seconds_per_unit=0) == 0.1
    assert queueing.price(units=12, seconds_per_unit=0.25) == 3.0


def test_the_pace_follows_slowly():
    assert queueing.learned_pace(known=1.0, spent_seconds=20, units=10) == pytest.approx(1.3)


@pytest.mark.parametrize("spent", [0.0, -3600.0])
def test_a_clock_that_jumped_back_teaches_nothing(spent):
    assert queueing.learned_pace(known=1.0, spent_seconds=spent, units=10) == 1.0
