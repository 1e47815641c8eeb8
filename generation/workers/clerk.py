"""The clerk of a worker: all its dealings with the database, from a thread of its own, so that the device never waits.

Ten times a second it looks at the rows of running jobs (one query for all), so a cancel reaches the engine within a step
and a tenth of a second. Less often it writes how far they are, renews their leases, charges what they received, stores
previews and what was learned, and reports to the fleet. Whenever there is room it claims.

Should the database be away, the engines go on and the clerk tries again; leases that run out meanwhile cost no more than
another attempt.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import Error, connection
from django.db.models import Case, IntegerField, Q, Value, When

from generation.backends.base import Request
from generation.backends.forwards import CurveKey
from generation.choices import JobState, Wish
from generation.domain.batching import Curve
from generation.domain.fairness import Room
from generation.models import Engine, Job, Preview
from generation.queries import spec_of
from generation.queries.engines import require_licence
from generation.workers import caps, gating
from generation.workers.charging import charge
from generation.workers.claiming import claim_jobs
from generation.workers.endings import LEASE
from generation.workers.fleet import check_in
from generation.workers.materials import request_of
from generation.workers.watching import Clock, Run, Watch

LOOK_SECONDS = 0.1
WRITE_SECONDS = 0.8
LEASE_SECONDS = LEASE.total_seconds() / 4
FLEET_SECONDS = 2.0
LEARN_SECONDS = 5.0
CLAIM_SECONDS = 0.5
STUCK_SECONDS = 900.0
"""Leases of a worker whose engines haven't moved for so long are left to run out."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a worker stands, for the clerk's reports.

    Attributes:
        room: What may be claimed; None for nothing.
        alive_at: When its loop last moved, by time.monotonic.
        curves: What forwards took, where they learned something since the last look.
    """

    device: str
    memory_gb: float
    loaded: Sequence[str]
    busy_share: float
    room: Room | None
    alive_at: float
    curves: dict[CurveKey, Curve] = field(default_factory=dict)


class Clerk:
    """Carries between a worker's running jobs and their rows.

    Attributes:
        watches: Jobs to look after; the owner adds and removes.
        inbox: Claimed jobs, ready for their engines.
        rejected: Claimed jobs that must not run, with the reason.
        known: What was learned of forwards in earlier shifts, by engine and shape.
        offered: Pipeline by slug of the engines that are switched on.
        wish: What an administrator wants of this worker.
        rounds: How many rounds it has finished.
    """

    def __init__(self, *, worker: str, now: Clock, standing: Callable[[], Standing]) -> None:
        self.worker, self.now, self.standing = worker, now, standing
        self.watches: list[Watch] = []
        self.inbox: deque[Run] = deque()
        self.rejected: deque[tuple[Run, Exception]] = deque()
        self.known: dict[CurveKey, Curve] = {}
        self.wish = Wish.WORK
        self.rounds = 0
        self.due = threading.Event()
        self.offered: dict[str, str] = {}
        self._engines: dict[str, Engine] = {}
        self._met: set[str] = set()
        self._gone: deque[int] = deque()
        self._learned: dict[CurveKey, Curve] = {}
        self._written_at = self._leased_at = self._reported_at = self._kept_at = 0.0
        self._asked_for: Room | None = None
        self._asked_at = 0.0
        self._over = threading.Event()
        self._round_over = threading.Condition()
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------ its thread
    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, name=f"clerk-{self.worker}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after its round, and write what is left."""
        self._over.set()
        self.due.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    @property
    def is_alone(self) -> bool:
        """It has no thread: its owner calls `round`."""
        return self._thread is None

    def wait_for_rounds(self, count: int) -> None:
        """Wait until so many more rounds are over, beginning now."""
        until = self.rounds + count
        self.due.set()
        with self._round_over:
            while self.rounds < until and not self._over.is_set():
                self.due.set()
                self._round_over.wait(LOOK_SECONDS)

    def _work(self) -> None:
        try:
            while not self._over.is_set():
                self._round_or_wait()
                self.due.wait(LOOK_SECONDS)
                self.due.clear()
        finally:
            connection.close()

    def _round_or_wait(self) -> None:
        try:
            self.round()
        except Error:
            logger.warning("the database doesn't answer; engines go on", exc_info=True)
            connection.close()
            self._over.wait(1.0)
        except Exception:  # leases must be renewed whatever else goes wrong
            logger.exception("a round of the clerk failed")
            self._over.wait(1.0)
        with self._round_over:
            self.rounds += 1
            self._round_over.notify_all()

    # ------------------------------------------------------------ a round
    def round(self) -> None:
        """Look at the rows, write what is due, and claim where there is room."""
        standing = self.standing()
        self.look()
        at = time.monotonic()
        if at - self._written_at >= WRITE_SECONDS or any(watch.is_first_look for watch in list(self.watches)):
            self._written_at = at
            self.write(is_alive=at - standing.alive_at < STUCK_SECONDS)
        if at - self._reported_at >= FLEET_SECONDS:
            self._reported_at = at
            self._report(standing)
            self.offered = dict(Engine.objects.filter(is_enabled=True).values_list("slug", "pipeline"))
        self._learned |= standing.curves
        self._meet(standing)
        if self._learned and at - self._kept_at >= LEARN_SECONDS:
            self._kept_at = at
            self.keep(standing.device)
        if standing.room and self.wish == Wish.WORK and self._may_find(standing.room, at=at):
            self.claim(standing.room)

    def ask_again(self) -> None:
        """Claim in the next round, whatever the last one found."""
        self._asked_for = None

    def _may_find(self, room: Room, *, at: float) -> bool:
        """Tell whether it is worth asking: there is other room than last time, or it is a while ago."""
        if room == self._asked_for and at - self._asked_at < CLAIM_SECONDS:
            return False
        self._asked_for, self._asked_at = room, at
        return True

    def let_go(self, watch: Watch) -> None:
        """Look no longer after a job; its preview goes."""
        if watch in self.watches:  # one that was rejected never was among them
            self.watches.remove(watch)
        self._gone.append(watch.job.pk)

    def look(self) -> None:
        """See in one query which jobs were taken away and which are to stop."""
        watches = list(self.watches)
        if not watches:
            return
        rows = Job.objects.filter(pk__in=[watch.job.pk for watch in watches], state=JobState.RUNNING)
        found = {pk: row for pk, *row in rows.values_list("pk", "generation", "cancel_asked_at")}
        for watch in watches:
            generation, asked_at = found.get(watch.job.pk, (None, None))
            watch.is_lost = generation != watch.job.generation
            watch.is_cancelled = asked_at is not None

    def write(self, *, is_alive: bool = True) -> None:
        """Write steps, leases, previews and charges of those still held, in one query each."""
        held = [watch for watch in list(self.watches) if not watch.is_lost]
        at = self.now()
        self._write_steps([watch for watch in held if not watch.is_told], at=at)
        if is_alive and time.monotonic() - self._leased_at >= LEASE_SECONDS:
            self._leased_at = time.monotonic()
            Job.objects.filter(_held(held)).update(lease_until=at + LEASE)
        self._write_previews(held, at=at)
        self._charge(held, at=at)
        self._drop_previews()

    def last_words(self) -> None:
        """Write what was learned and that nothing runs any more."""
        standing = self.standing()
        self._learned |= standing.curves
        self._drop_previews()
        self._report(standing)
        self.keep(standing.device)

    def keep(self, device: str) -> None:
        """Write down what forwards have taught."""
        caps.keep_curves(self._learned, engines=self._engines.values(), device=device, now=self.now())
        self._learned = {}

    def claim(self, room: Room) -> None:
        """Take jobs as far as there is room, and make them ready."""
        for job in claim_jobs(worker=self.worker, now=self.now(), room=room):
            self._engines[job.engine.slug] = job.engine
            self.take(job)

    def take(self, job: Job) -> None:
        """Make a claimed job ready for its engine, unless a gate stands before it."""
        watch = Watch(job, look=self.look if self.is_alone else None, steps=job.steps)
        place = tempfile.TemporaryDirectory(prefix="dailies-job-", ignore_cleanup_errors=True)
        spec = spec_of(job.engine)
        run = Run(job, spec, Request(job.tool, job.request, None), watch, place)
        try:
            gating.check_dispatch(job, now=self.now())
            require_licence(job.engine)
            run.request = request_of(job)
        except Error:
            raise  # left to its lease
        except Exception as fault:  # noqa: BLE001  # becomes the job's end
            self.rejected.append((run, fault))
            return
        self.watches.append(watch)
        self.inbox.append(run)

    # ------------------------------------------------------------ what it writes
    def _meet(self, standing: Standing) -> None:
        """Look up what is known of engines that have just been loaded."""
        for slug in set(standing.loaded) & self._engines.keys() - self._met:
            self._met.add(slug)
            self.known |= caps.known_curves(self._engines[slug], device=standing.device, now=self.now())

    def _write_steps(self, watches: list[Watch], *, at: datetime) -> None:
        if not watches:
            return
        for watch in watches:
            watch.is_told = True
        Job.objects.filter(_held(watches)).update(
            step=_by_job({watch.job.pk: watch.step for watch in watches}),
            steps=_by_job({watch.job.pk: watch.steps for watch in watches}),
            lease_until=at + LEASE,
        )

    def _write_previews(self, watches: list[Watch], *, at: datetime) -> None:
        rows = []
        for watch in watches:
            if watch.sketch:
                step, sketch = watch.sketch
                watch.sketch = None
                rows.append(Preview(job=watch.job, step=step, jpeg=sketch.jpeg(), at=at))
        if rows:
            Preview.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["job"], update_fields=["step", "jpeg", "at"]
            )

    def _drop_previews(self) -> None:
        gone = [self._gone.popleft() for _job in range(len(self._gone))]
        if gone:
            Preview.objects.filter(job__in=gone).delete()

    def _charge(self, watches: list[Watch], *, at: datetime) -> None:
        service = {}
        for watch in watches:
            received = watch.seconds
            if received > watch.charged:
                service[watch.job] = received - watch.charged
                watch.charged = received
        if service:
            charge(service=service, now=at)

    def _report(self, standing: Standing) -> None:
        self.wish = check_in(
            name=self.worker, device=standing.device[:80], memory_gb=standing.memory_gb, loaded=standing.loaded,
            running=len(self.watches), busy_share=standing.busy_share, now=self.now(),
        )  # fmt: skip


def _held(watches: Sequence[Watch]) -> Q:
    held = Q(pk__in=[])
    for watch in watches:
        held |= Q(pk=watch.job.pk, generation=watch.job.generation, state=JobState.RUNNING)
    return held


def _by_job(values: dict[int, int]) -> Case:
    cases = [When(pk=pk, then=Value(value)) for pk, value in values.items()]
    return Case(*cases, default=Value(0), output_field=IntegerField())
