"""Fingerprinting and measuring in the sandbox: hostile films are decoded away from the worker."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from ethics.backends.believing import believed, index_json
from ethics.backends.keeping import Keeper
from ethics.backends.tracer import Source, build_assessment, heat_maps, trace_film
from ethics.domain.admissions import Admission
from ethics.domain.records import Records
from footage.evidence import Evidences, read_evidence
from footage.fingerprints import Reference, make_reference
from footage.probe import probe
from footage.problems import Problem
from footage.timelines import Timeline, read_timeline
from footage.watched import run_watched, teller

SECONDS_PER_FILM_SECOND = 30
LEAST_SECONDS = 300.0
MEMORY_MB = 6144
FINGERPRINT_PART = 0.3
Found = tuple[Reference, Evidences | None]
"""What `Read` is made of, as it comes out of the sandbox."""
Answer = tuple[dict[str, Any], dict[str, Found], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Order:
    """A film to measure, as plain values.

    Attributes:
        film: Where the file lies; `name` is what the crew called it.
        seconds: Its length, for the time limit.
        timeline: Its timeline's path and name, when there is one.
        anchors: PEM of the certificates whose signatures prove something.
        cap: Greatest AI share of the picture.
        caps: Greatest AI share of other planes, where the brief has one.
        records: What is recorded of the making of the film.
        sha256: Of the film's file, hex.
        keep_in: Folder for what a trace finds, so that it needn't be found again; None keeps nothing.
        admissions: What the makers say themselves is AI.
        indexed: Frames of others' references that were searched for the film.
    """

    film: Path
    name: str
    seconds: float
    sources: tuple[Source, ...]
    cap: Fraction
    records: Records
    timeline: tuple[Path, str] | None = None
    anchors: bytes = b""
    sha256: str = ""
    keep_in: Path | None = None
    admissions: tuple[Admission, ...] = ()
    indexed: int = 0
    caps: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What was read from a source for the first time: its fingerprint, and what it says of its own making."""

    reference: Reference
    evidences: Evidences | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A document (MEASURE §10), what had to be read for it by source id, and maps of where sources were found."""

    document: dict[str, Any]
    read: dict[str, Read]
    heats: list[dict[str, Any]]


def measure(order: Order, *, progress: Callable[[float], None]) -> Measured:
    """Fingerprint what is new and measure the film. Raises Problem when the film can't be read."""
    document, made, heats = run_watched(
        "ethics.backends.measuring:measure_here",
        order,
        progress=progress,
        seconds=LEAST_SECONDS + SECONDS_PER_FILM_SECOND * order.seconds,
        memory_mb=MEMORY_MB,
    )
    return Measured(document, {key: Read(*found) for key, found in made.items()}, heats)


def measure_here(order: Order, *, report: Path) -> Answer:
    """Sandbox side of `measure`. A source without a readable picture proves nothing and is left out."""
    tell = teller(report)
    made: dict[str, Found] = {}
    usable: list[Source] = []
    for number, source in enumerate(order.sources):
        with suppress(Problem):
            if source.reference is None or (source.kind == "footage" and source.evidences is None):
                made[source.id] = reference, evidences = _read(source, order.anchors)
                source = replace(source, reference=reference, evidences=evidences)
            usable.append(source)
        tell(FINGERPRINT_PART * (number + 1) / len(order.sources))
    timeline = _timeline(order)
    trace = trace_film(
        order.film,
        usable,
        name=order.name,
        timeline=timeline,
        progress=lambda share: tell(FINGERPRINT_PART + (1 - FINGERPRINT_PART) * share),
        keep=Keeper(order.keep_in if order.sha256 else None, order.sha256),
    )
    trace = believed(trace, frames=order.indexed)
    document = build_assessment(
        trace,
        cap=order.cap,
        caps=dict(order.caps),
        operations=timeline.operations if timeline else None,
        records=order.records,
        admissions=order.admissions,
    )
    return document | index_json(trace, frames=order.indexed), made, heat_maps(trace)


def _read(source: Source, anchors: bytes) -> Found:
    """Fingerprint a source and, where a person gave it, read what it says of its own making."""
    evidences = None
    if source.kind == "footage":
        evidences = Evidences(source.name or source.path.name)
        with suppress(Problem):  # of a kind that carries no evidence
            evidences = read_evidence(source.path, name=evidences.name, anchors=anchors or None)
    return source.reference or make_reference(source.path), evidences


def _timeline(order: Order) -> Timeline | None:
    """The timeline, if there is one; an EDL is read at the film's rate first."""
    if order.timeline is None:
        return None
    path, name = order.timeline
    return read_timeline(path, film_fps=probe(order.film, name=order.name).fps, name=name)
