"""Workers as the fleet page shows them: each writes what it holds, and reads what is wished of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from generation.choices import Wish
from generation.models import Worker

FORGET = timedelta(days=1)
BROKEN_IN_A_ROW = 3
"""After so many different jobs broke down on a worker with none coming through, it isn't the jobs: it pauses itself."""
logger = logging.getLogger(__name__)


def check_in(
    *, name: str, device: str, memory_gb: float, loaded: Sequence[str], running: int, busy_share: float,
    now: datetime,
) -> Wish:  # fmt: skip
    """Write down how a worker stands and return what an administrator wishes of it.

    Args:
        name: The same after a restart, so that a wish outlives it.
        loaded: Slugs of the engines in memory, last used last.
        busy_share: Share of the last minute it worked, 0 to 1.
    """
    facts = {
        "device": device, "memory_gb": memory_gb, "loaded": list(loaded), "jobs_running": running,
        "busy_share": min(1.0, max(0.0, busy_share)), "seen_at": now,
    }  # fmt: skip
    row, _is_new = Worker.objects.update_or_create(
        name=name, defaults=facts, create_defaults={**facts, "name": name, "started_at": now}
    )
    return Wish(row.wish)


def check_out(*, name: str, now: datetime) -> None:
    """Write down that a worker stops: nothing is loaded or running any more."""
    Worker.objects.filter(name=name).update(loaded=[], jobs_running=0, busy_share=0.0, seen_at=now)


@transaction.atomic
def broke_down(*, name: str, job: int, reason: str) -> bool:
    """Write down that a job broke down on a worker; tell whether the worker pauses itself now.

    One job that breaks down again and again counts once: it may be the job.
    """
    row = Worker.objects.select_for_update().filter(name=name).first()
    if row is None:
        return False
    row.broken_jobs, row.trouble = sorted({*row.broken_jobs, job}), reason[:200]
    gives_up = len(row.broken_jobs) >= BROKEN_IN_A_ROW and row.wish == Wish.WORK
    if gives_up:
        row.wish = Wish.PAUSE
        logger.error("worker %s pauses itself: %d jobs in a row broke down, the last of: %s",
                     name, len(row.broken_jobs), reason)  # fmt: skip
    row.save(update_fields=["broken_jobs", "trouble", "wish"])
    return gives_up


def came_through(*, name: str) -> None:
    """Write down that a job came to its end on a worker: it is well."""
    Worker.objects.filter(name=name).exclude(broken_jobs=[]).update(broken_jobs=[], trouble="")


def forget_workers(*, now: datetime) -> None:
    """Drop workers that weren't seen for a day, unless an administrator has a wish for them."""
    Worker.objects.filter(seen_at__lt=now - FORGET, wish=Wish.WORK).delete()
