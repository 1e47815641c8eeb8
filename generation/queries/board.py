"""The queue and the fleet as their pages show them, in a number of queries that doesn't depend on how much waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from django.db.models import Count, Min, Q, QuerySet, Sum

from accounts.models import User
from assignments.models import Work
from assignments.queries import works_visible_to
from courses.models import CrewMember
from courses.queries import courses_visible_to
from generation.choices import JobState, Wish
from generation.domain.budget import Budget
from generation.models import BatchCap, Job, Worker
from generation.queries.budgets import budgets_by_work
from generation.queries.queue import (
    ALIVE,
    come_back,
    live_workers,
    next_jobs,
    place_of,
    queued_jobs,
    standing,
)

SHOWN_NEXT = 30
SHOWN_RUNNING = 40
SHOWN_BUDGETS = 6
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Row:
    """One job of the queue as one person may see it.

    Attributes:
        whose: mine, crew (mine by my crew or work), named (I may see the work), course (I am in the course), other.
        place: 1 for the next to begin; 0 while it runs.
        wait_seconds: Until it begins.
    """

    job: Job
    whose: str
    place: int = 0
    wait_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a person's turn stands among those who wait.

    Attributes:
        own_seconds: Weighted GPU-seconds they received or are promised.
        before, after: People with jobs waiting or running who received less, and more.
        is_waiting: They have a job that waits or runs.
    """

    own_seconds: float
    before: int
    after: int
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The queue at one moment for one person.

    Attributes:
        machines: Workers that were seen lately; one with nothing to do sleeps and isn't seen.
        is_stalled: Something has waited for a while and no worker has come for it.
    """

    running: list[Row]
    next: list[Row]
    mine: list[Row]
    waiting: int
    turn: Turn
    machines: int
    is_stalled: bool


# ---------------------------------------------------------------- the queue
def board(user: User, *, now: datetime) -> Board:
    """Return what runs, what is next in fair order, and where the person's own jobs stand."""
    running = list(
        _shown(Job.objects.filter(state=JobState.RUNNING)).order_by("started_at", "pk")[:SHOWN_RUNNING]
    )
    ahead = next_jobs(most=SHOWN_NEXT, now=now)
    whose = _whose(user, [*running, *ahead])
    workers = live_workers(now=now).count()
    state = standing(now=now)
    waits = _waits(ahead, running_seconds=state.running_seconds, workers=workers)
    rows = [
        Row(job, whose[job.pk], place, wait)
        for place, (job, wait) in enumerate(zip(ahead, waits, strict=True), start=1)
    ]
    own = state.counters.get(user.pk)
    queued = queued_jobs().aggregate(jobs=Count("pk"), first_at=Min("created_at"))
    return Board(
        running=[Row(job, whose[job.pk]) for job in running],
        next=rows,
        mine=[row for row in rows if row.whose == "mine"] or _first_of(user, now=now),
        waiting=queued["jobs"],
        turn=_turn(user, own if own is not None else come_back(user, state), state.counters),
        machines=workers,
        is_stalled=not workers and queued["first_at"] is not None and queued["first_at"] < now - ALIVE,
    )


def _shown(jobs: QuerySet[Job]) -> QuerySet[Job]:
    return jobs.select_related(
        "engine", "created_by", "work__brief__module__course", "work__crew", "work__owner"
    )


def _waits(jobs: Sequence[Job], *, running_seconds: float, workers: int) -> list[float]:
    """Seconds until each of these begins, when those before it are shared out among the workers."""
    before = accumulate((job.price_seconds for job in jobs), initial=running_seconds)
    return [seconds / max(1, workers) for seconds, _job in zip(before, jobs, strict=False)]


def _first_of(user: User, *, now: datetime) -> list[Row]:
    """The person's first waiting job where it lies too far back for the board."""
    mine = Job.objects.filter(state=JobState.QUEUED, created_by=user)
    first = _shown(mine).order_by("created_at", "pk").first()
    if first is None:
        return []
    place = place_of(first, now=now)
    return [Row(first, "mine", place.ahead + 1, place.seconds)]


def _turn(user: User, own: float, counters: dict[int, float]) -> Turn:
    others = [seconds for person, seconds in counters.items() if person != user.pk]
    before = sum(seconds < own for seconds in others)
    return Turn(own, before, len(others) - before, user.pk in counters)


