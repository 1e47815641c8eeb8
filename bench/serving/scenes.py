"""The scenes. Each takes a stage, prints nothing, and returns its figures."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bench.serving import measures, peers, replays, trouble, workloads
from bench.serving.hatchery import Hatchery
from bench.serving.peers import Errand, Ideal
from bench.serving.stage import Play, Stage, errands_of
from generation.choices import JobState

Figures = dict[str, Any]
WORKER = "gpu0"
LIMIT = 150.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much a scene asks for: a CPU's share of what a GPU gets."""

    lengths: tuple[int, ...]
    per_length: int
    small_steps: int
    long_steps: int
    clip_seconds: float
    clips: int
    hog_jobs: int
    students: int
    burst_seconds: float
    kills: int


CPU = Size(
    lengths=(6, 10, 14), per_length=16, small_steps=4, long_steps=60, clip_seconds=1.0, clips=4,
    hog_jobs=300, students=40, burst_seconds=12.0, kills=60,
)  # fmt: skip
CUDA = Size(
    lengths=(20, 28, 36), per_length=32, small_steps=12, long_steps=80, clip_seconds=2.0, clips=8,
    hog_jobs=400, students=80, burst_seconds=30.0, kills=40,
)  # fmt: skip


def warm(stage: Stage, size: Size) -> Figures:
    """Let the worker load its engines and learn how many rows it can carry."""
    rng = Random(stage.seed)
    stage.hatchery.hatch_clock()
    stage.hatchery.hatch_worker(WORKER)
    asks = workloads.steady(per_length=5, lengths=size.lengths, people=8, rng=rng)
    clip = workloads.mixed(
        pictures=0, clips=1, steps=size.small_steps, seconds=size.clip_seconds, people=1, rng=rng
    )
    play = stage.play([*asks, *clip], limit=LIMIT)
    return {"jobs": len(play.jobs), "seconds": round(play.elapsed, 1)}


def steady(stage: Stage, size: Size) -> Figures:
    """A backlog of pictures of mixed lengths: the queue, the offline loop, one task per job."""
    asks = workloads.steady(
        per_length=size.per_length, lengths=size.lengths, people=8, rng=Random(stage.seed + 1)
    )
    served = serve_backlog(stage, asks)
    ideal = _ideal(stage, served.errands)
    naive = _naive(stage, served.errands)
    return {
        "jobs": len(asks),
        "served_s": round(served.seconds, 2),
        "served_cpu_s": round(served.cpu_seconds, 2),
        "ideal_e2e_s": round(ideal.seconds, 2),
        "ideal_cpu_s": round(ideal.cpu_seconds, 2),
        "ideal_compute_s": round(ideal.compute_seconds, 2),
        "ideal_batch": ideal.batch,
        "naive_s": round(naive, 2),
        "throughput_vs_ideal": round(ideal.seconds / served.seconds, 3),
        "throughput_vs_naive": round(naive / served.seconds, 3),
        "cpu_vs_ideal": round(ideal.cpu_seconds / served.cpu_seconds, 3),
        "first_preview_s": round(measures.percentile(served.previews, 0.95), 2),
        "again": served.again,
    }


def mixed(stage: Stage, size: Size) -> Figures:
    """Pictures and clips at once against the offline loop."""
    asks = workloads.mixed(
        pictures=size.per_length, clips=size.clips, steps=size.lengths[0], seconds=size.clip_seconds, people=8,
        rng=Random(stage.seed + 2),
    )  # fmt: skip
    served = serve_backlog(stage, asks)
    ideal = _ideal(stage, served.errands)
    return {
        "jobs": len(asks),
        "served_s": round(served.seconds, 2),
        "ideal_e2e_s": round(ideal.seconds, 2),
        "throughput_vs_ideal": round(ideal.seconds / served.seconds, 3),
        "cpu_vs_ideal": round(ideal.cpu_seconds / served.cpu_seconds, 3),
    }


