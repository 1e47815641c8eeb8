"""Who goes next: virtual GPU-time per person, and how far a worker may stray from it to keep an engine loaded.

A person's counter grows by the GPU-seconds they receive, divided by their weight; the least counter goes first. This is
VTC (Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024, arXiv 2401.00588) with GPU-seconds for tokens.
A job that is taken counts at once with the seconds it is expected to need, so that one person can't fill every place
before the first second is charged.

What holds, with jobs of at most `s` seconds, weights of at least `w` and an affinity bound of `b` seconds for each of `n`
workers: of two people who wait all along, neither is promised more than (s + n b) / w virtual seconds before the other.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

AFFINITY_SECONDS = 60.0
"""GPU-seconds a worker may serve ahead of the person whose turn it is, before it changes engines."""
NEAR_SECONDS = 72 * 3600.0
MOST_URGENT = 2.0
LEAST_WEIGHT, MOST_WEIGHT = 0.01, 100.0


# ---------------------------------------------------------------- weights and counters
def deadline_weight(*, seconds_left: float) -> float:
    """Return 1 to 2: it rises evenly over the last three days before the deadline. Late work waits like any other."""
    if not 0 <= seconds_left <= NEAR_SECONDS:
        return 1.0
    return MOST_URGENT - (MOST_URGENT - 1) * seconds_left / NEAR_SECONDS


def weight(*, course: float, crew: float, seconds_left: float) -> float:
    """Return the share of the GPUs a job has against others: course times crew times deadline, 0.01 to 100."""
    asked = course * crew * deadline_weight(seconds_left=seconds_left)
    return min(MOST_WEIGHT, max(LEAST_WEIGHT, asked))


def lifted(own: float, *, active: Iterable[float], greatest: float) -> float:
    """Return the counter with which a person comes back who had nothing waiting or running.

    Nobody saves up turns by staying away: it is at least the least counter of those at work, and while nobody is, the
    greatest there is, so that GPU-time nobody else wanted isn't held against anyone.

    Args:
        active: Counters of the people with jobs that wait or run.
        greatest: The greatest counter of all people.
    """
    return max(own, min(active, default=greatest))


# ---------------------------------------------------------------- what waits
@dataclass(frozen=True, slots=True)
class Waiting:
    """A job in the queue: whose, for which engine, GPU-seconds expected, the weight it is charged with."""

    job: int
    person: int
    engine: str
    seconds: float
    weight: float
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What one person has waiting for one engine: how many jobs, their seconds together, the first one's time."""

    person: int
    engine: str
    jobs: int
    seconds: float
    weight: float
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """What a worker has room for.

    Attributes:
        loaded: Slugs of the engines in its memory.
        free: Rows that may still join the engines at work, by slug; 0 for one that is full.
        most: Jobs wanted at most.
        beside: Engines that don't hold the device (programs, far machines): their jobs delay nobody.
        begin: How many engines that aren't at work may begin, loaded or not; when left out one, if none is at work.
        rows: Rows of an engine that begins; `most` when left out.
    """

    loaded: Collection[str] = ()
    free: Mapping[str, int] = field(default_factory=dict)
    most: int = 1
    beside: Collection[str] = ()
    begin: int | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Jobs to take, in this order, and what the worker owes afterwards, in GPU-seconds."""

    jobs: tuple[int, ...]
    debt: float


# ---------------------------------------------------------------- whose turn it is
class _Queue:
    """Waiting jobs by person and engine, oldest first, and how far each person's counter has come."""

    def __init__(self, waiting: Iterable[Waiting], counters: Mapping[int, float]) -> None:
        self.reached = defaultdict(float, counters)
        self.lines: dict[tuple[int, str], deque[Waiting]] = defaultdict(deque)
        for each in sorted(waiting, key=lambda each: (each.asked_at, each.job)):
            self.lines[each.person, each.engine].append(each)

    def first(self, engines: Collection[str] | None = None) -> Waiting | None:
        """Return the job whose turn it is, among these engines or all; of equals the one that waits longest."""
        heads = (line[0] for (_, engine), line in self.lines.items() if engines is None or engine in engines)
        return min(heads, key=self._turn, default=None)

    def _turn(self, head: Waiting) -> tuple[float, datetime, int]:
        return self.reached[head.person], head.asked_at, head.job

    def take(self, head: Waiting) -> None:
        line = self.lines[head.person, head.engine]
        line.popleft()
        if not line:
            del self.lines[head.person, head.engine]
        self.reached[head.person] += head.seconds / head.weight


def in_order(waiting: Iterable[Waiting], *, counters: Mapping[int, float], most: int) -> list[int]:
    """Return the first jobs in fair order, as if every engine had room."""
    queue, order = _Queue(waiting, counters), list[int]()
    while len(order) < most and (head := queue.first()) is not None:
        queue.take(head)
        order.append(head.job)
    return order


def may_take(engines: Iterable[str], *, room: Room) -> bool:
    """Tell whether there is room for a job of any of these engines; where there is none, `choose` finds nothing."""
    space = _Space(room)
    return any(engine in space.open or (space.begin > 0 and engine not in space.free) for engine in engines)


