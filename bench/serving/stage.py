"""Where a scene plays: servers, school, workers; asks go in on time, and what the rows say is sampled meanwhile."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models import QuerySet

from bench.servers import Postgres, Redis
from bench.serving.hatchery import Hatchery
from bench.serving.measures import Sample, Served, Span
from bench.serving.peers import Errand
from bench.serving.school import School
from bench.serving.workloads import Ask
from generation import tasks
from generation.choices import JobState
from generation.models import Job, Preview
from generation.queries import spec_of

if TYPE_CHECKING:
    from uuid import UUID

EVERY_SECONDS = 0.2
FINISHED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
DOWN = (OperationalError, InterfaceError, DatabaseError)


class TooSlow(RuntimeError):
    """A scene did not come to its end in time."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A job as its row tells it afterwards; moments are seconds since the epoch."""

    uuid: UUID
    person: int
    state: str
    tool: str
    asked: float
    started: float | None
    ended: float | None
    spent: float
    attempts: int

    @property
    def turnaround(self) -> float:
        return (self.ended or time.time()) - self.asked


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far to go.

    Attributes:
        kills: Of the chaos scene; its own number when 0.
        seconds: The chaos scene makes trouble no longer.
        replays: Outputs to be made again.
    """

    kills: int = 0
    seconds: float = 540.0
    replays: int = 16


@dataclass(slots=True)
class Stage:
    """What scenes share.

    Attributes:
        accepted: Every job the school said yes to, across scenes.
        first_person: Person 0 of the scene. Each scene has people of its own, whom nobody owes anything yet.
    """

    school: School
    hatchery: Hatchery
    postgres: Postgres
    redis: Redis
    seed: int
    bounds: Bounds
    accepted: list[UUID] = field(default_factory=list)
    first_person: int = 0

    def ask(self, ask: Ask) -> Job:
        job = self.school.ask(replace(ask, person=self.first_person + ask.person))
        self.accepted.append(job.uuid)
        return job

    def ring(self) -> None:
        tasks.run_jobs.delay()

    def play(
        self,
        asks: Sequence[Ask],
        *,
        limit: float,
        until: Callable[[Play], bool] | None = None,
        meanwhile: Callable[[Play], None] | None = None,
    ) -> Play:
        """Put the asks into the queue on time and sample until all jobs have ended, or `until` says so.

        Raises:
            TooSlow: `limit` seconds were not enough.
        """
        play = Play(self, sorted(asks, key=lambda ask: ask.at))
        play.wait(limit=limit, until=until, meanwhile=meanwhile)
        return play


class Play:
    """One run of a trace: what was asked, what was seen."""

    def __init__(self, stage: Stage, asks: Sequence[Ask]) -> None:
        self.stage, self.waiting = stage, list(asks)
        self.began = time.time()
        self.jobs: dict[int, int] = {}
        """Person by primary key of the job."""
        self.samples: list[Sample] = []
        self.first_previews: dict[int, float] = {}

    @property
    def elapsed(self) -> float:
        return time.time() - self.began

    @property
    def is_over(self) -> bool:
        return not self.waiting and not self.unfinished()

    def wait(
        self,
        *,
        limit: float,
        until: Callable[[Play], bool] | None = None,
        meanwhile: Callable[[Play], None] | None = None,
    ) -> None:
        """Go on until all jobs have ended, or `until` says so.

        Raises:
            TooSlow: `limit` seconds were not enough.
        """
        end = time.monotonic() + limit
        while True:
            self.go_on()
            if meanwhile:
                meanwhile(self)
            if until(self) if until else self.is_over:
                return
            if time.monotonic() > end:
                raise TooSlow(
                    f"{self.unfinished()} of {len(self.jobs)} jobs had not ended after {limit:.0f} s."
                )
            time.sleep(EVERY_SECONDS)

    def go_on(self) -> None:
        """Ask for what is due, and take a sample."""
        while self.waiting and self.waiting[0].at <= self.elapsed:
            ask = self.waiting.pop(0)
            self.jobs[self.stage.ask(ask).pk] = ask.person
        self.samples.append(self._service())
        self._look_for_previews()

    def unfinished(self) -> int:
        return self.rows().exclude(state__in=FINISHED).count()

    def rows(self) -> QuerySet[Job]:
        return Job.objects.filter(pk__in=list(self.jobs))

    def ended(self) -> list[Ended]:
        return [_ended(job, self.jobs[job.pk]) for job in self.rows().order_by("created_at", "pk")]

    def spans(self) -> dict[int, Span]:
        """When each person had something in the queue or at work, from the first ask to the last end."""
        spans: dict[int, Span] = {}
        for job in self.ended():
            end = job.ended if job.ended is not None else time.time()
            known = spans.get(job.person, Span(job.asked, end))
            spans[job.person] = Span(min(known.start, job.asked), max(known.end, end))
        return spans

    def served(self) -> list[Served]:
        """What was received by each job, as its row tells afterwards; one that is cut off ends now."""
        return [
            Served(job.person, job.started, max(job.ended or time.time(), job.started + 1e-6), job.spent)
            for job in self.ended()
            if job.started is not None and job.spent > 0
        ]

    def _service(self) -> Sample:
        at = time.time()
        service: dict[int, float] = defaultdict(float)
        for pk, spent in self.rows().values_list("pk", "spent_seconds"):
            service[self.jobs[pk]] += spent
        return Sample(at, dict(service))

    def _look_for_previews(self) -> None:
        for job in Preview.objects.filter(job__in=list(self.jobs)).values_list("job", flat=True):
            self.first_previews.setdefault(job, time.time())

    def preview_waits(self) -> list[float]:
        """Seconds from the beginning of a job to the first preview a page could have shown."""
        began = dict(self.rows().values_list("pk", "started_at"))
        return [
            seen - moment.timestamp() for pk, seen in self.first_previews.items() if (moment := began.get(pk))
        ]


def errands_of(jobs: Iterable[Job]) -> list[Errand]:
    """Return the peers' view of jobs in the queue."""
    from assignments.backends import store

    return [
        Errand(
            spec_of(job.engine),
            job.tool,
            job.request,
            str(store.path(job.source.sha256)) if job.source else None,
        )
        for job in jobs
    ]


@contextmanager
def through_outages() -> Iterator[None]:
    """Let a failed database or broker pass, as a browser's next look would: the next query connects anew."""
    try:
        yield
    except DOWN:
        connection.close()


def _ended(job: Job, person: int) -> Ended:
    return Ended(
        job.uuid, person, job.state, job.tool, job.created_at.timestamp(), _seconds(job.started_at),
        _seconds(job.finished_at), job.spent_seconds, job.attempts,
    )  # fmt: skip


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
