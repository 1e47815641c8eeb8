"""The queue as workers see it: taking jobs in fair order, and giving back those of workers that vanished."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from footage.problems import Problem
from generation.choices import JobState, Wish
from generation.domain.fairness import Choice, Room, choose, may_take, shortlist
from generation.models import Job, Worker
from generation.queries.queue import engines_waited_for, first_jobs, is_on_last_attempt, queued_jobs, standing
from generation.workers.charging import arrive as arrive
from generation.workers.charging import charge as charge
from generation.workers.endings import LEASE, VANISHED, give_back
from generation.workers.fleet import forget_workers

SHOWN = ("engine", "source", "created_by", "work__brief__module__course", "work__crew", "work__owner")
TOO_FAR = timedelta(seconds=10)
"""A lease that ends so much later than any worker would write comes from a clock that was set back."""
logger = logging.getLogger(__name__)


# ---------------------------------------------------------------- taking jobs
def claim_jobs(*, worker: str, now: datetime, room: Room) -> list[Job]:
    """Take the jobs whose turn it is and for which the worker has room; none when it is to pause.

    A job on its last attempt is taken alone, by a worker with nothing running, which takes no other until it has ended.
    Each is taken by exactly one worker. Where another takes one at the same moment, the next in fair order is looked for.
    The number of queries doesn't depend on how many jobs wait.
    """
    if not may_take(engines_waited_for(), room=room):
        return []
    row = Worker.objects.filter(name=worker).first() or Worker(name=worker)
    if row.wish != Wish.WORK or Job.objects.filter(is_on_last_attempt(), worker=worker).exists():
        return []
    jobs, contended = _runnable(row), set[int]()
    while True:
        choice = _choose(jobs.exclude(pk__in=contended), room=room, debt=row.affinity_debt_seconds, now=now)
        if not choice.jobs:
            return []
        if taken := _take(choice.jobs, worker=worker, now=now):
            _remember(row, choice.debt)
            return taken
        contended |= set(choice.jobs)


def claim_next(*, worker: str, now: datetime) -> Job | None:
    """Take the one job whose turn it is; None when nothing waits."""
    taken = claim_jobs(worker=worker, now=now, room=Room(most=1))
    return taken[0] if taken else None


def _runnable(worker: Worker) -> QuerySet[Job]:
    """Waiting jobs whose engine the worker has the memory for; a worker that doesn't say takes all.

    What just broke down here is left to others, or for later, unless nothing else waits.
    """
    jobs = queued_jobs()
    if worker.memory_gb:
        jobs = jobs.filter(engine__memory_gb__lte=worker.memory_gb)
    if not worker.broken_jobs:
        return jobs
    others = jobs.exclude(pk__in=worker.broken_jobs)
    return others if others.exists() else jobs


def _choose(jobs: QuerySet[Job], *, room: Room, debt: float, now: datetime) -> Choice:
    state = standing(now=now, jobs=jobs)
    named = shortlist(state.lines, counters=state.counters, most=room.most)
    waiting = first_jobs(named, most=room.most, now=now, jobs=jobs)
    return choose(waiting, counters=state.counters, room=room, debt=debt)


def _take(chosen: Sequence[int], *, worker: str, now: datetime) -> list[Job]:
    """Take those of the jobs that nobody else is taking, in the order given."""
    with transaction.atomic():
        waiting = queued_jobs().filter(pk__in=chosen)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        seen = dict(waiting.values_list("pk", "generation"))
        still = Q(pk__in=[])
        for pk, generation in seen.items():
            still |= Q(pk=pk, generation=generation)
        queued_jobs().filter(still).update(
            state=JobState.RUNNING, worker=worker, lease_until=now + LEASE, started_at=now, step=0,
            spent_seconds=0.0, attempts=F("attempts") + 1, generation=F("generation") + 1,
        )  # fmt: skip
        rows = Job.objects.filter(worker=worker, state=JobState.RUNNING).select_related(*SHOWN).in_bulk(seen)
    return [rows[pk] for pk in chosen if pk in rows and rows[pk].generation == seen[pk] + 1]


def _remember(worker: Worker, debt: float) -> None:
    if debt != worker.affinity_debt_seconds:
        Worker.objects.filter(name=worker.name).update(affinity_debt_seconds=debt)


# ---------------------------------------------------------------- workers that vanished
def sweep_jobs(*, now: datetime) -> bool:
    """Give back jobs whose lease ran out, end those out of attempts, and tell whether anything waits."""
    _shorten_leases(now=now)
    for pk in expired_jobs(now=now).values_list("pk", flat=True):
        _give_back_expired(pk, now=now)
    forget_workers(now=now)
    return queued_jobs().exists()


def expired_jobs(*, now: datetime) -> QuerySet[Job]:
    return Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)


@transaction.atomic
def _give_back_expired(pk: int, *, now: datetime) -> None:
    """Give a job back unless somebody writes its row just now: then its turn comes with the next sweep.

    A worker that froze within a transaction still holds its row; the others are not to wait for it.
    """
    skips = connection.features.has_select_for_update_skip_locked
    free = expired_jobs(now=now).filter(pk=pk).select_for_update(of=("self",), skip_locked=skips)
    job = free.select_related(*SHOWN).first()
    if job is not None:
        logger.warning("job %s: lease of %s ran out in attempt %d", job.uuid, job.worker, job.attempts)
        give_back(job, Problem(VANISHED, attempts=job.attempts), now=now)


def _shorten_leases(*, now: datetime) -> None:
    """Where the clock was set back, leases would hold a dead worker's jobs for as long: they begin anew.

    Who lives renews its lease in time; only the length changes, so nothing is taken from anyone.
    """
    far = Job.objects.filter(state=JobState.RUNNING, lease_until__gt=now + LEASE + TOO_FAR)
    far.update(lease_until=now + LEASE)
