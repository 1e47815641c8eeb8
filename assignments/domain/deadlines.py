"""Whether a film came in time."""

from __future__ import annotations

from datetime import datetime, timedelta

GRACE = timedelta(seconds=60)
"""Clocks differ and a click takes its time to arrive: within a minute nobody is late."""


def is_late(*, due_at: datetime, handed_in_at: datetime, extension: timedelta = timedelta(0)) -> bool:
    """Tell whether a film handed in at `handed_in_at` is late; both times are aware."""
    return handed_in_at > due_at + extension + GRACE


def time_left(*, due_at: datetime, now: datetime) -> timedelta:
    """Return the time until the deadline, negative once it has passed."""
    return due_at - now
