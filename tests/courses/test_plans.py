from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from courses.domain.plans import due_at

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("starts_on", "week", "due"),
    [(MONDAY, 1, (2026, 3, 8)), (MONDAY, 2, (2026, 3, 15)), (date(2026, 3, 4), 1, (2026, 3, 8))],
)
def test_a_brief_is_due_on_the_sunday_of_its_week(starts_on, week, due):
    assert due_at(starts_on, week=week, zone=UTC) == datetime(*due, 23, 59, tzinfo=UTC)


def test_the_last_minute_is_that_of_the_school():
    due = due_at(MONDAY, week=1, zone=ZoneInfo("Asia/Shanghai"))
    assert due.astimezone(UTC) == datetime(2026, 3, 8, 15, 59, tzinfo=UTC)
