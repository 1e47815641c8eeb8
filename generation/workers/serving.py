"""A worker at work: claim, run the engine, hand over what came out."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from footage.problems import Problem
from generation.backends.base import Breakdown, Cancelled, Produced, Request
from generation.backends.loading import loaded_engine
from generation.choices import JobState
from generation.models import Job
from generation.queries import spec_of
from generation.workers import gating
from generation.workers.claiming import claim_next
from generation.workers.endings import Overtaken, as_row, breakdown, end, give_back
from generation.workers.materials import media_of, source_of
from generation.workers.sealing import commit
from generation.workers.watching import Clock, Heartbeat, Watch

logger = logging.getLogger(__name__)


def run_jobs(*, worker: str, now: Clock) -> int:
    """Take jobs in the order they were asked for until none waits; return how many were taken."""
    taken = 0
    while job := claim_next(worker=worker, now=now()):
        taken += 1
        run_claimed(job, now=now)
    return taken


def run_claimed(job: Job, *, now: Clock) -> None:
    """Run a job this worker holds; the row ends done, failed, cancelled or back in the queue."""
    try:
        with tempfile.TemporaryDirectory(prefix="dailies-job-") as place, Heartbeat(job, now=now) as heart:
            produced, spent = _produce(job, folder=Path(place), heart=heart, now=now)
            commit(job, produced, spent_seconds=spent, now=now)
    except Cancelled:
        end(job, JobState.CANCELLED, now=now())
    except Overtaken:
        logger.info("job %s went to another worker", job.uuid)
    except Problem as problem:
        end(job, JobState.FAILED, now=now(), problem=as_row(problem))
    except Breakdown as fault:
        logger.warning("job %s: %s", job.uuid, fault)
        give_back(job, breakdown(job, str(fault)), now=now())
    except BaseException as fault:
        give_back(job, breakdown(job, type(fault).__name__), now=now())
        raise


def _produce(job: Job, *, folder: Path, heart: Heartbeat, now: Clock) -> tuple[Produced, float]:
    """Run the engine; return what it made and the seconds it took. Loading it is the school's time, not the crew's."""
    gating.check_dispatch(job, now=now())
    engine = loaded_engine(spec_of(job.engine))
    watch = Watch(job, heart=heart, now=now)
    began = now()
    produced = engine.run(
        Request(job.tool, job.request, source_of(job), media=media_of(job)),
        folder=folder,
        progress=watch.progress,
        cancelled=watch.cancelled,
    )
    return produced, (now() - began).total_seconds()
