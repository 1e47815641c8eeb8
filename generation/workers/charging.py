"""GPU-seconds on people's counters: charged as they are received, taken back when our side failed.

Rows are locked in one order everywhere, jobs by number and then people by number, so that workers never wait in a ring.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, FloatField, Q, Value, When

from accounts.models import User
from generation.choices import JobState
from generation.models import FairShare, Job
from generation.queries.budgets import WAITING
from generation.queries.queue import come_back, standing, weight_of


@transaction.atomic
def arrive(*, user: User, now: datetime) -> None:
    """Lift the counter of a person who had nothing waiting or running; call it before their job is written."""
    if Job.objects.filter(created_by=user, state__in=WAITING).exists():
        return
    lift = come_back(user, standing(now=now))
    FairShare.objects.get_or_create(user=user, defaults={"virtual_seconds": lift, "updated_at": now})
    FairShare.objects.filter(user=user, virtual_seconds__lt=lift).update(virtual_seconds=lift, updated_at=now)


@transaction.atomic
def charge(*, service: Mapping[Job, float], now: datetime) -> None:
    """Write down the GPU-seconds jobs have just received: on the job, and over its weight on the person's counter.

    A job that went to another worker meanwhile is left out: what this worker did for it isn't wanted.

    Args:
        service: Seconds by job, as claimed. Less than nothing (a clock that jumped back) counts as nothing.
    """
    received = {job.pk: (job, seconds) for job, seconds in service.items() if seconds > 0}
    held = set(
        Job.objects.select_for_update().filter(_held(job for job, _seconds in received.values()))
        .order_by("pk").values_list("pk", flat=True)
    )  # fmt: skip
    given = [received[pk] for pk in sorted(held)]
    if given:
        seconds = _case("pk", {job.pk: seconds for job, seconds in given})
        Job.objects.filter(pk__in=held).update(spent_seconds=F("spent_seconds") + seconds)
        _add(given, now=now)


def settle(job: Job, *, charged: float, spent: float, now: datetime) -> None:
    """Bring a person's counter from what was charged so far to what a job has really taken."""
    if spent != charged:
        _add([(job, spent - charged)], now=now)


def _held(jobs: Iterable[Job]) -> Q:
    held = Q(pk__in=[])
    for job in jobs:
        held |= Q(pk=job.pk, generation=job.generation, state=JobState.RUNNING)
    return held


def _case(name: str, values: Mapping[int, float]) -> Case:
    return Case(
        *(When(**{name: key}, then=Value(value)) for key, value in values.items()),
        default=Value(0.0),
        output_field=FloatField(),
    )


def _add(given: Iterable[tuple[Job, float]], *, now: datetime) -> None:
    """Add seconds over weight to the counters, which may be less than nothing; rows that are missing are made."""
    virtual: dict[int, float] = defaultdict(float)
    for job, seconds in given:
        virtual[job.created_by_id] += seconds / weight_of(job, at=job.started_at or now)
    people = sorted(virtual)
    shares = FairShare.objects.filter(user__in=people)
    locked = list(shares.select_for_update().order_by("user").values_list("user", flat=True))
    if len(locked) < len(people):
        FairShare.objects.bulk_create(
            (FairShare(user_id=person, updated_at=now) for person in people), ignore_conflicts=True
        )
    shares.update(virtual_seconds=F("virtual_seconds") + _case("user", virtual), updated_at=now)
