"""An assessment against the truth. Pure: documents of MEASURE §10 in, numbers out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from bench.measure.films import FPS
from bench.measure.truth import Ends, Planted, Span, Truth
from ethics.domain.segments import exact

FOUND_PART = Fraction(1, 2)
"""A planted take is found when at least this much of it is given its name."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A segment of the picture plane as the measure told it. `alpha` is the middle of its interval."""

    start: Fraction
    end: Fraction
    state: str
    alpha: Fraction
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    """A planted take that was not found, in seconds of the film."""

    key: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Score:
    """How one film did.

    Attributes:
        share: The measured ends.
        actual: The share as the maker knows it.
        error: How far the worse end lies from what a measurement without error gives, [0, 1].
        covers: Whether the interval holds the actual share, to a thousandth.
        complete: Whether a source was given for all that counts.
        wanted: Planted takes that recall asks for; seconds of them where nothing may be found.
        found: Of these, found; seconds rightly left unknown.
        right: Seconds at which a source was rightly named.
        claimed: Seconds at which a source was named.
        planted: Seconds at which one could have been.
        borders: Frames from each true border to the nearest told one.
        areas: Error of the covered area, per composite.
        accused: Seconds told to be all AI that hold none.
        missed: What was not found.
    """

    share: tuple[float, float]
    actual: float
    error: float
    covers: bool
    complete: bool
    wanted: float
    found: float
    right: float
    claimed: float
    planted: float
    borders: tuple[float, ...]
    areas: tuple[float, ...]
    accused: float
    missed: tuple[Missed, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it comes back from a file: lists for tuples."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain


def claims_of(document: Mapping[str, Any]) -> list[Claim]:
    """The picture plane of an assessment."""
    return [
        Claim(
            start=exact(segment["start"]),
            end=exact(segment["end"]),
            state=segment["state"],
            alpha=(exact(segment["alpha"][0]) + exact(segment["alpha"][1])) / 2,
            keys=tuple(source["id"] for source in segment["sources"]),
        )
        for segment in document["planes"]["picture"]["segments"]
    ]


def judge_film(document: Mapping[str, Any], truth: Truth, *, hiding: bool = False) -> Score:
    """Score one assessment.

    Args:
        document: What the measure said.
        truth: What the film shows.
        hiding: The film hides where its AI comes from: what counts is that nothing is made up.
    """
    claims = claims_of(document)
    low, high = (exact(end) for end in document["planes"]["picture"]["share"])
    missed = [planted for planted in truth.planted if planted.wanted and not is_found(planted, claims)]
    asked = sum(1 for planted in truth.planted if planted.wanted)
    wanted, found = left_unknown(truth, claims) if hiding else (asked, asked - len(missed))
    return Score(
        share=(float(low), float(high)),
        actual=float(truth.share()),
        error=float(error_of(low, high, truth)),
        covers=low - Fraction(1, 1000) <= truth.share() <= high + Fraction(1, 1000),
        complete=truth.complete,
        wanted=float(wanted),
        found=float(found),
        right=float(_right(truth, claims)),
        claimed=float(_claimed(truth, claims)),
        planted=float(sum((planted.end - planted.start for planted in truth.planted), Fraction(0))),
        borders=tuple(float(distance) for distance in border_distances(truth, claims)),
        areas=tuple(float(error) for error in area_errors(truth, claims)),
        accused=float(accused(truth, claims)),
        missed=tuple(Missed(one.key, float(one.start), float(one.end)) for one in missed),
    )


def overlap(one: Claim | Span | Planted, other: Claim | Span | Planted) -> Fraction:
    """Seconds that two stretches share."""
    return max(Fraction(0), min(one.end, other.end) - max(one.start, other.start))


def is_found(planted: Planted, claims: Sequence[Claim]) -> bool:
    named = sum((overlap(planted, claim) for claim in claims if planted.key in claim.keys), Fraction(0))
    return named >= FOUND_PART * (planted.end - planted.start)


def error_of(low: Fraction, high: Fraction, truth: Truth) -> Fraction:
    """Distance of the worse end from the ends that can be proven, [0, 1]."""
    ideal_low, ideal_high = truth.ideal()
    return max(_outside(low, ideal_low), _outside(high, ideal_high))


def _outside(value: Fraction, ends: Ends) -> Fraction:
    return max(Fraction(0), ends[0] - value, value - ends[1])


def left_unknown(truth: Truth, claims: Sequence[Claim]) -> tuple[Fraction, Fraction]:
    """Seconds without a source to be found, and how many of them are told to be unknown."""
    hidden = [span for span in truth.spans if not span.known and not span.neutral]
    return sum((span.seconds for span in hidden), Fraction(0)), _seconds(
        hidden, claims, lambda c: c.state == "U"
    )


def accused(truth: Truth, claims: Sequence[Claim]) -> Fraction:
    """Seconds that hold no AI at all and are told to be AI through and through."""
    innocent = [span for span in truth.spans if not span.actual]
    return _seconds(innocent, claims, lambda claim: claim.state == "A")


def _seconds(spans: Iterable[Span], claims: Sequence[Claim], wanted: Callable[[Claim], bool]) -> Fraction:
    told = [claim for claim in claims if wanted(claim)]
    return sum((overlap(span, claim) for span in spans for claim in told), Fraction(0))


def _right(truth: Truth, claims: Sequence[Claim]) -> Fraction:
    pairs = ((planted, claim) for planted in truth.planted for claim in claims if planted.key in claim.keys)
    return sum((overlap(planted, claim) for planted, claim in pairs), Fraction(0))


def _claimed(truth: Truth, claims: Sequence[Claim]) -> Fraction:
    """Seconds named, once per source; what is neutral in truth is not asked."""
    spans = [span for span in truth.spans if not span.neutral]
    return sum((len(claim.keys) * overlap(span, claim) for span in spans for claim in claims), Fraction(0))


def border_distances(truth: Truth, claims: Sequence[Claim]) -> list[Fraction]:
    """Frames from each true border to the nearest border told; the film's own ends don't help."""
    told = sorted({claim.start for claim in claims[1:]})
    whole = truth.seconds
    return [
        min((abs(border - place) for place in told), default=min(border, whole - border)) * FPS
        for border in truth.borders
    ]


def area_errors(truth: Truth, claims: Sequence[Claim]) -> list[Fraction]:
    """Per composite: how far the mean AI fraction told lies from the area that AI covers."""
    errors = []
    for span in truth.spans:
        if span.composite:
            told = sum((claim.alpha * overlap(span, claim) for claim in claims), Fraction(0)) / span.seconds
            errors.append(abs(told - span.actual))
    return errors
