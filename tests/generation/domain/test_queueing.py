"""Prices and waits."""

from __future__ import annotations

import pytest

from generation.domain import queueing


@pytest.mark.parametrize(
    ("makes", "request_", "units"),
    [
        ("image", {"steps": 12}, 12),
        ("video", {"steps": 4, "seconds": 2.5}, 10),
        ("text", {"length": 120}, 120),
        ("sound", {"line": "short"}, 1),
        ("sound", {"line": "x" * 50}, 2.5),
    ],
)
def test_units_of_a_request(makes, request_, units):
    assert queueing.units(makes=makes, request=request_) == units


def test_a_price_is_never_nothing():
    assert queueing.price(units=0, seconds_per_unit=0) == 0.1
    assert queueing.price(units=12, seconds_per_unit=0.25) == 3.0


def test_waiting_is_shared_among_workers():
    assert queueing.wait(prices_ahead=[3, 5], workers=2) == 4


def test_the_pace_follows_slowly():
    assert queueing.learned_pace(known=1.0, spent_seconds=20, units=10) == pytest.approx(1.3)


def test_a_budget_may_be_used_to_the_last_second():
    assert queueing.fits_budget(budget_seconds=10, used_seconds=7, price_seconds=3) is True
    assert queueing.fits_budget(budget_seconds=10, used_seconds=7, price_seconds=3.01) is False
