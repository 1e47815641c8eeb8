"""An eye on running jobs: their progress, the person's wish to stop, and the lease that must not run out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType

from django.db import connection

from generation.models import Job
from generation.workers.endings import LEASE, Overtaken, mine

BEAT_SECONDS = LEASE.total_seconds() / 4
WRITE_EVERY = timedelta(seconds=0.5)
Clock = Callable[[], datetime]


class Watch:
    """What an engine reports to: progress into the row at most every half second, and an eye on the person's wish."""

    def __init__(self, job: Job, *, heart: Heartbeat, now: Clock) -> None:
        self.job, self.heart, self.now = job, heart, now
        self.written_at = now() - WRITE_EVERY

    def progress(self, step: int, steps: int) -> None:
        at = self.now()
        if at - self.written_at < WRITE_EVERY:
            return
        self.written_at = at
        if not mine(self.job).update(step=step, steps=steps, lease_until=at + LEASE):
            raise Overtaken

    def cancelled(self) -> bool:
        if self.heart.is_lost.is_set():
            raise Overtaken
        return mine(self.job).filter(cancel_asked_at__isnull=False).exists()


class Heartbeat:
    """Renews the lease from a thread of its own, for engines that are long silent; tells when the row is lost."""

    def __init__(self, job: Job, *, now: Clock, every: float = BEAT_SECONDS) -> None:
        self.job, self.now, self.every = job, now, every
        self.is_lost, self._is_over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart-{job.uuid}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join(timeout=5)

    def _beat(self) -> None:
        try:
            while not self._is_over.wait(self.every):
                if not mine(self.job).update(lease_until=self.now() + LEASE):
                    self.is_lost.set()
                    return
        finally:
            connection.close()
