"""Endings of a job, guarded by its generation number: whoever lost the row changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from footage.problems import Problem, gettext_noop
from generation.choices import JobState
from generation.domain.states import after_breakdown
from generation.models import Job

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
BROKE = gettext_noop(
    "The engine broke down %(attempts)d times on this job (%(reason)s). Nothing was charged. Take fewer steps or a "
    "smaller picture, or tell your instructor."
)
VANISHED = gettext_noop(
    "The machine at this job was lost %(attempts)d times before it could finish. Nothing was charged. Try again later, "
    "or tell your instructor."
)


class Overtaken(Exception):
    """Another worker holds the row now; what this one made is not needed."""


def mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, generation=job.generation, state=JobState.RUNNING)


def end(job: Job, state: str, *, now: datetime, problem: dict[str, object] | None = None) -> None:
    mine(job).update(state=state, finished_at=now, lease_until=None, problem=problem)


def breakdown(job: Job, reason: str) -> Problem:
    return Problem(BROKE, attempts=job.attempts, reason=reason[:200])


def give_back(job: Job, problem: Problem, *, now: datetime) -> None:
    """Put a job whose machine failed back into the queue, or end it with the problem when its attempts are used up."""
    if after_breakdown(job.attempts) == JobState.QUEUED:
        mine(job).update(state=JobState.QUEUED, lease_until=None, step=0)
        return
    end(job, JobState.FAILED, now=now, problem=as_row(problem))


def as_row(problem: Problem) -> dict[str, object]:
    return {
        "template": problem.template,
        "params": {name: _plain(value) for name, value in problem.params.items()},
    }


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else str(value)
