"""Endings of a job, guarded by its generation number: whoever lost the row changes nothing and charges nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from footage.problems import Problem, gettext_noop
from generation.choices import JobState
from generation.domain.states import after_breakdown
from generation.models import Job
from generation.workers.charging import settle

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


def finish(job: Job, *, spent_seconds: float, now: datetime) -> None:
    """End a job well: what it really took replaces what was reserved, in the budgets and on the person's counter.

    Raises:
        Overtaken: The row went to another worker.
    """
    done = _leave(
        job, now=now, spent=max(0.0, spent_seconds), state=JobState.DONE, step=F("steps"),
        spent_money=F("price_money"), finished_at=now, problem=None,
    )  # fmt: skip
    if not done:
        raise Overtaken


def hold(job: Job, *, spent_seconds: float, now: datetime) -> None:
    """Keep a job's output back for a teacher; what it took is charged, and nothing more is reserved.

    Raises:
        Overtaken: The row went to another worker.
    """
    held = _leave(
        job, now=now, spent=max(0.0, spent_seconds), state=JobState.HELD, step=F("steps"), worker="",
        spent_money=F("price_money"),
    )  # fmt: skip
    if not held:
        raise Overtaken


def refuse(job: Job, *, problem: dict[str, object], spent_seconds: float, now: datetime) -> None:
    """End a job whose output a gate refuses; what it took is charged, for the engine did as it was told.

    Raises:
        Overtaken: The row went to another worker.
    """
    ended = _leave(
        job, now=now, spent=max(0.0, spent_seconds), state=JobState.FAILED, finished_at=now, problem=problem,
        spent_money=F("price_money"),
    )  # fmt: skip
    if not ended:
        raise Overtaken


def end(job: Job, state: str, *, now: datetime, problem: dict[str, object] | None = None) -> bool:
    """End a job that made nothing. Who cancels pays what it took so far; a failed job costs nothing."""
    spent = None if state == JobState.CANCELLED else 0.0
    return _leave(job, now=now, spent=spent, state=state, finished_at=now, problem=problem)


def give_back(job: Job, problem: Problem, *, now: datetime) -> bool:
    """Put a job whose machine failed back into the queue; nothing is charged for the attempt.

    It ends with the problem when its attempts are used up, and cancelled where that was asked for meanwhile.
    """
    if _is_to_stop(job):
        return _leave(job, now=now, spent=0.0, state=JobState.CANCELLED, finished_at=now)
    if after_breakdown(job.attempts) == JobState.QUEUED:
        return _leave(job, now=now, spent=0.0, state=JobState.QUEUED, step=0)
    return end(job, JobState.FAILED, now=now, problem=as_row(problem))


def put_back(job: Job, *, now: datetime) -> bool:
    """Put a job back because its worker stops: nothing is charged, and the attempt doesn't count."""
    if _is_to_stop(job):
        return end(job, JobState.CANCELLED, now=now)
    return _leave(job, now=now, spent=0.0, state=JobState.QUEUED, step=0, attempts=F("attempts") - 1)


def _is_to_stop(job: Job) -> bool:
    return mine(job).filter(cancel_asked_at__isnull=False).exists()


@transaction.atomic
def _leave(job: Job, *, now: datetime, spent: float | None, **fields: Any) -> bool:
    """Let go of a job that this worker still holds; tell whether it did.

    Args:
        spent: GPU-seconds to be charged in the end; what was charged so far when None.
    """
    charged = mine(job).select_for_update().values_list("spent_seconds", flat=True).first()
    if charged is None:
        return False
    total = charged if spent is None else spent
    mine(job).update(lease_until=None, spent_seconds=total, **fields)
    settle(job, charged=charged, spent=total, now=now)
    return True


def breakdown(job: Job, reason: str) -> Problem:
    return Problem(BROKE, attempts=job.attempts, reason=reason[:200])


def as_row(problem: Problem) -> dict[str, object]:
    return {
        "template": problem.template,
        "params": {name: _plain(value) for name, value in problem.params.items()},
    }


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else str(value)
