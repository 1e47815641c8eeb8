from datetime import UTC, datetime, timedelta

from assignments.domain.deadlines import GRACE, is_late, time_left

DUE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_film_is_late_once_the_grace_has_passed():
    assert not is_late(due_at=DUE, handed_in_at=DUE)
    assert not is_late(due_at=DUE, handed_in_at=DUE + GRACE)
    assert is_late(due_at=DUE, handed_in_at=DUE + GRACE + timedelta(microseconds=1))


def test_an_extension_moves_the_deadline():
    handed_in_at = DUE + timedelta(hours=3)
    assert is_late(due_at=DUE, handed_in_at=handed_in_at)
    assert not is_late(due_at=DUE, handed_in_at=handed_in_at, extension=timedelta(hours=3))


def test_the_time_left_is_negative_after_the_deadline():
    assert time_left(due_at=DUE, now=DUE + timedelta(hours=1)) == timedelta(hours=-1)