def _whose(user: User, jobs: Sequence[Job]) -> dict[int, str]:
    """Say whose each job is, no more than the person may know."""
    works = set(
        works_visible_to(user).filter(pk__in={job.work_id for job in jobs}).values_list("pk", flat=True)
    )
    courses = set(courses_visible_to(user).values_list("pk", flat=True))
    crews = set(CrewMember.objects.filter(user=user).values_list("crew", flat=True))
    return {job.pk: _relation(user, job, works=works, courses=courses, crews=crews) for job in jobs}


def _relation(user: User, job: Job, *, works: set[int], courses: set[int], crews: set[int]) -> str:
    if job.created_by_id == user.pk:
        return "mine"
    if job.work.crew_id in crews:
        return "crew"
    if job.work_id in works:
        return "named"
    return "course" if job.work.brief.module.course_id in courses else "other"


# ---------------------------------------------------------------- budgets
def budgets_on_show(user: User, *, now: datetime) -> list[tuple[Work, tuple[Budget, ...]]]:
    """Works the person makes and lately asked something for, newest first, with what each may still spend."""
    is_mine = Q(owner=user) | Q(crew__members__user=user)
    works = Work.objects.filter(is_mine, jobs__created_at__gte=now - LATELY).distinct()
    shown = works.select_related("brief__module__course", "crew", "owner").order_by("-created_at", "-pk")
    return budgets_by_work(list(shown[:SHOWN_BUDGETS]), user)


# ---------------------------------------------------------------- the fleet
@dataclass(frozen=True, slots=True)
class Machine:
    """A worker with the jobs it holds; `state` in a word: working, idle, paused, broken, draining, asleep or lost.

    A worker with nothing to do sleeps until the queue rings; it is lost when it holds jobs and isn't seen, and broken when it
    has paused itself because job after job broke down on it.
    """

    worker: Worker
    state: str
    jobs: list[Job]


def machines(*, now: datetime) -> list[Machine]:
    """Every worker with the jobs it holds, those that work first by name."""
    held: dict[str, list[Job]] = {}
    for job in _shown(Job.objects.filter(state=JobState.RUNNING)).order_by("started_at", "pk"):
        held.setdefault(job.worker, []).append(job)
    return [
        Machine(worker, _state_of(worker, held.get(worker.name, []), now=now), held.get(worker.name, []))
        for worker in Worker.objects.order_by("name")
    ]


def _state_of(worker: Worker, held: Sequence[Job], *, now: datetime) -> str:
    is_silent = worker.seen_at < now - ALIVE
    if is_silent and (held or worker.jobs_running):
        return "lost"
    if worker.wish != Wish.WORK:
        paused = "broken" if worker.broken_jobs else "paused"
        return paused if worker.wish == Wish.PAUSE else "draining"
    if is_silent:
        return "asleep"
    return "working" if worker.jobs_running else "idle"


@dataclass(frozen=True, slots=True)
class Load:
    """What waits and runs for an engine or a course."""

    name: str
    waiting: int
    running: int
    seconds: float


def load_by(field: str) -> list[Load]:
    """Return what waits and runs by a field of jobs, the longest queue first; seconds are those of waiting jobs."""
    is_queued, is_running = Q(state=JobState.QUEUED), Q(state=JobState.RUNNING)
    rows = (
        Job.objects.filter(is_queued | is_running)
        .order_by()
        .values(field)
        .annotate(
            waiting=Count("pk", filter=is_queued), running=Count("pk", filter=is_running),
            seconds=Sum("price_seconds", filter=is_queued, default=0.0),
        )
        .order_by("-seconds", field)
    )  # fmt: skip
    return [Load(row[field], row["waiting"], row["running"], row["seconds"]) for row in rows]


def spent_by_course(*, since: datetime) -> list[tuple[str, float, int]]:
    """Return (course code, GPU-seconds, jobs) finished since then, the greatest first."""
    field = "work__brief__module__course__code"
    rows = Job.objects.filter(finished_at__gte=since).order_by().values(field)
    sums = rows.annotate(seconds=Sum("spent_seconds"), jobs=Count("pk")).order_by("-seconds", field)
    return [(row[field], row["seconds"], row["jobs"]) for row in sums]


def caps_learned() -> QuerySet[BatchCap]:
    """How many rows engines carry at once, by engine, device and shape."""
    return BatchCap.objects.select_related("engine").order_by("engine__slug", "device", "shape")
