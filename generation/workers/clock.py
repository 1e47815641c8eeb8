"""One clock for all workers: the database's."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, connection
from django.utils import timezone


def database_time() -> datetime:
    """Ask the database server what time it is; SQLite has the time of this machine."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at


class DatabaseClock:
    """The database's time, carried on between two askings by a clock that never jumps.

    Leases are written and compared by it, so that a machine whose own clock is wrong, or set back while it works, neither
    loses its jobs nor keeps those of others.
    """

    def __init__(
        self,
        *,
        read: Callable[[], datetime] = database_time,
        ticks: Callable[[], float] = time.monotonic,
        every: float = 30.0,
    ) -> None:
        self.read, self.ticks, self.every = read, ticks, every
        at = read()  # before the ticks: connecting may take seconds
        self._asked = (ticks(), at)

    def __call__(self) -> datetime:
        ticks, at = self._asked
        elapsed = self.ticks() - ticks
        if elapsed > self.every:
            at = self._read_or(at + timedelta(seconds=elapsed))
            self._asked = (self.ticks(), at)
            return at
        return at + timedelta(seconds=elapsed)

    def _read_or(self, reckoned: datetime) -> datetime:
        """Ask the database; while it is away, go on by what was reckoned."""
        try:
            return self.read()
        except Error:
            connection.close_if_unusable_or_obsolete()
            return reckoned
