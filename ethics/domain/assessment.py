"""The assessment as JSON, `dailies-assessment/1` (MEASURE §10): what is stored, served, certified and
hashed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ethics.domain.intervention import VERSION, Intervention, SourcePart, Term, ruleset_hash
from ethics.domain.raising import Way
from ethics.domain.script import text_sha256
from ethics.domain.segments import Evidence, Interval, Segment, SourceUse, exact
from ethics.domain.share import share_of
from ethics.domain.stages import led_by_factor, stages_of
from ethics.domain.verdict import Verdict
from ledger.canonical import canonical_json

SCHEMA = "dailies-assessment/1"

Json = dict[str, Any]
CHARACTERS = "characters"
"""Unit of the script plane: code points of the final text, counted from 0."""


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What identifies the film. `sha256` is of the file, hex; `fps` is 0 for a still."""

    name: str
    sha256: str
    seconds: Fraction
    fps: Fraction
    width: int
    height: int


def document(
    *,
    film: FilmFacts,
    planes: Mapping[str, Sequence[Segment]],
    verdict: Verdict,
    intervention: Intervention,
    cuts: Sequence[Fraction] = (),
    ways: Sequence[Way] = (),
    script: str = "",
) -> Json:
    """The whole assessment as plain JSON values with numbers of at most six decimals.

    Args:
        ways: What would raise the degree, most points first.
        script: The text whose characters the script plane counts.
    """
    return {
        "schema": SCHEMA,
        "measure": VERSION,
        "ruleset": ruleset_hash(),
        "film": {
            "name": film.name,
            "sha256": film.sha256,
            "duration": number(film.seconds),
            "fps": f"{film.fps.numerator}/{film.fps.denominator}",
            "width": film.width,
            "height": film.height,
            "cuts": [number(cut) for cut in cuts],
        },
        "planes": {
            name: plane_json(segments) | (_text_json(script) if name == "script" else {"unit": "seconds"})
            for name, segments in planes.items()
        },
        "verdict": verdict_json(verdict),
        "hcid": intervention_json(intervention, ways),
    }


def canonical_bytes(assessment: Json) -> bytes:
    """The bytes that are hashed: keys sorted, no white space, at most six decimals."""
    return canonical_json(assessment)


def number(value: Fraction) -> int | float:
    """A JSON number with at most six decimals; whole numbers stay whole."""
    rounded = exact(value)
    return int(rounded) if rounded.denominator == 1 else float(rounded)


def pair(value: Interval) -> list[int | float]:
    """An interval as [low, high]."""
    return [number(value.low), number(value.high)]


def _text_json(script: str) -> Json:
    return {"unit": CHARACTERS, "text_sha256": text_sha256(script)}


def plane_json(segments: Sequence[Segment]) -> Json:
    """One plane: its share and its segments."""
    measured = share_of(segments)
    return {
        "share": pair(measured.share),
        "robust": number(measured.robust),
        "active_seconds": number(measured.active),
        "neutral_seconds": number(measured.neutral),
        "segments": [_segment(segment) for segment in segments],
    }


def _segment(segment: Segment) -> Json:
    return {
        "start": number(segment.start),
        "end": number(segment.end),
        "state": str(segment.state),
        "alpha": pair(segment.alpha),
        "why": segment.why,
        **({"loose": number(segment.loose)} if segment.loose else {}),
        "sources": [_use(use) for use in segment.sources],
    }


def _use(use: SourceUse) -> Json:
    return {
        "id": use.id,
        "kind": use.kind,
        "source_start": number(use.source_start),
        "speed": number(use.speed),
        "mirrored": use.mirrored,
        "area": pair(use.area),
        "evidence": [_evidence(one) for one in use.evidence],
    }


def _evidence(one: Evidence) -> Json:
    return {
        "kind": one.kind,
        "grade": one.grade,
        "confidence": number(one.confidence),
        "note": one.note,
        "params": dict(one.params),
    }


def verdict_json(verdict: Verdict) -> Json:
    """The verdict with its to-do list."""
    return {
        "plane": verdict.plane,
        "cap": number(verdict.cap),
        "result": str(verdict.result),
        "enough": verdict.enough,
        "todo": [
            {
                "start": number(item.start),
                "end": number(item.end),
                "why": item.why,
                "worth": number(item.worth),
            }
            for item in verdict.todo
        ],
    }


def intervention_json(found: Intervention, ways: Sequence[Way] = ()) -> Json:
    """The degree with its weights, terms and, per term, the points out of 100 it brings; and what would raise it."""
    return {
        "value": [number(found.low), number(found.high)],
        "weights": {name: number(weight) for name, weight in found.weights.items()},
        "profile": {"level": found.profile.level, "name": found.profile.name},
        "terms": {term.name: _term(term, found.weights[term.name]) for term in found.terms},
        "stages": {name: number(points) for name, points in stages_of(found).items()},
        "raise": [_way(way) for way in ways],
    }


def _way(way: Way) -> Json:
    return {
        "code": way.code,
        "term": way.term,
        "points": number(way.points),
        "source": way.source,
        "count": way.count,
    }


def _term(term: Term, weight: Fraction) -> Json:
    return {
        "value": pair(term.value),
        "points": [number(100 * weight * term.value.low), number(100 * weight * term.value.high)],
        "sources": [_part(part) for part in term.sources],
        "parts": {name: pair(value) for name, value in term.parts.items()},
    }


def _part(part: SourcePart) -> Json:
    return {
        "id": part.id,
        "kind": part.kind,
        "time": number(part.time),
        "score": pair(part.score),
        "points": pair(part.points),
        "factors": {name: number(value) for name, value in part.factors.items()},
        "most": {name: number(value) for name, value in part.most.items()},
        "led": {name: number(value) for name, value in led_by_factor(part).items()},
    }
