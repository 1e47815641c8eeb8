"""Scenes in which things go wrong: workers killed, servers restarted, messages tripled and dropped, jobs cancelled."""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random
from uuid import UUID

from django.utils import timezone

from bench.serving import measures, workloads
from bench.serving.audit import audit
from bench.serving.stage import Play, Stage, through_outages
from bench.serving.workloads import Ask
from generation.choices import JobState
from generation.models import Job
from generation.services import NotPossibleNow, cancel_job

WORKERS = ("gpu0", "gpu1")
RINGS_MORE = 2
IN_FLIGHT = 16
KILLS_PER_BROKER = 17
KILLS_PER_DATABASE = 29
PAUSE_SECONDS = (0.3, 1.6)
"""Between two kills; a successor is forked at once."""


def chaos(stage: Stage, *, kills: int, seconds: float, steps: int, calm: float) -> dict[str, object]:
    """Kill a worker every second or so, restart broker and database now and then, deliver every message three times.

    It ends after so many kills or seconds, whichever comes first.

    Args:
        calm: Seconds that the queue may take to end once the trouble is over.
    """
    first = len(stage.accepted)
    begun = time.monotonic()
    kills = _make_trouble(stage, kills=kills, until=begun + seconds, steps=steps)
    trouble = time.monotonic() - begun
    mine = stage.accepted[first:]
    recovered = _wait(mine, limit=calm)
    found = audit(mine)
    return {
        "jobs": len(mine),
        "kills": kills,
        "broker_restarts": kills // KILLS_PER_BROKER,
        "database_restarts": kills // KILLS_PER_DATABASE,
        "lost": found.lost,
        "doubled": found.doubled,
        "overcharged": found.overcharged,
        "dead_lettered": found.dead_lettered,
        "most_attempts": max(Job.objects.filter(uuid__in=mine).values_list("attempts", flat=True), default=0),
        "trouble_s": round(trouble, 1),
        "recovered_s": round(recovered, 1),
    }


def cancel_storm(stage: Stage, *, jobs: int, steps: int, limit: float) -> dict[str, object]:
    """Ask for long jobs and cancel each while it runs."""
    rng = Random(stage.seed + 6)
    asks = workloads.steady(per_length=jobs, lengths=(steps,), people=8, rng=rng)
    paces: list[float] = []

    def cancel_one(play: Play) -> None:
        running = play.rows().filter(state=JobState.RUNNING, cancel_asked_at=None, step__gte=2)
        job = running.select_related("created_by").order_by("?").first()
        if job is not None and rng.random() < 0.5:
            _cancel(job, paces)

    play = stage.play(asks, limit=limit, meanwhile=cancel_one)
    stopped = play.rows().filter(state=JobState.CANCELLED, cancel_asked_at__isnull=False)
    waits = [
        (ended - asked).total_seconds()
        for asked, ended in stopped.values_list("cancel_asked_at", "finished_at")
        if asked and ended
    ]
    step = measures.percentile(paces, 0.5)
    late = measures.percentile(waits, 0.95)
    return {
        "cancelled": len(waits),
        "step_ms": round(1000 * step),
        "p95_ms": round(1000 * late),
        "p95_steps": round(late / step, 2) if step else None,
        "over_a_step_ms": round(1000 * max(0.0, late - step)),
    }


def _make_trouble(stage: Stage, *, kills: int, until: float, steps: int) -> int:
    """Kill and restart; return how many workers were killed. One of the two is left alive, as before."""
    rng = Random(stage.seed + 5)
    cores = stage.hatchery.spread(WORKERS)
    for name in set(WORKERS) - set(stage.hatchery.living):
        stage.hatchery.hatch_worker(name, core=cores[name])
    done = 0
    while done < kills and time.monotonic() < until:
        _ask_more(stage, rng, steps=steps)
        time.sleep(rng.uniform(*PAUSE_SECONDS))
        victim = rng.choice(WORKERS)
        stage.hatchery.kill(victim)
        stage.hatchery.hatch_worker(victim, core=cores[victim])
        done += 1
        _restart_servers(stage, done)
    stage.hatchery.kill(WORKERS[1])
    return done


def _cancel(job: Job, paces: list[float]) -> None:
    at = timezone.now()
    if job.started_at is not None:
        paces.append((at - job.started_at).total_seconds() / job.step)
    try:
        cancel_job(job=job, by=job.created_by, now=at)
    except NotPossibleNow:
        paces.pop()


def _ask_more(stage: Stage, rng: Random, *, steps: int) -> None:
    """Keep some jobs in flight, each with more messages than it needs."""
    with through_outages():
        waiting = Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).count()
        for _number in range(IN_FLIGHT - waiting):
            stage.ask(Ask(0.0, rng.randrange(8), rng.randint(2, steps), rng.randrange(2**31 - 1)))
            for _ring in range(RINGS_MORE):
                stage.ring()


def _restart_servers(stage: Stage, kills: int) -> None:
    if kills % KILLS_PER_BROKER == 0:
        stage.redis.restart()
    if kills % KILLS_PER_DATABASE == 0:
        stage.postgres.restart()


def _wait(accepted: Sequence[UUID], *, limit: float) -> float:
    """Wait until all have ended or the time is over; return the seconds it took."""
    begun = time.monotonic()
    while time.monotonic() - begun < limit:
        with through_outages():
            ended = [JobState.DONE, JobState.FAILED, JobState.CANCELLED]
            if not Job.objects.filter(uuid__in=accepted).exclude(state__in=ended).exists():
                break
        time.sleep(0.2)
    return time.monotonic() - begun
