"""How things stand in the queue: who waits for what, whose turn it is, how long it will take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Min, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Cast, Concat, RowNumber

from accounts.models import User
from assignments.models import Work
from generation.choices import JobState, Wish
from generation.domain import fairness
from generation.domain.fairness import Line, Place, Waiting
from generation.domain.states import MOST_ATTEMPTS
from generation.domain.tools import Tool
from generation.models import Engine, FairShare, Job, Worker
from generation.queries.budgets import price_of

ALIVE = timedelta(seconds=30)
"""A worker that hasn't been seen for so long counts as gone."""
WEIGHTS = ("brief__module__course__gpu_weight", "crew__gpu_weight", "brief__due_at")


@dataclass(frozen=True, slots=True)
class Standing:
    """The queue at one moment.

    Attributes:
        lines: What each person has waiting, by engine and work.
        counters: Virtual seconds of everyone with a job that waits or runs; running jobs count in full.
        running_seconds: What running jobs are still expected to need.
    """

    lines: list[Line]
    counters: dict[int, float]
    running_seconds: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is shown before the click: the price, the seconds until it begins, and the jobs that begin before it."""

    price_seconds: float
    price_money: Decimal
    wait_seconds: float
    ahead: int


# ---------------------------------------------------------------- weights
def weight_of(job: Job, *, at: datetime) -> float:
    """Return the weight a job is charged with; give the moment it began, so that it stays the same."""
    brief, crew = job.work.brief, job.work.crew
    of_crew = None if crew is None else crew.gpu_weight
    return _weight(brief.module.course.gpu_weight, of_crew, brief.due_at, at=at)


def _weight(course: float, crew: float | None, due_at: datetime, *, at: datetime) -> float:
    left = (due_at - at).total_seconds()
    return fairness.weight(course=course, crew=1.0 if crew is None else crew, seconds_left=left)


def _weights(works: Iterable[int], *, at: datetime) -> dict[int, float]:
    rows = Work.objects.filter(pk__in=set(works)).values_list("pk", *WEIGHTS)
    return {pk: _weight(course, crew, due_at, at=at) for pk, course, crew, due_at in rows}


# ---------------------------------------------------------------- the queue at one moment
def queued_jobs() -> QuerySet[Job]:
    return Job.objects.filter(state=JobState.QUEUED)


def _engine() -> Case:
    """The engine a job waits for. On its last attempt a job runs alone, as if it needed an engine of its own.

    It may be what brought its machine down; those that were in a batch with it must not fail along with it.
    """
    alone = Concat("engine__slug", Value("#"), Cast("pk", CharField()), output_field=CharField())
    return Case(
        When(attempts__gte=MOST_ATTEMPTS - 1, then=alone), default=F("engine__slug"), output_field=CharField()
    )


def engines_waited_for() -> set[str]:
    """Return the engines that jobs wait for, as `standing` names them."""
    return set(
        queued_jobs().order_by().annotate(kept_for=_engine()).values_list("kept_for", flat=True).distinct()
    )


def is_on_last_attempt() -> Q:
    return Q(state=JobState.RUNNING, attempts__gte=MOST_ATTEMPTS)


def standing(*, now: datetime, jobs: QuerySet[Job] | None = None) -> Standing:
    """Read how things stand, in four queries whatever the number of jobs.

    Args:
        jobs: Those of the waiting jobs to look at; all of them when left out.
    """
    queued = queued_jobs() if jobs is None else jobs
    grouped = list(
        queued.order_by()
        .annotate(kept_for=_engine())
        .values_list("created_by", "kept_for", "work")
        .annotate(jobs=Count("pk"), seconds=Sum("price_seconds"), asked_at=Min("created_at"))
    )
    running = list(
        Job.objects.filter(state=JobState.RUNNING).values_list(
            "created_by", "work", F("price_seconds") - F("spent_seconds")
        )
    )
    weights = _weights([row[2] for row in grouped] + [row[1] for row in running], at=now)
    lines = [
        Line(person, engine, jobs, seconds, weights[work], asked_at)
        for person, engine, work, jobs, seconds, asked_at in grouped
    ]
    counters = charged({line.person for line in lines} | {row[0] for row in running})
    for person, work, left in running:
        counters[person] += max(0.0, left) / weights[work]
    return Standing(lines, counters, sum(max(0.0, left) for *_whose, left in running))


def charged(people: Iterable[int]) -> dict[int, float]:
    """Return the virtual seconds these people were charged so far; nothing for who never had a job."""
    wanted = set(people)
    known = FairShare.objects.filter(user__in=wanted).values_list("user", "virtual_seconds")
    return dict.fromkeys(wanted, 0.0) | dict(known)


def come_back(user: User, state: Standing) -> float:
    """Return the counter with which a person who has nothing waiting or running comes back."""
    own = charged([user.pk])[user.pk]
    greatest = FairShare.objects.aggregate(most=Max("virtual_seconds"))["most"] or 0.0
    return fairness.lifted(own, active=state.counters.values(), greatest=greatest)


def first_jobs(
    named: set[tuple[int, str]], *, most: int, now: datetime, jobs: QuerySet[Job] | None = None
) -> list[Waiting]:
    """Return the first `most` waiting jobs of each person for each engine named."""
    people, engines = {person for person, _engine in named}, {engine for _person, engine in named}
    number = Window(
        RowNumber(), partition_by=[F("created_by"), F("kept_for")], order_by=[F("created_at").asc(), F("pk").asc()]
    )  # fmt: skip
    rows = list(
        (queued_jobs() if jobs is None else jobs)
        .annotate(kept_for=_engine())
        .filter(created_by__in=people, kept_for__in=engines)
        .annotate(number=number)
        .filter(number__lte=most)
        .values_list("pk", "created_by", "kept_for", "price_seconds", "work", "created_at")
    )
    weights = _weights((row[4] for row in rows), at=now)
    return [
        Waiting(pk, person, engine, seconds, weights[work], asked_at)
        for pk, person, engine, seconds, work, asked_at in rows
        if (person, engine) in named
    ]


def next_jobs(*, most: int, now: datetime) -> list[Job]:
    """Return the waiting jobs that begin next, in fair order, with what a row of the queue shows."""
    state = standing(now=now)
    named = fairness.shortlist(state.lines, counters=state.counters, most=most)
    waiting = first_jobs(named, most=most, now=now)
    order = fairness.in_order(waiting, counters=state.counters, most=most)
    rows = Job.objects.select_related(
        "engine", "created_by", "work__brief__module__course", "work__crew", "work__owner"
    ).in_bulk(order)
    return [rows[pk] for pk in order if pk in rows]


# ---------------------------------------------------------------- places and waits
def expectation(
    *, tool: Tool, engine: Engine, request: Mapping[str, Any], user: User, now: datetime
) -> Expectation:
    """Foretell the price, the wait and the place of a job that isn't asked for yet."""
    state = standing(now=now)
    counters = dict(state.counters)
    counters.setdefault(user.pk, come_back(user, state))
    place = _forecast(state, counters=counters, user=user.pk, asked_at=now, now=now)
    price = price_of(tool, engine, request)
    return Expectation(price.seconds, price.money, place.seconds, place.ahead)


