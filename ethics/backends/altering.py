"""How far a generated picture was worked on after it came out of the engine, measured on the film (MEASURE §4).

What is read from the pixels: laid over or under something else, retimed, turned round, framed anew, painted or graded. Encoding,
scaling, bars and a crop that all of the film has are no work on a picture and count nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from statistics import median_low

from ethics.domain.alteration import altered
from ethics.domain.segments import ONE, ZERO, Segment, SourceUse, exact
from footage.fingerprints import Reference
from footage.trace import Film, Run
from footage.trace.views import filled, own_box

FRAMED = 0.5
"""Part of the picture cut away from which framing is thorough."""

UNSEEN = 0.05
"""Part that nobody misses: registration is not more exact."""

FAITHFUL, CHANGED = 0.92, 0.70
"""Agreement that encoding and grain leave at least, and that of a picture that is painted over."""


def alterations(
    film: Film,
    runs: Sequence[Run],
    references: Mapping[str, Reference],
    segments: Sequence[Segment],
) -> dict[str, Fraction]:
    """For each generated source that the picture shows, how far it was altered, [0, 1]: the mean over its time."""
    usual = _usual_framing(film, runs, references)
    pooled: dict[str, list[tuple[Fraction, Fraction]]] = {}
    for segment in segments:
        for use in segment.sources:
            run = _run_of(film, runs, use.id, segment) if use.kind == "generated" else None
            if run is not None and segment.weight:
                value = _altered(film, run, references[use.id], use, len(segment.sources) > 1, usual)
                pooled.setdefault(use.id, []).append((segment.weight, value))
    return {key: _mean(values) for key, values in pooled.items()}


def _mean(values: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    return exact(
        sum((weight * value for weight, value in values), ZERO) / sum(weight for weight, _ in values)
    )


def _run_of(film: Film, runs: Sequence[Run], key: str, segment: Segment) -> Run | None:
    """The run of a source over a segment, the best agreeing where there are several."""
    over = [
        run
        for run in runs
        if run.key == key and film.edge(run.first) <= segment.start and segment.end <= film.edge(run.last)
    ]
    return max(over, key=lambda run: run.agreement, default=None)


def _altered(
    film: Film, run: Run, reference: Reference, use: SourceUse, is_layered: bool, usual: float
) -> Fraction:
    return altered(
        {
            "composite": 1.0 if is_layered or run.is_inset or use.area.high < ONE else 0.0,
            "framing": 1.0 if run.moving and not reference.still else _framing(film, run, reference) - usual,
            "painting": (FAITHFUL - run.agreement) / (FAITHFUL - CHANGED),
            "retiming": _retiming(run, reference),
            "turning": 1.0 if run.rect.mirrored else 0.0,
        }
    )


def _framing(film: Film, run: Run, reference: Reference) -> float:
    """Part of what the film's shape leaves of the picture that is cut away, as a part of FRAMED."""
    shape = film.head.width * run.box.width / (film.head.height * run.box.height)
    whole = filled(own_box(reference), shape=shape, aspect=reference.width / reference.height)
    kept = run.rect.width * run.rect.height / (whole.width * whole.height)
    return max(0.0, 1 - kept - UNSEEN) / (FRAMED - UNSEEN)


def _usual_framing(film: Film, runs: Sequence[Run], references: Mapping[str, Reference]) -> float:
    """What half of the film's runs are cropped by at least: the film's own crop, not work on one picture."""
    crops = [_framing(film, run, references[run.key]) for run in runs if not run.is_part]
    return median_low(crops) if len(crops) > 1 else 0.0


def _retiming(run: Run, reference: Reference) -> float:
    """0 at the picture's own speed, 1 at half or double, backward, or held; a still has no time of its own."""
    if reference.still or abs(run.speed - 1) < 0.02:
        return 0.0
    return 1.0 if run.speed <= 0 else abs(math.log2(run.speed))
