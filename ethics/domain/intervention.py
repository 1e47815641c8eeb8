"""Human creative intervention degree: how much of a film is people's work, from 0 to 100 (MEASURE §4).

Every weight is here and nowhere else; `RULESET` and its hash are printed on every report. All sums are of
exact fractions, so the parts add up to the whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from ethics.domain.segments import (
    ALL,
    ANYTHING,
    LEAST_AREA,
    ONE,
    ZERO,
    Interval,
    Segment,
    SourceUse,
    State,
    exact,
)
from ethics.domain.share import DROPPED_PART, DULL_PART
from ledger.canonical import canonical_sha256

VERSION = "dailies-measure/1"

WEIGHTS: Mapping[str, Fraction] = MappingProxyType(
    {
        "P": Fraction(45, 100),
        "E": Fraction(20, 100),
        "S": Fraction(15, 100),
        "A": Fraction(10, 100),
        "R": Fraction(10, 100),
    }
)
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
EDIT_WEIGHTS: Mapping[str, Fraction] = MappingProxyType(
    {
        "versions": Fraction(25, 100),
        "arrangement": Fraction(35, 100),
        "shooting_ratio": Fraction(25, 100),
        "timeline": Fraction(15, 100),
    }
)
VERSIONS_TO_HALF, CHANGES_TO_HALF, OPERATIONS_TO_HALF = 3, 8, 8

RULESET: Mapping[str, object] = MappingProxyType(
    {
        "version": VERSION,
        "weights": WEIGHTS,
        "betas": BETAS,
        "most_for_ai": MOST_FOR_AI,
        "iterations_to_half": ITERATIONS_TO_HALF,
        "candidates_to_full": CANDIDATES_TO_FULL,
        "edit_weights": EDIT_WEIGHTS,
        "versions_to_half": VERSIONS_TO_HALF,
        "changes_to_half": CHANGES_TO_HALF,
        "operations_to_half": OPERATIONS_TO_HALF,
        "least_area": LEAST_AREA,
        "robust_dropped": DROPPED_PART,
        "robust_dull": DULL_PART,
        "least_grade_for_human": 2,
        "neutral_weight": 0,
    }
)


def ruleset_hash() -> str:
    """SHA-256 of the canonical ruleset, as `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{canonical_sha256(RULESET)}"


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
    """

    control: float | Fraction = 0
    direction: float | Fraction = 0
    iterations: int = 0
    candidates: int = 0
    alteration: float | Fraction = 0
    grade: int = 2
    made_from: tuple[str, ...] = ()


def saturating(count: int, *, to_half: int) -> Fraction:
    """1 - 2^(-count / to_half): each further step adds less."""
    return exact(1 - 2 ** (-max(0, count) / to_half))


def factors(facts: GenerationFacts) -> dict[str, Fraction]:
    """The five x of MEASURE §4, each in [0, 1]."""
    viewed = math.log2(1 + max(0, facts.candidates)) / math.log2(1 + CANDIDATES_TO_FULL)
    values = {
        "control": facts.control,
        "direction": facts.direction,
        "iteration": saturating(facts.iterations, to_half=ITERATIONS_TO_HALF),
        "selection": viewed,
        "alteration": facts.alteration,
    }
    return {name: min(ONE, max(ZERO, exact(value))) for name, value in values.items()}


def ai_source_score(facts: GenerationFacts) -> Interval:
    """s of an AI source: min(.80, 1 - Π(1 - β·x)); the lower end only from records of grade 2 and better."""
    rest = ONE
    for name, value in factors(facts).items():
        rest *= 1 - BETAS[name] * value
    score = min(MOST_FOR_AI, 1 - rest)
    return Interval(score if facts.grade >= 2 else ZERO, score)


@dataclass(frozen=True, slots=True)
class SourcePart:
    """One source's part in P: `time` share of the active runtime, `score` s, and their product `points`."""

    id: str
    kind: str
    time: Fraction
    score: Interval
    points: Interval
    factors: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Term:
    """One of P, E, S, A, R with what it is made of."""

    name: str
    value: Interval
    sources: tuple[SourcePart, ...] = ()
    parts: Mapping[str, Interval] = field(default_factory=dict)


def picture_term(segments: Sequence[Segment], facts: Mapping[str, GenerationFacts]) -> Term | None:
    """P: every source's time times its score, all uses of one source pooled; None when nothing counts."""
    active = sum((segment.weight for segment in segments), ZERO)
    if not active:
        return None
    pooled: dict[tuple[str, str], list[tuple[Fraction, Interval]]] = {}
    for segment in segments:
        if segment.weight:
            lead = _leading(segment)
            score = _segment_score(
                segment, facts.get(lead.id, GenerationFacts()) if lead else GenerationFacts()
            )
            name = (lead.id, lead.kind) if lead else ("", "unknown")
            pooled.setdefault(name, []).append((segment.weight / active, score))
    parts = tuple(_part(name, uses, facts) for name, uses in sorted(pooled.items()))
    low = sum((part.points.low for part in parts), ZERO)
    high = sum((part.points.high for part in parts), ZERO)
    return Term("P", Interval(low, high), sources=parts)


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


def _part(
    name: tuple[str, str], uses: Sequence[tuple[Fraction, Interval]], facts: Mapping[str, GenerationFacts]
) -> SourcePart:
    time = sum((share for share, _ in uses), ZERO)
    low = sum((share * score.low for share, score in uses), ZERO)
    high = sum((share * score.high for share, score in uses), ZERO)
    source, kind = name
    found = factors(facts[source]) if kind == "generated" and source in facts else {}
    return SourcePart(source, kind, time, Interval(low / time, high / time), Interval(low, high), found)


@dataclass(frozen=True, slots=True)
class EditFacts:
    """What is known of the edit; None where there is no record.

    Attributes:
        versions: Substantive cut versions up to this one.
        changes: Places where the cut moves from one source, or place in a source, to another.
        distinct: Distinct sources used.
        available: Seconds of all material at hand.
        used: Seconds of film that show it.
        operations: Trims, layers, retimes and sound edits in the timeline.
    """

    versions: int | None = None
    changes: int | None = None
    distinct: int | None = None
    available: Fraction | None = None
    used: Fraction | None = None
    operations: int | None = None


def edit_term(facts: EditFacts) -> Term | None:
    """E: versions, arrangement over sources, shooting ratio and work in the timeline, each saturating.

    What has no record counts as anything between nothing and all; None when there is no record at all.
    """
    parts = {
        "versions": _known(facts.versions, lambda n: saturating(n - 1, to_half=VERSIONS_TO_HALF)),
        "arrangement": _arrangement(facts),
        "shooting_ratio": _shooting_ratio(facts),
        "timeline": _known(facts.operations, lambda n: saturating(n, to_half=OPERATIONS_TO_HALF)),
    }
    if all(part is None for part in parts.values()):
        return None
    values = {name: part or ANYTHING for name, part in parts.items()}
    low = sum((EDIT_WEIGHTS[name] * part.low for name, part in values.items()), ZERO)
    high = sum((EDIT_WEIGHTS[name] * part.high for name, part in values.items()), ZERO)
    return Term("E", Interval(low, high), parts=values)


def _known(count: int | None, score: Callable[[int], Fraction]) -> Interval | None:
    if count is None:
        return None
    value = score(count)
    return Interval(value, value)


def _arrangement(facts: EditFacts) -> Interval | None:
    """Changes of place, halved when they all stay inside one source."""
    if facts.changes is None:
        return None
    value = saturating(facts.changes, to_half=CHANGES_TO_HALF)
    spread = ONE - Fraction(1, 2 ** max(1, facts.distinct or 1))
    return Interval(value * spread, value * spread)


def _shooting_ratio(facts: EditFacts) -> Interval | None:
    """1 - used / available: nothing left on the floor is 0, ten to one is .9."""
    if facts.available is None or facts.used is None:
        return None
    if facts.available <= 0:
        return Interval(ZERO, ZERO)
    value = max(ZERO, 1 - facts.used / facts.available)
    return Interval(value, value)


@dataclass(frozen=True, slots=True)
class Intervention:
    """The degree, 0 to 100.

    Attributes:
        low: Lower end.
        high: Upper end.
        weights: Weight of every term judged; they add up to 1.
        terms: The terms judged, in the order P, E, S, A, R.
    """

    low: Fraction
    high: Fraction
    weights: Mapping[str, Fraction]
    terms: tuple[Term, ...]


def intervention(
    *,
    picture: Term | None,
    edit: Term | None,
    script: Interval | None = None,
    sound: Interval | None = None,
    reflection: Interval | None = None,
    weights: Mapping[str, Fraction] = WEIGHTS,
) -> Intervention:
    """Add up the terms; one with nothing to judge gives its weight to the others in proportion."""
    others = {"S": script, "A": sound, "R": reflection}
    terms = [term for term in (picture, edit) if term is not None]
    terms += [Term(name, value) for name, value in others.items() if value is not None]
    total = sum((weights[term.name] for term in terms), ZERO)
    shares = {term.name: weights[term.name] / total for term in terms} if total else {}
    low = sum((100 * shares[term.name] * term.value.low for term in terms), ZERO) if total else ZERO
    high = sum((100 * shares[term.name] * term.value.high for term in terms), ZERO) if total else ZERO
    return Intervention(low=low, high=high, weights=shares, terms=tuple(terms))
