"""What a teacher decides of a held job: its words go on to the queue, its sealed output to the work, or neither.

Of two decisions at once the first counts: verdict and job move by guarded updates in one transaction.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from footage.problems import Problem, gettext_noop
from generation.choices import GateDecision, GateStage, JobState
from generation.domain.budget import too_small
from generation.models import GateVerdict, Job
from generation.queries.budgets import budgets_of, known_price
from generation.workers.charging import arrive
from generation.workers.endings import as_row
from generation.workers.sealing import Sealed, publish
from ledger import services as ledger
from ui.errors import Refused

REFUSED = gettext_noop("A teacher has looked at this and doesn’t let it through: %(why)s")
NO_BUDGET = gettext_noop(
    "A teacher let the words through, but by now the budget doesn’t suffice. Try again when there is more."
)


class AlreadyDecided(Refused):
    """Somebody else was first, or the maker has cancelled the job."""


@transaction.atomic
def decide(verdict: GateVerdict, *, is_allowed: bool, why: str, by: User, now: datetime) -> Job:
    """Let a held job go on, or end it with the teacher's reason; return it.

    Raises:
        AlreadyDecided: It doesn't wait any more.
    """
    job = Job.objects.select_for_update(of=("self",)).select_related("work__brief", "engine", "created_by").get(
        pk=verdict.job_id
    )  # fmt: skip
    decided = GateVerdict.objects.filter(pk=verdict.pk, decision=GateDecision.OPEN).update(
        decision=GateDecision.ALLOWED if is_allowed else GateDecision.REFUSED,
        decided_by=by, decided_at=now, decided_why=why.strip()[:500],
    )  # fmt: skip
    moved = decided and (_allow(job, verdict, now=now) if is_allowed else _refuse(job, why=why, now=now))
    if not moved:
        raise AlreadyDecided(
            _("This doesn’t wait any more: it was decided or cancelled. Load the page again.")
        )
    _log(job, verdict, is_allowed=is_allowed, by=by, now=now)
    job.refresh_from_db()
    return job


def _allow(job: Job, verdict: GateVerdict, *, now: datetime) -> bool:
    if verdict.stage == GateStage.OUTPUT:
        return _allow_output(job, verdict, now=now)
    price = known_price(job)
    budgets = budgets_of(job.work, job.created_by)
    if too_small(budgets, seconds=price.gpu_seconds, money=price.money):
        problem = as_row(Problem(NO_BUDGET))
        return _moved(job, state=JobState.FAILED, is_passed=True, problem=problem, finished_at=now)
    arrive(user=job.created_by, now=now)
    return _moved(job, state=JobState.QUEUED, is_passed=True)


def _allow_output(job: Job, verdict: GateVerdict, *, now: datetime) -> bool:
    """Commit the sealed file as if it had just been made."""
    if not _moved(job, state=JobState.DONE, finished_at=now, problem=None):
        return False
    publish(job, Sealed(**verdict.held), now=now)
    return True


def _refuse(job: Job, *, why: str, now: datetime) -> bool:
    """End the job; words have cost nothing, an output what the engine took for it."""
    problem = as_row(Problem(REFUSED, why=why.strip()[:500]))
    return _moved(job, state=JobState.FAILED, problem=problem, finished_at=now)


def _moved(job: Job, **fields: object) -> bool:
    return bool(Job.objects.filter(pk=job.pk, state=JobState.HELD).update(**fields))


def _log(job: Job, verdict: GateVerdict, *, is_allowed: bool, by: User, now: datetime) -> None:
    ledger.append(
        kind="gate.allowed" if is_allowed else "gate.refused",
        subject=f"job:{job.uuid}",
        payload={
            "work": str(job.work.uuid), "stage": verdict.stage, "gate": verdict.gate,
            "sha256": verdict.held_sha256 or None,
        },
        actor=by.pseudonym,
        now=now,
    )  # fmt: skip
