"""Budgets: what is spent and promised, what still fits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.budget import ALL, MONEY, PERSON, WORK, Budget, as_seconds, too_small

cents = st.decimals(0, 1000, places=2)


def budget(seconds, spent=0, promised=0, scope=WORK):
    limit = None if seconds is None else Decimal(seconds)
    return Budget(scope, limit, Decimal(spent), Decimal(promised))


def test_what_waits_and_what_is_spent_is_no_longer_left():
    found = budget(12, spent=4, promised=5)
    assert (found.left, found.used, found.used_share) == (3, 9, 0.75)


def test_an_overdrawn_budget_has_nothing_left():
    assert (budget(10, spent=12).left, budget(10, spent=12).used_share) == (0, 1.0)


def test_without_a_limit_everything_fits():
    found = budget(None, spent=1000)
    assert (found.left, found.used_share, found.holds(Decimal(9999))) == (None, 0.0, True)


def test_a_budget_may_be_used_to_the_last_hundredth():
    assert budget(10, spent=7).holds(Decimal("3.00")) is True
    assert budget(10, spent=7).holds(Decimal("3.01")) is False


def test_what_costs_nothing_fits_into_an_empty_purse():
    assert budget(0).holds(Decimal(0)) is True
    assert budget(0).used_share == 1.0


@pytest.mark.parametrize(
    ("seconds", "money", "scope"),
    [("2", "0", None), ("5", "0", PERSON), ("9", "0", PERSON), ("1", "0.51", MONEY), ("3", "9", ALL)],
)
def test_the_first_budget_that_is_too_small_is_named(seconds, money, scope):
    budgets = [
        budget(10, scope=WORK),
        budget(4, scope=PERSON),
        budget(9, 7, scope=ALL),
        budget("0.50", scope=MONEY),
    ]
    found = too_small(budgets, seconds=Decimal(seconds), money=Decimal(money))
    assert (found and found.scope) == scope


@given(st.lists(cents, max_size=30), cents)
def test_reserving_what_fits_never_overdraws(prices, limit):
    promised = Decimal(0)
    for price in prices:
        if budget(limit, promised=promised).holds(price):
            promised += price
    assert promised <= limit


def test_seconds_are_reckoned_to_the_hundredth():
    assert as_seconds(0.1 + 0.2) == Decimal("0.30")