class _Space:
    """A worker's room as it fills."""

    def __init__(self, room: Room) -> None:
        self.loaded, self.beside, self.free = set(room.loaded), set(room.beside), dict(room.free)
        at_work = self.free.keys() - self.beside
        self.begin = int(not at_work) if room.begin is None else room.begin
        self.rows = room.most if room.rows is None else room.rows

    @property
    def open(self) -> set[str]:
        return {slug for slug, rows in self.free.items() if rows > 0}

    @property
    def full(self) -> set[str]:
        """Engines at work whose jobs wait for a place only."""
        return self.free.keys() - self.open

    @property
    def ready(self) -> set[str]:
        """Engines that are loaded and may begin."""
        return self.loaded - self.free.keys() if self.begin else set()

    def take(self, engine: str) -> None:
        if engine not in self.free:
            self.begin -= 1
            self.free[engine] = self.rows
        self.free[engine] -= 1


def choose(
    waiting: Iterable[Waiting], *, counters: Mapping[int, float], room: Room, debt: float,
    bound: float = AFFINITY_SECONDS,
) -> Choice:  # fmt: skip
    """Choose what a worker takes next.

    The job whose turn it is comes first. Where it needs a change of engines, jobs of those that are here may go ahead as
    long as the debt they make stays within the bound; then the worker runs empty and changes, and owes nothing. Nor does
    it when nobody waits for another engine.

    Args:
        counters: Virtual seconds by person, with what their running jobs are still expected to need.
        debt: GPU-seconds the worker has served ahead of the person whose turn it was, since it last changed engines.
    """
    queue, space, taken = _Queue(waiting, counters), _Space(room), list[int]()
    engines = {engine for _person, engine in queue.lines}
    if engines <= space.loaded | space.free.keys():
        debt = 0.0
    while len(taken) < room.most and (fair := queue.first(engines - space.full)) is not None:
        head, debt = _next(queue, fair, space, debt=debt, bound=bound)
        if head is None:
            break
        queue.take(head)
        space.take(head.engine)
        taken.append(head.job)
    return Choice(tuple(taken), debt)


def _next(
    queue: _Queue, fair: Waiting, space: _Space, *, debt: float, bound: float
) -> tuple[Waiting | None, float]:
    """Return the job to take and the debt after it; None when the worker has to run empty first."""
    if fair.engine in space.open | space.ready:
        return fair, debt
    if space.begin > 1:
        return fair, 0.0
    near = queue.first((space.ready if space.begin else space.open) - space.beside)
    if near is not None and debt + near.seconds <= bound:
        return near, debt + near.seconds
    return (fair, 0.0) if space.begin else (queue.first(space.open & space.beside), debt)


def shortlist(lines: Iterable[Line], *, counters: Mapping[int, float], most: int) -> set[tuple[int, str]]:
    """Return the people and engines among whose first `most` jobs each `choose` finds what it would find in all.

    With so many jobs wanted no more people are served, so the first few of each engine suffice.
    """
    by_engine: dict[str, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (counters.get(line.person, 0.0), line.asked_at)):
        by_engine[line.engine].append(line)
    return {(person, engine) for engine, ranked in by_engine.items() for person in _people(ranked, most)}


def _people(ranked: Iterable[Line], most: int) -> Iterable[int]:
    return islice(dict.fromkeys(line.person for line in ranked), most)


# ---------------------------------------------------------------- how long it takes
@dataclass(frozen=True, slots=True)
class Place:
    """Where a job stands: waiting jobs that begin before it, and the seconds until it begins."""

    ahead: int
    seconds: float


def forecast(
    lines: Iterable[Line], *, counters: Mapping[int, float], person: int, asked_at: datetime,
    running_seconds: float = 0.0, workers: int = 1,
) -> Place:  # fmt: skip
    """Foretell a job's place by letting everybody's counter rise to where the job's turn comes.

    A person's jobs are taken to be alike, so that the cost is that of the lines, however many jobs wait.

    Args:
        lines: What waits; of the person themselves only what they asked for before the job.
        running_seconds: What running jobs are still expected to need.
        workers: Workers that share the queue.
    """
    by_person: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_person[line.person].append(line)
    own = by_person.pop(person, [])
    level = counters.get(person, 0.0) + sum(line.seconds / line.weight for line in own)
    ahead = sum(line.jobs for line in own)
    seconds = running_seconds + sum(line.seconds for line in own)
    for other, theirs in by_person.items():
        before = _jobs_before(theirs, counter=counters.get(other, 0.0), level=level, asked_at=asked_at)
        ahead += before
        seconds += before * sum(line.seconds for line in theirs) / sum(line.jobs for line in theirs)
    return Place(ahead, seconds / max(1, workers))


def _jobs_before(lines: Sequence[Line], *, counter: float, level: float, asked_at: datetime) -> int:
    """Return how many of a person's alike jobs begin before their counter reaches the level."""
    if counter >= level:
        return int(counter == level and min(line.asked_at for line in lines) < asked_at)
    jobs = sum(line.jobs for line in lines)
    each = sum(line.seconds / line.weight for line in lines) / jobs
    return min(jobs, math.ceil((level - counter) / each)) if each > 0 else jobs
