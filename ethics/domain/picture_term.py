"""P, picture origin and control: whose picture the film shows, and how far people formed what AI drew (MEASURE §4)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from ethics.domain.segments import (
    ALL,
    ANYTHING,
    ONE,
    ZERO,
    Grade,
    Interval,
    Segment,
    SourceUse,
    State,
)
from ethics.domain.terms import SourcePart, Term, bounded, saturating

BETAS: Mapping[str, Fraction] = MappingProxyType(
    {
        "control": Fraction(55, 100),
        "direction": Fraction(15, 100),
        "iteration": Fraction(20, 100),
        "selection": Fraction(20, 100),
        "alteration": Fraction(45, 100),
    }
)
MOST_FOR_AI = Fraction(80, 100)
ITERATIONS_TO_HALF = 4
CANDIDATES_TO_FULL = 16


@dataclass(frozen=True, slots=True)
class GenerationFacts:
    """What people did around one generated asset.

    Attributes:
        control: [0, 1], own footage, drawing or pose used as input and perceptible in the output.
        direction: [0, 1], how specific the prompt form is.
        iterations: Steps that changed parameters and the result; a new seed alone is none.
        candidates: Distinct results really viewed.
        alteration: [0, 1], change after generation.
        grade: Grade of the record behind these; below 2 it raises the upper bound only.
        made_from: Ids of sources used as input.
        claimed: What weaker records say beyond it; raises the upper bound only.
    """

    control: float | Fraction = 0
    direction: float | Fraction = 0
    iterations: int = 0
    candidates: int = 0
    alteration: float | Fraction = 0
    grade: int = 2
    made_from: tuple[str, ...] = ()
    claimed: GenerationFacts | None = None


NO_RECORD = GenerationFacts()


def factors(facts: GenerationFacts) -> dict[str, Fraction]:
    """The five x of MEASURE §4, each in [0, 1], whatever the grade of their record."""
    viewed = math.log2(1 + max(0, facts.candidates)) / math.log2(1 + CANDIDATES_TO_FULL)
    values = {
        "control": facts.control,
        "direction": facts.direction,
        "iteration": saturating(facts.iterations, to_half=ITERATIONS_TO_HALF),
        "selection": viewed,
        "alteration": facts.alteration,
    }
    return {name: bounded(value) for name, value in values.items()}


def proven_factors(facts: GenerationFacts) -> dict[str, Fraction]:
    """The five x as far as a record of grade 2 or better goes."""
    return factors(facts if facts.grade >= Grade.CONTENT else NO_RECORD)


def claimed_factors(facts: GenerationFacts) -> dict[str, Fraction]:
    """The five x with everything that is said of the asset; never below what is proven."""
    found = factors(facts)
    if facts.claimed is None:
        return found
    beyond = factors(facts.claimed)
    return {name: max(value, beyond[name]) for name, value in found.items()}


def combined(values: Mapping[str, Fraction]) -> Fraction:
    """s from the five x: min(.80, 1 - Π(1 - β·x))."""
    rest = ONE
    for name, value in values.items():
        rest *= 1 - BETAS[name] * value
    return min(MOST_FOR_AI, 1 - rest)


def ai_source_score(facts: GenerationFacts) -> Interval:
    """s of an AI source; the lower end only from records of grade 2 and better."""
    return Interval(combined(proven_factors(facts)), combined(claimed_factors(facts)))


def picture_term(segments: Sequence[Segment], facts: Mapping[str, GenerationFacts]) -> Term | None:
    """P: every source's time times its score, all uses of one source pooled; None when nothing counts."""
    active = sum((segment.weight for segment in segments), ZERO)
    if not active:
        return None
    pooled: dict[tuple[str, str], list[_Use]] = {}
    for segment in segments:
        if segment.weight:
            lead = _leading(segment)
            known = facts.get(lead.id, NO_RECORD) if lead else NO_RECORD
            name = (lead.id, lead.kind) if lead else ("", "unknown")
            use = _Use(segment.weight / active, _segment_score(segment, known), _led(segment, known))
            pooled.setdefault(name, []).append(use)
    parts = tuple(_part(name, uses, facts) for name, uses in sorted(pooled.items()))
    low = sum((part.points.low for part in parts), ZERO)
    high = sum((part.points.high for part in parts), ZERO)
    return Term("P", Interval(low, high), sources=parts)


@dataclass(frozen=True, slots=True)
class _Use:
    """One use of a source: its share of the time, its score, and what of the proven score comes from leading an engine."""

    time: Fraction
    score: Interval
    led: Fraction


def _leading(segment: Segment) -> SourceUse | None:
    """The source a segment's time is counted for: the generated one where there is one."""
    if segment.state is State.UNKNOWN:
        return None
    generated = [use for use in segment.sources if use.kind == "generated"]
    return next(iter([*generated, *segment.sources]), None)


def _segment_score(segment: Segment, facts: GenerationFacts) -> Interval:
    """s of one segment: the AI part by its process, the rest by what is proven of it."""
    if segment.state is State.HUMAN:
        return ALL
    if segment.state is State.UNKNOWN:
        return ANYTHING
    made = ai_source_score(facts)
    rest = ONE if segment.state is State.MIXED else ZERO
    low = segment.alpha.high * made.low + (1 - segment.alpha.high) * rest
    high = segment.alpha.low * made.high + (1 - segment.alpha.low)
    return Interval(low, ONE if segment.state is State.CONFLICT else high)


def _led(segment: Segment, facts: GenerationFacts) -> Fraction:
    """What of a segment's proven score comes from leading an engine and reworking what it made."""
    if segment.state in {State.HUMAN, State.UNKNOWN}:
        return ZERO
    return segment.alpha.high * ai_source_score(facts).low


def _part(name: tuple[str, str], uses: Sequence[_Use], facts: Mapping[str, GenerationFacts]) -> SourcePart:
    time = sum((use.time for use in uses), ZERO)
    low = sum((use.time * use.score.low for use in uses), ZERO)
    high = sum((use.time * use.score.high for use in uses), ZERO)
    source, kind = name
    known = facts.get(source) if kind == "generated" else None
    return SourcePart(
        id=source,
        kind=kind,
        time=time,
        score=Interval(low / time, high / time),
        points=Interval(low, high),
        factors=proven_factors(known) if known else {},
        most=claimed_factors(known) if known else {},
        led=sum((use.time * use.led for use in uses), ZERO),
    )
