"""Fingerprinting and measuring in the sandbox: hostile films are decoded away from the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ethics.backends.tracer import Source, build_assessment, trace_film
from footage.fingerprints import Reference
from footage.sandbox import run_limited
from footage.timelines import read_timeline
from footage.watched import run_watched, teller

SECONDS_PER_FILM_SECOND = 30
LEAST_SECONDS = 300.0
MEMORY_MB = 6144


@dataclass(frozen=True, slots=True)
class Order:
    """A film to measure, as plain values.

    Attributes:
        film: Where the file lies; `name` is what the crew called it.
        seconds: Its length, for the time limit.
        timeline: Its timeline's path and name, when there is one.
        cap: Greatest AI share of the picture.
        versions: Cut versions up to this one.
    """

    film: Path
    name: str
    seconds: float
    sources: tuple[Source, ...]
    cap: Fraction
    versions: int
    timeline: tuple[Path, str] | None = None


def fingerprint(path: Path, *, name: str) -> Reference:
    """Return the fingerprint of a rush, still or generated file. Raises Problem when it has no picture."""
    found: Reference = run_limited(
        "footage.fingerprints:make_reference", path, seconds=LEAST_SECONDS, memory_mb=MEMORY_MB
    )
    return found


def measure(order: Order, *, progress: Callable[[float], None]) -> dict[str, Any]:
    """Return the assessment document (MEASURE §10). Raises Problem when the film can't be read."""
    document: dict[str, Any] = run_watched(
        "ethics.backends.measuring:measure_here",
        order,
        progress=progress,
        seconds=LEAST_SECONDS + SECONDS_PER_FILM_SECOND * order.seconds,
        memory_mb=MEMORY_MB,
    )
    return document


def measure_here(order: Order, *, report: Path) -> dict[str, Any]:
    """Sandbox side of `measure`."""
    trace = trace_film(order.film, order.sources, name=order.name, progress=teller(report))
    return build_assessment(trace, cap=order.cap, versions=order.versions, operations=_operations(order))


def _operations(order: Order) -> int | None:
    """Return how many edits the timeline records: every clip placed, every change of speed; None without one."""
    if order.timeline is None:
        return None
    path, name = order.timeline
    clips = read_timeline(path, name=name).clips
    return len(clips) + sum(1 for clip in clips if clip.speed != 1)
