"""A worker at work: jobs of everybody step together on one device, while all that isn't the device's goes on beside it.

Three threads and a few pools share the work:

* the *loop* (whoever calls `run_jobs`) owns the device: it begins claimed jobs and ticks the hub;
* the *clerk* (workers.clerk) claims, looks for cancels, renews leases, writes steps, previews and charges;
* the *finisher* (workers.finishing) labels, signs, stores, logs and ends;
* pools decode pictures, run engines that have no gate, write files and wait for programs and far machines.

In a process of its own: `manage.py serve_jobs`, or `celery -A config worker -Q gpu -P solo` whose doorbell calls `run_jobs`.
Inside another program, such as a benchmark: `run_jobs(worker="name", now=timezone.now)` returns when nothing waits and all
it took has ended. Set `stop` (a threading.Event, or serving.STOP for all) to end it early: what runs gets GRACE_SECONDS to
finish and then goes back into the queue. Within a transaction, whose rows no other thread would see, everything happens
in the calling thread, one after the other.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

from django.db import Error, connection

from generation.backends import devices, gate
from generation.backends.base import Breakdown, Cancelled, Produced
from generation.backends.gate import Aside, Forward, Member, Place
from generation.backends.hub import Hub
from generation.backends.loading import engines_kept, is_light, loaded_engine, loaded_slugs, place_of
from generation.domain import batching
from generation.domain.fairness import Room
from generation.models import Job
from generation.workers.clerk import Clerk, Standing
from generation.workers.endings import Overtaken
from generation.workers.finishing import Ended, Finisher, GoingHome
from generation.workers.watching import Clock, Run

AT_FIRST = 4
"""Jobs of an engine taken together while nothing is known of it."""
AT_ONCE: Mapping[Place, int] = {"solo": 2, "errands": 6}
"""Jobs of an engine without a gate taken together: one more than its pool has threads."""
THREADS: Mapping[Place, int] = {"decode": 1, "solo": 1, "files": 2, "errands": 5}
MOST_UNWRITTEN = 12
"""Nothing is claimed while so many finished jobs wait to be signed and stored."""
IDLE_SECONDS = 0.05
GRACE_SECONDS = 5.0
BUSY_SECONDS = 60.0
SWITCH_SECONDS = 0.0005
"""The loop asks for the interpreter after every small computation; by default it would wait up to ten times as long each time
for a clerk or finisher that is in the middle of something."""
STOP = threading.Event()
"""Set by whoever ends the process: every worker in it stops claiming and gives back what it can't finish."""
logger = logging.getLogger(__name__)


def run_jobs(*, worker: str, now: Clock, stop: threading.Event = STOP) -> int:
    """Serve until nothing waits and everything taken has ended; return how many jobs were taken."""
    with _shift(worker=worker, now=now, stop=stop) as shift:
        while shift.goes_on():
            shift.turn()
    return shift.taken


def run_claimed(job: Job, *, now: Clock) -> None:
    """Run one job this worker holds to its end, in the calling thread."""
    with _shift(worker=job.worker, now=now, stop=STOP, is_alone=True, claims=False) as shift:
        shift.clerk.take(job)
        while shift.goes_on():
            shift.turn()


@contextmanager
def _shift(
    *, worker: str, now: Clock, stop: threading.Event, is_alone: bool | None = None, claims: bool = True
) -> Iterator[Shift]:
    """A shift with its threads; at its end everything handed over is written and nothing is held any more."""
    alone = connection.in_atomic_block if is_alone is None else is_alone
    with ExitStack() as pools:
        if not alone:
            pools.enter_context(_quick_switches())
        threads = None if alone else {name: _pool(pools, name, count) for name, count in THREADS.items()}
        shift = Shift(worker=worker, now=now, stop=stop, threads=threads, claims=claims)
        try:
            yield shift
        except Exception as fault:
            shift.close(Breakdown(type(fault).__name__))
            raise
        finally:
            shift.close(GoingHome())


@contextmanager
def _quick_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _pool(stack: ExitStack, name: str, count: int) -> Executor:
    return stack.enter_context(ThreadPoolExecutor(count, thread_name_prefix=name))