def burst(stage: Stage, size: Size) -> Figures:
    """Everybody before a deadline."""
    asks = workloads.burst(
        people=size.students,
        span=size.burst_seconds,
        most=8,
        lengths=(size.small_steps, size.lengths[0]),
        rng=Random(stage.seed + 3),
    )
    play = stage.play(asks, limit=LIMIT)
    small = _few_jobs(play)
    waits, fifo = _waits_against_fifo(play, small)
    spans = play.spans()
    return {
        "students": size.students,
        "jobs": len(asks),
        "p50_s": round(measures.percentile([job.turnaround for job in play.ended()], 0.5), 2),
        "p95_s": round(measures.percentile([job.turnaround for job in play.ended()], 0.95), 2),
        "small_user_wait_vs_fifo": round(waits / fifo, 3),
        "jain": round(
            measures.jain(
                list(measures.normalised_service(measures.service_of(play.served(), spans), spans).values())
            ),
            4,
        ),
    }


def hog(stage: Stage, size: Size) -> Figures:
    """One person with very many jobs, twenty with three each; it ends when the twenty have theirs."""
    asks = workloads.hog(
        jobs=size.hog_jobs, small=20, each=3, steps=size.small_steps, rng=Random(stage.seed + 4)
    )
    stage.hatchery.pause(WORKER)
    play = Play(stage, asks)
    play.go_on()
    stage.hatchery.resume(WORKER)
    play.wait(limit=LIMIT, until=_small_users_are_done)
    spans = play.spans()
    served = play.served()
    shares = measures.normalised_service(measures.service_of(served, spans), spans)
    waits, fifo = _waits_against_fifo(play, set(range(1, 21)))
    _cancel_rest(stage, play)
    return {
        "jobs": len(asks),
        "jain": round(measures.jain(list(shares.values())), 4),
        "jain_while_all_wait": round(measures.jain(list(measures.while_all_wait(served, spans).values())), 4),
        "jain_in_strict_turns": round(_jain_in_strict_turns(served), 4),
        "max_service_gap_s": round(measures.greatest_gap(play.samples, spans), 2),
        "small_user_wait_s": round(waits, 2),
        "fifo_wait_s": round(fifo, 2),
        "small_user_wait_vs_fifo": round(waits / fifo, 3),
    }


def _jain_in_strict_turns(served: Sequence[measures.Served]) -> float:
    """What the index of a hog's scene can come to with jobs of this size, up to where the others have theirs."""
    seconds: dict[int, list[float]] = defaultdict(list)
    for each in sorted(served, key=lambda each: each.start):
        seconds[each.person].append(each.seconds)
    turns = measures.in_strict_turns(seconds)
    end = max(each.end for each in turns if each.person != workloads.HOG)
    turns = [each for each in turns if each.start < end]
    spans = measures.spans_of(turns)
    shares = measures.normalised_service(measures.service_of(turns, spans), spans)
    return measures.jain(list(shares.values()))


def cancel(stage: Stage, size: Size) -> Figures:
    """A cancel storm among long jobs."""
    return trouble.cancel_storm(stage, jobs=24, steps=size.long_steps, limit=LIMIT)


def chaos(stage: Stage, size: Size) -> Figures:
    """Kills, restarts, messages tripled and dropped."""
    kills = stage.bounds.kills or size.kills
    return trouble.chaos(stage, kills=kills, seconds=stage.bounds.seconds, steps=size.small_steps, calm=LIMIT)


@dataclass(frozen=True, slots=True)
class Served:
    """A backlog that the queue has worked off.

    Attributes:
        seconds: From the first start to the last end.
        cpu_seconds: Of the worker, from before the first claim until it found nothing more.
        errands: The same jobs as peers see them.
        previews: Seconds from the start of each job to its first preview.
        again: Jobs that needed more than one attempt.
    """

    seconds: float
    cpu_seconds: float
    errands: list[Errand]
    previews: list[float]
    again: int


