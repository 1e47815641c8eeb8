"""What the scenes are judged by. Pure: times are seconds on one clock, service is GPU-seconds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Sample:
    """Service that each person had received by a moment, in GPU-seconds."""

    at: float
    service: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Served:
    """A job's way through a device: its GPU-seconds count as spread evenly from its start to its end."""

    person: int
    start: float
    end: float
    seconds: float

    def by(self, moment: float) -> float:
        """Return the seconds it had received by a moment."""
        if moment >= self.end:
            return self.seconds
        return self.seconds * max(0.0, moment - self.start) / (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Span:
    """When a person had something in the queue or at work, without a gap."""

    start: float
    end: float

    def share_of(self, start: float, end: float) -> float:
        """Return how much of an interval the person was there, 0 to 1; who comes within it counts from the next."""
        return max(0.0, min(self.end, end) - start) / (end - start) if self.start <= start < end else 0.0


def jain(values: Sequence[float]) -> float:
    """Return Jain's index, 1/n to 1 (Jain, Chiu and Hawe 1984): (Σx)² / (n · Σx²)."""
    squares = sum(value * value for value in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else 1.0


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that `share` (0 to 1) of them don't exceed: the nearest rank; 0 of nothing."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else 0.0


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def fifo_finishes(asked: Sequence[tuple[float, float]]) -> list[float]:
    """Return when each of (asked at, service) would be ready, one after the other in the order given."""
    finishes: list[float] = []
    free = 0.0
    for at, service in asked:
        free = max(free, at) + service
        finishes.append(free)
    return finishes


def service_of(served: Sequence[Served], spans: Mapping[int, Span]) -> list[Sample]:
    """Return what each person had received at every moment at which a job or a person's span begins or ends."""
    moments = {each.start for each in served} | {each.end for each in served}
    moments |= {span.start for span in spans.values()} | {span.end for span in spans.values()}
    samples = []
    for moment in sorted(moments):
        received: dict[int, float] = dict.fromkeys(spans, 0.0)
        for each in served:
            received[each.person] += each.by(moment)
        samples.append(Sample(moment, received))
    return samples


def while_all_wait(served: Sequence[Served], spans: Mapping[int, Span]) -> dict[int, float]:
    """Return what each person received from when all had asked until the first had nothing waiting any more.

    Fair queueing is defined over such an interval (Golestani 1994); what happens as people leave stays out of it.
    """
    begin = max(span.start for span in spans.values())
    last: dict[int, float] = {}
    for each in served:
        last[each.person] = max(last.get(each.person, begin), each.start)
    end = min(last.get(person, begin) for person in spans)
    received = dict.fromkeys(spans, 0.0)
    for each in served:
        received[each.person] += each.by(end) - each.by(begin)
    return received


def in_strict_turns(seconds: Mapping[int, Sequence[float]]) -> list[Served]:
    """Return what a server makes of the same jobs that does one at a time, always for who received least so far.

    Nobody can be fairer without cutting jobs up: what its index lacks of 1 is the coarseness of the jobs.
    """
    waiting = {person: list(jobs) for person, jobs in seconds.items() if jobs}
    received, served, at = dict.fromkeys(waiting, 0.0), list[Served](), 0.0
    while waiting:
        person = min(waiting, key=lambda who: (received[who], who))
        spent = waiting[person].pop(0)
        served.append(Served(person, at, at + spent, spent))
        received[person] += spent
        at += spent
        if not waiting[person]:
            del waiting[person]
    return served


def spans_of(served: Sequence[Served]) -> dict[int, Span]:
    """Return everybody's span when all ask at the beginning."""
    begin = min((each.start for each in served), default=0.0)
    ends: dict[int, float] = {}
    for each in served:
        ends[each.person] = max(ends.get(each.person, begin), each.end)
    return {person: Span(begin, end) for person, end in ends.items()}


def normalised_service(samples: Sequence[Sample], spans: Mapping[int, Span]) -> dict[int, float]:
    """Return per person what they received over what they were entitled to, while they had something to do.

    The entitlement of an interval is its service divided among those who had something to do, by how much of it they had.
    """
    received = dict.fromkeys(spans, 0.0)
    entitled = dict.fromkeys(spans, 0.0)
    for before, after in pairwise(samples):
        shares = {who: span.share_of(before.at, after.at) for who, span in spans.items()}
        present = [who for who, share in shares.items() if share]
        given = {who: after.service.get(who, 0.0) - before.service.get(who, 0.0) for who in present}
        for who in present:
            received[who] += given[who]
            entitled[who] += sum(given.values()) * shares[who] / sum(shares.values())
    return {who: received[who] / entitled[who] for who in spans if entitled[who] > 0}


def greatest_gap(samples: Sequence[Sample], spans: Mapping[int, Span]) -> float:
    """Return the greatest difference of service between two people who both had something to do from the beginning."""
    began = max((span.start for span in spans.values()), default=0.0)
    base = next((sample for sample in samples if sample.at >= began), None)
    gaps = [0.0]
    for sample in samples:
        if base is None or sample.at < base.at:
            continue
        given = [
            sample.service.get(who, 0.0) - base.service.get(who, 0.0)
            for who, span in spans.items() if span.end >= sample.at
        ]  # fmt: skip
        gaps.append(max(given) - min(given) if len(given) > 1 else 0.0)
    return max(gaps)