class Shift:
    """One worker from its first job to its last.

    Attributes:
        taken: Jobs claimed so far.
        runs: Those at work, by their place at the hub.
    """

    def __init__(
        self,
        *,
        worker: str,
        now: Clock,
        stop: threading.Event,
        threads: Mapping[Place, Executor] | None,
        claims: bool,
    ) -> None:
        self.stop_asked, self.claims = stop, claims
        self.hub = Hub(threads=threads, seen=self._seen)
        self.clerk = Clerk(worker=worker, now=now, standing=self._standing)
        self.finisher = Finisher(now=now, has_thread=threads is not None, over=self._over)
        self.runs: dict[Member, Run] = {}
        self.taken = 0
        self._places: dict[str, Place | None] = {}
        self._alive_at = time.monotonic()
        self._stopped_at: float | None = None
        self._is_closed = False
        self._busy: deque[tuple[float, float]] = deque([(perf_counter(), 0.0)])
        if threads is not None:
            self.clerk.start()

    # ------------------------------------------------------------ the loop
    def goes_on(self) -> bool:
        """Tell whether anything is at work or waits to be claimed; looks for more where it is idle."""
        if self.runs or self.clerk.inbox or self.clerk.rejected:
            return True
        if self.stop_asked.is_set() or not self.claims:
            return False
        self.clerk.ask_again()
        if self.clerk.is_alone:
            self.clerk.round()
        else:
            self.clerk.wait_for_rounds(2)  # one may have begun before there was room
        return bool(self.clerk.inbox or self.clerk.rejected)

    def turn(self) -> None:
        """Begin what was claimed, end what is to stop, do one thing on the device, hand over what is done."""
        self._alive_at = time.monotonic()
        if self.clerk.is_alone and self.claims and self.runs:
            self.clerk.round()
        self._begin()
        self._stop_those_asked()
        moved = self.hub.tick()
        self._hand_over()
        if not moved:
            self.hub.wake.wait(IDLE_SECONDS)
            self.hub.wake.clear()

    def close(self, reason: Exception) -> None:
        """Give back what still runs, for a reason, and write what is left. A second time does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        self.clerk.stop()
        self._begin()
        for member, run in list(self.runs.items()):
            run.watch.is_lost = True  # an engine in a pool ends at its next look
            self.hub.stop(member, reason, at_once=True)
        self._hand_over()
        self.finisher.close(meanwhile=self._keep_leases)
        self._write_last()

    def _keep_leases(self) -> None:
        try:
            self.clerk.write()
        except Error:
            logger.warning("worker %s can't renew its leases", self.clerk.worker, exc_info=True)

    def _write_last(self) -> None:
        """Keep what was learned; a worker that comes to its end in trouble has nothing more to say."""
        try:
            self.clerk.last_words()
        except Error:
            logger.warning("worker %s can't say goodbye", self.clerk.worker, exc_info=True)

    # ------------------------------------------------------------ beginning and ending
    def _begin(self) -> None:
        for key, curve in dict(self.clerk.known).items():
            self.hub.forwards.curves.setdefault(key, curve)
        while self.clerk.rejected:
            run, fault = self.clerk.rejected.popleft()
            self.taken += 1
            self.finisher.take(Ended(run, None, fault))
        while self.clerk.inbox:
            run = self.clerk.inbox.popleft()
            self.taken += 1
            member = self.hub.spawn(partial(self._run, run), name=str(run.job.uuid), engine=run.spec.slug)
            run.watch.member = member
            self.runs[member] = run

    def _run(self, run: Run) -> Produced:
        """What happens in a job's greenlet. Loading the engine is the school's time, not the crew's."""
        began = devices.moment()
        engine = loaded_engine(run.spec, in_use={each.spec.slug for each in self.runs.values()})
        me = gate.member()
        if me is not None:
            me.seconds -= devices.seconds_since(began)
        self._places[run.spec.slug] = place = place_of(run.spec, engine)
        work = partial(
            engine.run,
            run.request,
            folder=run.folder,
            progress=run.watch.progress,
            cancelled=run.watch.cancelled,
        )
        return work() if place is None else gate.aside(work, place=place, is_charged=True)

    def _stop_those_asked(self) -> None:
        if self.stop_asked.is_set() and self._stopped_at is None:
            self._stopped_at = time.monotonic()
        goes_home = self._stopped_at is not None and time.monotonic() - self._stopped_at > GRACE_SECONDS
        for member, run in list(self.runs.items()):
            if goes_home:
                run.watch.is_lost = True  # an engine in a pool ends at its next look
                self.hub.stop(member, GoingHome(), at_once=True)
            elif run.watch.is_lost:
                self.hub.stop(member, Overtaken())
            elif run.watch.is_cancelled:
                self.hub.stop(member, Cancelled())

    def _hand_over(self) -> None:
        for member in self.hub.take_finished():
            run = self.runs.pop(member)
            self.finisher.take(Ended(run, _with_trace(member, run), member.fault))
            self.clerk.due.set()

    def _over(self, run: Run) -> None:
        """Look no longer after a run whose end is written; signing and storing are still under its lease."""
        self.clerk.let_go(run.watch)

    def _seen(self, member: Member, wish: Forward, answer: Any) -> None:
        self.runs[member].watch.seen(wish, answer)

    # ------------------------------------------------------------ what the clerk is told
    def _standing(self) -> Standing:
        forwards = self.hub.forwards
        changed = {key: forwards.curves[key] for key in list(forwards.changed)}
        forwards.changed.difference_update(changed)
        return Standing(
            device=devices.device_label(), memory_gb=devices.memory_gb(), loaded=loaded_slugs(),
            busy_share=self._busy_share(), room=self._room(), alive_at=self._alive_at, curves=changed,
        )  # fmt: skip

    def _room(self) -> Room | None:
        """Return what may be claimed now; None for nothing."""
        is_full = self.finisher.waiting >= MOST_UNWRITTEN
        if not self.claims or self.stop_asked.is_set() or is_full:
            return None
        at_work = self._at_work()
        light = {slug for slug, pipeline in self.clerk.offered.items() if is_light(pipeline)}
        heavy = at_work.keys() - light
        begin = max(0, engines_kept() - len(heavy))
        free = {slug: max(0, self._jobs_at_once(slug) - at_work[slug]) for slug in heavy | light}
        most = sum(free.values()) + begin * AT_FIRST
        if not most:
            return None
        return Room(loaded=loaded_slugs(), free=free, most=most, beside=light, begin=begin, rows=AT_FIRST)

    def _at_work(self) -> Counter[str]:
        """Jobs by engine, without those that only have their picture decoded or written."""
        waiting = Counter(run.spec.slug for run in list(self.clerk.inbox))
        return waiting + Counter(
            run.spec.slug for member, run in list(self.runs.items()) if not _is_leaving(member)
        )

    def _jobs_at_once(self, slug: str) -> int:
        place = self._places.get(slug)
        if place is not None:
            return AT_ONCE[place]
        forwards = self.hub.forwards
        known = [
            batching.jobs_at_once(curve, rows=forwards.rows_of.get(key, 2))
            for key, curve in dict(forwards.curves).items()
            if key[0] == slug
        ]
        return max(known, default=AT_FIRST)

    def _busy_share(self) -> float:
        """Return the share of the last minute that the device's thread computed."""
        at = perf_counter()
        self._busy.append((at, self.hub.busy))
        while at - self._busy[0][0] > BUSY_SECONDS:
            self._busy.popleft()
        began, before = self._busy[0]
        return (self.hub.busy - before) / (at - began) if at > began else 0.0


def _is_leaving(member: Member) -> bool:
    wish = member.waits_for
    return isinstance(wish, Aside) and (wish.place == "decode" or bool(member.places))


def _with_trace(member: Member, run: Run) -> Produced | None:
    """Return what a job made with what a recipe needs of the hub: the bucket of each forward, the adapters worn."""
    if member.fault is not None or not isinstance(member.made, Produced):
        return None
    facts: dict[str, Any] = {name: value for name, value in member.made.machine.items() if name != "batch"}
    if member.places:
        facts["buckets"] = batching.trace(member.places)
    if run.request.adapters:
        facts["adapters"] = [
            {"slug": each.slug, "sha256": each.sha256, "weight": each.weight} for each in run.request.adapters
        ]
    return replace(member.made, machine=facts)
