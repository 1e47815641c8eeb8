"""How a run ends: its row says done, failed, cancelled, held, or is back in the queue. Off the device's path."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from django.db import Error, connection

from footage.problems import Problem
from generation.backends.base import Breakdown, Cancelled, Produced
from generation.choices import JobState
from generation.models import Job
from generation.workers.endings import Overtaken, as_row, breakdown, end, give_back, put_back
from generation.workers.fleet import broke_down, came_through
from generation.workers.sealing import commit
from generation.workers.watching import Clock, Run

logger = logging.getLogger(__name__)


class GoingHome(Exception):
    """The worker stops; the job goes back into the queue without losing an attempt."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run with what it made, or why it made nothing."""

    run: Run
    produced: Produced | None
    fault: BaseException | None


class Finisher:
    """Ends runs one after the other, in a thread of its own or, without one, at once.

    Files are labelled, signed, stored and logged before anything shows them (workers.sealing).
    """

    def __init__(self, *, now: Clock, has_thread: bool, over: Callable[[Run], None]) -> None:
        """`over` is told of each run when its end is written; until then somebody has to renew its lease."""
        self.now, self.over = now, over
        self._queue: SimpleQueue[Ended | None] = SimpleQueue()
        self._thread = (
            threading.Thread(target=self._work, name="finisher", daemon=True) if has_thread else None
        )
        if self._thread:
            self._thread.start()

    @property
    def waiting(self) -> int:
        return self._queue.qsize()

    def take(self, ended: Ended) -> None:
        if self._thread is None:
            try:
                conclude(ended, now=self.now)
            finally:
                self.over(ended.run)
            return
        self._queue.put(ended)

    def close(self, *, meanwhile: Callable[[], None]) -> None:
        """Wait until everything that was handed over is written; `meanwhile` is called about once a second."""
        if self._thread:
            self._queue.put(None)
            while self._thread.is_alive():
                self._thread.join(1.0)
                meanwhile()

    def _work(self) -> None:
        try:
            while (ended := self._queue.get()) is not None:
                self._conclude(ended)
        finally:
            connection.close()

    def _conclude(self, ended: Ended) -> None:
        try:
            conclude(ended, now=self.now)
        except Exception:  # the next one's end must be written all the same
            logger.exception("job %s: its end can't be written; it is left to its lease", ended.run.job.uuid)
            connection.close()
        finally:
            self.over(ended.run)


def conclude(ended: Ended, *, now: Clock) -> None:
    """Write how a run ended, guarded by its generation number, and remove its folder."""
    run = ended.run
    try:
        if ended.produced is None:
            _end_without(run, ended.fault, now=now)
        else:
            _end_with(run, ended.produced, now=now)
    finally:
        run.place.cleanup()


def _end_with(run: Run, produced: Produced, *, now: Clock) -> None:
    try:
        commit(run.job, produced, spent_seconds=run.watch.seconds, now=now)
        came_through(name=run.job.worker)
    except Error:
        raise
    except Exception as fault:  # noqa: BLE001  # sealing can fail like an engine
        _end_without(run, fault, now=now)


def _end_without(run: Run, fault: BaseException | None, *, now: Clock) -> None:
    job = run.job
    match fault:
        case Cancelled():
            end(job, JobState.CANCELLED, now=now())
        case Overtaken():
            logger.info("job %s went to another worker or was set aside", job.uuid)
        case GoingHome():
            put_back(job, now=now())
        case Problem():
            end(job, JobState.FAILED, now=now(), problem=as_row(fault))
        case Breakdown():
            logger.warning("job %s: %s", job.uuid, fault)
            _break_down(job, str(fault), fault, now=now)
        case _:
            logger.error("job %s broke down", job.uuid, exc_info=fault)
            _break_down(job, type(fault).__name__, fault, now=now)


def _break_down(job: Job, reason: str, fault: BaseException | None, *, now: Clock) -> None:
    """Give the job back with a reason for its person; the administrator reads the fault itself."""
    give_back(job, breakdown(job, reason), now=now())
    broke_down(name=job.worker, job=job.pk, reason=f"{type(fault).__name__}: {fault}")
