"""Does what somebody signed hold today?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignments.domain.releases import EXPIRED, REVOKED, STANDING, WAITING, standing_of

TODAY = date(2026, 3, 2)


def standing(*, is_approved=True, is_revoked=False, days=None):
    expires_on = None if days is None else TODAY + timedelta(days=days)
    return standing_of(is_approved=is_approved, is_revoked=is_revoked, expires_on=expires_on, today=TODAY)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, STANDING), ({"days": 0}, STANDING), ({"days": -1}, EXPIRED), ({"is_approved": False}, WAITING),
        ({"is_approved": False, "days": -1}, EXPIRED), ({"is_revoked": True}, REVOKED),
        ({"is_revoked": True, "days": -1}, REVOKED),
    ],
)  # fmt: skip
def test_standing(facts, expected):
    assert standing(**facts) == expected


@given(st.booleans(), st.booleans(), st.none() | st.integers(-400, 400))
def test_it_stands_only_when_approved_and_neither_expired_nor_revoked(is_approved, is_revoked, days):
    holds = standing(is_approved=is_approved, is_revoked=is_revoked, days=days) == STANDING
    assert holds == (is_approved and not is_revoked and (days is None or days >= 0))
