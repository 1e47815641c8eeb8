"""From runs of frames to judged segments of the picture plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import numpy as np

from ethics.backends.attested import SILENT, Attested
from ethics.backends.capture import CaptureTest
from ethics.domain.segments import (
    ALL,
    LEAST_AREA,
    Evidence,
    Grade,
    Interval,
    Segment,
    SourceUse,
    State,
    exact,
    interval,
    judge,
    merged,
    split,
)
from footage.fingerprints import Reference
from footage.trace import Film, Run

TIE = 0.03
"""Two sources that agree with a stretch this alike both claim it."""

ALWAYS_NEUTRAL = frozenset({"black", "plain"})
SHARP = 0.06
"""A run knows its place in time when its agreement is this much worse 0.4 s beside."""

LEAST_REPEAT = Fraction(1, 2)
WHOLE_COVER = 0.7
"""From this share of agreeing blocks on, the source covers the whole frame; titles may lie over the rest."""


@dataclass(frozen=True, slots=True)
class Material:
    """What segmenting needs to know of a source.

    Attributes:
        made_from: Ids of sources that a generated asset was made from.
        exact: The film file is this very file.
        attested: What the file says of its own making.
    """

    kind: Literal["generated", "rush", "footage", "other"]
    reference: Reference
    capture: CaptureTest | None = None
    made_from: tuple[str, ...] = ()
    exact: bool = False
    attested: Attested = SILENT

    @property
    def human_grade(self) -> int | None:
        """Grade of what speaks for people having made it; None for generated and for others' material."""
        if self.kind == "rush":
            return Grade.CONTENT
        if self.kind == "footage":
            tested = self.capture.grade if self.capture else Grade.DECLARED
            return max(tested, self.attested.human or Grade.DECLARED)
        return None

    @property
    def ai_grade(self) -> int | None:
        """Grade of what speaks for AI having made it; of others' material nothing is said."""
        if self.kind == "generated":
            return Grade.CONTENT
        return self.attested.ai if self.kind in {"rush", "footage"} else None


@dataclass(frozen=True, slots=True)
class _Claim:
    run: Run
    material: Material
    score: float


def picture_segments(
    film: Film, runs: Sequence[Run], materials: Mapping[str, Material], *, least_human: int = Grade.CONTENT
) -> list[Segment]:
    """The whole film as judged segments, neighbours that continue one another joined."""
    edges = _edges(film, runs)
    pieces = [
        _judged(film, first, last, _claims(runs, materials, first, last), least_human)
        for first, last in pairwise(edges)
    ]
    return merged(_without_repeats(merged(pieces), runs, materials))


def _edges(film: Film, runs: Sequence[Run]) -> list[int]:
    """Every frame at which something changes: cuts, run borders, neutral borders."""
    found = {0, film.count, *film.cuts}
    for run in runs:
        found.update((run.first, run.last))
    for first, last in film.held:
        found.update((first, last))
    found.update(f for f in range(1, film.count) if film.kinds[f] != film.kinds[f - 1])
    return sorted(found)


def _claims(runs: Sequence[Run], materials: Mapping[str, Material], first: int, last: int) -> list[_Claim]:
    """The best run of every source over a stretch, best first."""
    best: dict[str, _Claim] = {}
    for run in runs:
        if run.first <= first and last <= run.last:
            score = float(np.mean(run.scores[first - run.first : last - run.first]))
            if run.key not in best or score > best[run.key].score:
                best[run.key] = _Claim(run, materials[run.key], score)
    return sorted(best.values(), key=lambda claim: (-claim.score, claim.run.key))


def _judged(film: Film, first: int, last: int, claims: Sequence[_Claim], least_human: int) -> Segment:
    chosen = _chosen(claims)
    neutral = _neutral(film, first, last, chosen)
    if neutral:
        return _piece(film, first, last, State.NEUTRAL, Interval(Fraction(0), Fraction(0)), (), neutral)
    uses = tuple(_use(film, claim, first) for claim in chosen)
    ai = max((claim for claim in chosen if claim.material.ai_grade is not None), key=_ai_grade, default=None)
    human = [claim.material.human_grade for claim in chosen if claim.material.human_grade is not None]
    state, alpha = judge(
        ai=ai.material.ai_grade if ai else None,
        human=max(human) if human else None,
        area=_ai_area(ai) if ai else ALL,
        least_human=least_human,
        claims_capture=any(claim.material.attested.claims_capture for claim in chosen),
    )
    return _piece(film, first, last, state, alpha, uses, _why(state, chosen))


def _ai_grade(claim: _Claim) -> int:
    return claim.material.ai_grade or 0


def _ai_area(claim: _Claim) -> Interval:
    """Area that the AI part covers: what the trace saw, or anything above ε of a picture said to be mixed."""
    covered = _area(claim)
    return Interval(LEAST_AREA, covered.high) if claim.material.attested.is_mixed else covered


def _chosen(claims: Sequence[_Claim]) -> list[_Claim]:
    """The best claim, and beside it the best of the other side when the two can't be told apart."""
    if not claims:
        return []
    best = claims[0]
    for rival in claims[1:]:
        if rival.score < best.score - TIE:
            break
        if _opposed(best.material, rival.material) and not _related(best, rival):
            return [best, rival]
    return [best]


def _opposed(one: Material, other: Material) -> bool:
    return (one.kind == "generated") != (other.kind == "generated") and "other" not in (one.kind, other.kind)


def _related(one: _Claim, other: _Claim) -> bool:
    """Whether one was made from the other: likeness is then expected and no conflict."""
    return other.run.key in one.material.made_from or one.run.key in other.material.made_from