def serve_backlog(stage: Stage, asks: list[workloads.Ask]) -> Served:
    """Fill the queue while the worker is paused, then let it in."""
    stage.hatchery.pause(WORKER)
    play = Play(stage, asks)
    play.go_on()
    errands = errands_of(play.rows().select_related("engine", "source").order_by("created_at", "pk"))
    cpu = stage.hatchery.cpu_seconds(WORKER)
    stage.hatchery.resume(WORKER)
    play.wait(limit=LIMIT)
    ended = play.ended()
    starts = [job.started for job in ended if job.started is not None]
    ends = [job.ended for job in ended if job.ended is not None]
    cpu = stage.hatchery.cpu_seconds(WORKER) - cpu
    again = sum(job.attempts > 1 for job in ended)
    return Served(max(ends) - min(starts), cpu, errands, play.preview_waits(), again)


def _ideal(stage: Stage, errands: list[Errand]) -> Ideal:
    report = Path(stage.hatchery.logs) / "ideal.json"
    stage.hatchery.run(peers.run_ideal, errands, report)
    return Ideal(**json.loads(report.read_text()))


def _naive(stage: Stage, errands: list[Errand]) -> float:
    """Return seconds from the first start to the last end of one task per job."""
    folder = Path(stage.hatchery.logs) / "naive"
    folder.mkdir(exist_ok=True)
    stage.hatchery.hatch_naive()
    count = peers.send_naive(errands, folder)
    deadline = time.monotonic() + LIMIT
    while len(notes := peers.read_notes(folder)) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"The naive peer finished {len(notes)} of {count} tasks in {LIMIT:.0f} s.")
        time.sleep(0.1)
    stage.hatchery.kill("naive")
    return max(ended for _began, ended in notes) - min(began for began, _ended in notes)


def _small_users_are_done(play: Play) -> bool:
    return not play.waiting and all(
        job.state == JobState.DONE for job in play.ended() if job.person != workloads.HOG
    )


def _few_jobs(play: Play) -> set[int]:
    """People with at most two jobs."""
    people = list(play.jobs.values())
    return {person for person in people if people.count(person) <= 2}


def _waits_against_fifo(play: Play, people: set[int]) -> tuple[float, float]:
    """Return mean seconds until a job of these people was ready, and what first-come-first-served would have made of it.

    Service per job is what was measured (what never ran counts as much as the mean), so that only the order differs.
    """
    ended = sorted(play.ended(), key=lambda job: job.asked)
    typical = measures.mean([job.spent for job in ended if job.state == JobState.DONE])
    asked = [(job.asked, job.spent if job.state == JobState.DONE else typical) for job in ended]
    ready = measures.fifo_finishes(asked)
    pairs = [(job, at) for job, at in zip(ended, ready, strict=True) if job.person in people]
    return measures.mean([job.turnaround for job, _at in pairs]), measures.mean(
        [at - job.asked for job, at in pairs]
    )


def _cancel_rest(stage: Stage, play: Play) -> None:
    from django.utils import timezone

    from generation.services import NotPossibleNow, cancel_job

    for job in play.rows().exclude(state=JobState.DONE).select_related("created_by"):
        try:
            cancel_job(job=job, by=job.created_by, now=timezone.now())
        except NotPossibleNow:
            continue
    play.wait(limit=LIMIT)


def replayed(stage: Stage, size: Size) -> Figures:
    """Outputs of all scenes so far, made again from their recipes and compared value by value.

    Where they are too few, more are asked for: short jobs of many people, several lengths in the same forwards.
    """
    from generation.models import Output

    missing = stage.bounds.replays - Output.objects.filter(job__uuid__in=stage.accepted).count()
    if missing > 0:
        lengths = (2, 3, 4)
        each = -(-missing // len(lengths))
        stage.play(
            workloads.steady(per_length=each, lengths=lengths, people=40, rng=Random(stage.seed + 5)),
            limit=LIMIT + 3.0 * missing,
        )
    report = Path(stage.hatchery.logs) / "replay.json"
    stage.hatchery.run(replays.run_replays, stage.accepted, stage.bounds.replays, stage.seed, report)
    figures: Figures = json.loads(report.read_text())
    return figures


SCENES: Mapping[str, Callable[[Stage, Size], Figures]] = {
    "steady": steady,
    "burst": burst,
    "hog": hog,
    "mixed": mixed,
    "cancel": cancel,
    "chaos": chaos,
    "replay": replayed,
}
__all__ = ["CPU", "CUDA", "SCENES", "Figures", "Hatchery", "Size", "warm"]
