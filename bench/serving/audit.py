"""After the trouble: is every accepted job there once, with its file, its ledger entry and one charge?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from assignments.backends import store
from assignments.choices import MediaRole
from assignments.models import Media, Work
from generation.choices import JobState
from generation.models import Job, Output
from generation.queries import budget_of
from ledger.models import Entry, Opening

CENT = 0.01
"""Seconds by which a sum of rounded charges may be off."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Numbers of jobs, or of works for `overcharged`.

    Attributes:
        lost: Accepted, but absent, never ended, or done without file, output or ledger entry.
        doubled: More than one output, medium or ledger entry of one job.
        overcharged: Charged for more than the attempt that ended, or for a failure, or with something still reserved.
        dead_lettered: Ended with a reason after its last attempt, which is not lost: the person is told and may ask again.
    """

    lost: int
    doubled: int
    overcharged: int
    dead_lettered: int


def audit(accepted: Collection[UUID]) -> Audit:
    """Look at every row that tells of these jobs."""
    jobs = {job.uuid: job for job in Job.objects.filter(uuid__in=accepted)}
    entries = Counter(_entries(accepted))
    ended = [uuid for uuid in accepted if uuid in jobs and _has_ended(jobs[uuid], entries)]
    works = Work.objects.filter(jobs__uuid__in=accepted).distinct()
    return Audit(
        lost=len(set(accepted)) - len(set(ended)),
        doubled=sum(count - 1 for count in entries.values()) + _media_without_output(),
        overcharged=sum(not _is_charged_right(work) for work in works),
        dead_lettered=sum(job.state == JobState.FAILED for job in jobs.values()),
    )


def _entries(accepted: Collection[UUID]) -> list[str]:
    wanted = [str(uuid) for uuid in accepted]
    logged = Opening.objects.filter(entry__kind="asset.generated", payload__job__in=wanted)
    return list(logged.values_list("payload__job", flat=True))


def _has_ended(job: Job, entries: Counter[str]) -> bool:
    if job.state != JobState.DONE:
        return job.state == JobState.CANCELLED or (job.state == JobState.FAILED and job.problem is not None)
    output = Output.objects.filter(job=job).select_related("media").first()
    return (
        output is not None
        and store.exists(output.media.sha256)
        and entries[str(job.uuid)] == 1
        and Entry.objects.filter(index=output.ledger_index, subject=f"media:{output.media.uuid}").exists()
    )


def _media_without_output() -> int:
    return Media.objects.filter(role=MediaRole.GENERATED, output=None).count()


def _is_charged_right(work: Work) -> bool:
    """No job costs more than its last attempt took, none that failed costs anything, and nothing stays reserved."""
    jobs = list(work.jobs.all())
    budget = budget_of(work)
    adds_up = abs(float(budget.spent) - sum(job.spent_seconds for job in jobs)) < CENT
    return adds_up and float(budget.promised) == 0 and all(_is_bounded(job) for job in jobs)


def _is_bounded(job: Job) -> bool:
    if job.state == JobState.FAILED or job.started_at is None or job.finished_at is None:
        return job.spent_seconds == 0
    return job.spent_seconds <= (job.finished_at - job.started_at).total_seconds() + CENT