def place_of(job: Job, *, now: datetime) -> Place:
    """Return how many waiting jobs begin before this one, and the seconds until it begins; zeros once it runs."""
    if job.state != JobState.QUEUED:
        return Place(0, 0.0)
    earlier = Q(created_at__lt=job.created_at) | Q(created_at=job.created_at, pk__lt=job.pk)
    before = queued_jobs().filter(~Q(created_by=job.created_by_id) | earlier)
    state = standing(now=now, jobs=before)
    counters = charged([job.created_by_id]) | state.counters
    return _forecast(state, counters=counters, user=job.created_by_id, asked_at=job.created_at, now=now)


def _forecast(
    state: Standing, *, counters: Mapping[int, float], user: int, asked_at: datetime, now: datetime
) -> Place:
    return fairness.forecast(
        state.lines, counters=counters, person=user, asked_at=asked_at,
        running_seconds=state.running_seconds, workers=live_workers(now=now).count(),
    )  # fmt: skip


# ---------------------------------------------------------------- machines, and jobs that no machine could finish
def live_workers(*, now: datetime) -> QuerySet[Worker]:
    """Workers that take jobs and were seen lately."""
    return Worker.objects.filter(wish=Wish.WORK, seen_at__gte=now - ALIVE)


def dead_letters() -> QuerySet[Job]:
    """Jobs given up because machines or engines failed at every attempt, newest first, with their reasons."""
    return (
        Job.objects.filter(state=JobState.FAILED, attempts__gte=MOST_ATTEMPTS)
        .select_related("engine", "created_by", "work__brief__module__course", "work__crew", "work__owner")
        .order_by("-finished_at", "-pk")
    )