def _neutral(film: Film, first: int, last: int, chosen: Sequence[_Claim]) -> str:
    """Why a stretch is neutral; empty when it counts. A traced AI picture counts however long it is held."""
    kind = film.kinds[first]
    if kind in ALWAYS_NEUTRAL:
        return kind
    if any(claim.material.kind == "generated" for claim in chosen):
        return ""
    if kind and not chosen:
        return kind
    held = any(start <= first and last <= end for start, end in film.held)
    return "held" if held and not (chosen and _still_life(chosen[0])) else ""


def _still_life(claim: _Claim) -> bool:
    """Whether the take itself stands still, as a locked-off shot of a quiet place does."""
    run, reference = claim.run, claim.material.reference
    if reference.still or run.speed == 0:
        return False
    return claim.run.sharp < SHARP


def _area(claim: _Claim) -> Interval:
    covered = claim.run.covered
    return ALL if covered >= WHOLE_COVER else interval(max(0.05, covered - 0.1), 1.0)


def _why(state: State, chosen: Sequence[_Claim]) -> str:
    if state is not State.UNKNOWN:
        return ""
    if not chosen:
        return "unmatched"
    return "other" if chosen[0].material.kind == "other" else "attached"


def _piece(
    film: Film, first: int, last: int, state: State, alpha: Interval, uses: tuple[SourceUse, ...], why: str
) -> Segment:
    return Segment(
        start=film.edge(first),
        end=film.edge(last),
        state=state,
        alpha=alpha,
        sources=uses,
        why=why,
        information=_information(film, first, last),
    )


def _information(film: Film, first: int, last: int) -> Fraction:
    """Detail in space plus change in time, in grey values; only good for ranking."""
    greys = film.greys[first:last].astype(np.float32)
    change = np.abs(np.diff(greys, axis=0)).mean() if len(greys) > 1 else 0.0
    return exact(float(greys.std(axis=(1, 2)).mean() + change))


def _use(film: Film, claim: _Claim, first: int) -> SourceUse:
    run = claim.run
    still = claim.material.reference.still
    start = Fraction(0) if still else exact(run.speed * float(film.edge(first)) + run.offset)
    return SourceUse(
        id=run.key,
        kind="rush" if claim.material.kind == "footage" else claim.material.kind,
        source_start=max(Fraction(0), start),
        speed=Fraction(0) if still else exact(run.speed),
        mirrored=run.rect.mirrored,
        area=_area(claim),
        evidence=_evidence(claim),
    )


def _evidence(claim: _Claim) -> tuple[Evidence, ...]:
    found = [_frame_match(claim)]
    if claim.material.exact:
        found.append(Evidence("file-hash", Grade.CONTENT, Fraction(1), "The film is this very file."))
    if claim.material.kind == "rush":
        found.append(
            Evidence("vouched", Grade.CONTENT, Fraction(1), "The rush is vouched for by the caller.")
        )
    if claim.material.capture:
        found.extend(claim.material.capture.evidence())
    found.extend(claim.material.attested.evidence)
    return tuple(found)


def _frame_match(claim: _Claim) -> Evidence:
    agreement = max(0.0, min(1.0, claim.run.agreement))
    return Evidence(
        kind="frame-match",
        grade=Grade.CONTENT,
        confidence=exact(1 - (1 - agreement) ** 2),
        note=f"The picture agrees with {claim.run.key} at {agreement:.2f} of 1.",
        params=(("agreement", f"{agreement:.2f}"), ("source", claim.run.key)),
    )


def _without_repeats(
    segments: Sequence[Segment], runs: Sequence[Run], materials: Mapping[str, Material]
) -> list[Segment]:
    """Own footage shown again is neutral: only the first showing of every stretch of a take counts."""
    sharp = {run.key for run in runs if run.sharp >= SHARP}
    shown: dict[str, list[tuple[Fraction, Fraction]]] = {}
    result: list[Segment] = []
    for segment in segments:
        if segment.state is not State.HUMAN or segment.sources[0].id not in sharp:
            result.append(segment)
            continue
        use = segment.sources[0]
        before = shown.setdefault(use.id, [])
        result.extend(_first_showings(segment, use, before))
        before.append(_span(segment, use))
    return result


def _span(segment: Segment, use: SourceUse) -> tuple[Fraction, Fraction]:
    ends = use.source_start, use.source_start + use.speed * segment.seconds
    return min(ends), max(ends)


def _first_showings(
    segment: Segment, use: SourceUse, before: Sequence[tuple[Fraction, Fraction]]
) -> list[Segment]:
    """The segment cut where it begins or ends to show what was shown before."""
    if not use.speed:
        return [segment]
    marks = sorted(
        {
            segment.start + (place - use.source_start) / use.speed
            for span in before
            for place in span
            if min(_span(segment, use)[1], span[1]) - max(_span(segment, use)[0], span[0]) >= LEAST_REPEAT
        }
    )
    parts = [segment]
    for mark in marks:
        if parts[-1].start < mark < parts[-1].end:
            parts[-1:] = split(parts[-1], mark)
    return [_neutral_if_seen(part, before) for part in parts]


def _neutral_if_seen(part: Segment, before: Sequence[tuple[Fraction, Fraction]]) -> Segment:
    low, high = _span(part, part.sources[0])
    seen = any(start <= low and high <= end for start, end in before) and part.seconds >= LEAST_REPEAT
    if not seen:
        return part
    return Segment(
        start=part.start,
        end=part.end,
        state=State.NEUTRAL,
        alpha=Interval(Fraction(0), Fraction(0)),
        sources=part.sources,
        why="repeat",
        information=part.information,
    )
