"""The queue as workers see it: taking jobs, and giving back those of workers that vanished."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from footage.problems import Problem
from generation.choices import JobState
from generation.models import Job
from generation.workers.endings import LEASE, VANISHED, end, give_back

logger = logging.getLogger(__name__)


def claim_next(*, worker: str, now: datetime) -> Job | None:
    """Take the first waiting job by one guarded update; None when nothing waits."""
    skips = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        waiting = Job.objects.filter(state=JobState.QUEUED).order_by("created_at", "pk")
        if skips:
            waiting = waiting.select_for_update(skip_locked=True)
        first = waiting.values_list("pk", "generation").first()
        if first is None:
            return None
        pk, generation = first
        taken = Job.objects.filter(pk=pk, generation=generation, state=JobState.QUEUED).update(
            state=JobState.RUNNING, worker=worker, lease_until=now + LEASE, started_at=now, step=0,
            attempts=F("attempts") + 1, generation=F("generation") + 1,
        )  # fmt: skip
    if not taken:
        return claim_next(worker=worker, now=now)
    return Job.objects.select_related("engine", "work", "source", "created_by").get(pk=pk)


def sweep_jobs(*, now: datetime) -> bool:
    """Give back jobs whose lease ran out, end those out of attempts, and tell whether anything waits."""
    for job in Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now):
        logger.warning("job %s: lease of %s ran out in attempt %d", job.uuid, job.worker, job.attempts)
        if job.cancel_asked_at:
            end(job, JobState.CANCELLED, now=now)
        else:
            give_back(job, Problem(VANISHED, attempts=job.attempts), now=now)
    return Job.objects.filter(state=JobState.QUEUED).exists()
