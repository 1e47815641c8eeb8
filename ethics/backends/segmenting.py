"""From runs of frames to judged segments of the picture plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import numpy as np

from ethics.backends.attested import SILENT, Attested
from ethics.backends.capture import CaptureTest
from ethics.domain.composites import Composite, plate_area, weighed
from ethics.domain.segments import (
    ALL,
    ANYTHING,
    COUNTED_ONCE,
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
from footage.copies import FILE, SAMPLES, STREAM
from footage.fingerprints import Reference
from footage.neutral import FREEZE_SECONDS
from footage.trace import Film, Run, overlap

TIE = 0.03
"""Two sources that agree with a stretch this alike both claim it."""

SEEN_AS_MUCH = 0.6
"""A rival claim counts when at least this part of what the best one surely covers is surely covered by it."""

ALWAYS_NEUTRAL = frozenset({"black", "plain"})
MOST_MIXED, MIXED = 2, 0.05
"""Frames at a cut that may mix what is before and after it, and the part of them that the two may leave unexplained."""

LEAST_SMEAR = 0.1
"""Part of either side that a frame at a cut must show to blur it."""

TAKE_MOVES = 3.0
"""Mean change of grey values over a held span from which a take would have moved in it."""

LEAST_REPEAT = Fraction(1, 2)
MOST_LEFT = Fraction(1, 5)
REPEAT, HELD = "repeat", "held"
MOST_DRAWN = 2
"""Frames in which an encoder draws a picture that begins to stand still."""
LEAST_HOLE = 0.12
"""A compact part of the picture at least this large that is something else than the source counts; titles don't."""

SAME_PLACE = 0.2
"""Insets that overlap more than this show one place."""

SPLIT = Fraction(17, 20)
"""Insets that cover this much of an empty ground are a split screen."""


COPIED = {
    FILE: "The film is this very file.",
    STREAM: "The film's coded picture is that of this file, byte for byte.",
    SAMPLES: "The film's sound is that of this file, sample for sample.",
}


@dataclass(frozen=True, slots=True)
class Material:
    """What segmenting needs to know of a source.

    Attributes:
        made_from: Ids of sources that a generated asset was made from.
        copied: What the film shares byte for byte with it: kinds of `footage.copies`.
        attested: What the file says of its own making.
        composite: What the platform's record says, when it put the file together itself.
        plate: The plate of that composite; None when it is none of the sources.
        subject: What was set over it.
    """

    kind: Literal["generated", "rush", "footage", "other"]
    reference: Reference
    capture: CaptureTest | None = None
    made_from: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    attested: Attested = SILENT
    composite: Composite | None = None
    plate: Material | None = None
    subject: Material | None = None

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
        if self.composite:
            return None
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
    pieces = _mended(film, edges, pieces)
    return _loosened(film, merged(_without_repeats(film, merged(pieces), runs)))


def _loosened(film: Film, segments: Sequence[Segment]) -> list[Segment]:
    """The segments, the starts of those loose by a frame that no clean cut shows to the frame, by more around what is held."""
    frames = {film.edge(frame): frame for frame in range(film.count)}
    found = list(segments[:1])
    for before, after in pairwise(segments):
        frame = frames.get(after.start)
        if _weighs_as(before, after) or (frame in film.cuts and not _is_smeared(film, frame)):
            found.append(after)
        else:
            still = HELD in (before.why, after.why)
            found.append(replace(after, loose=(MOST_DRAWN if still else 1) * film.end / film.count))
    return found


def _weighs_as(one: Segment, other: Segment) -> bool:
    """Whether a border between two changes no share."""
    is_neutral = one.state is State.NEUTRAL
    return is_neutral == (other.state is State.NEUTRAL) and (is_neutral or one.alpha == other.alpha)


def _is_smeared(film: Film, cut: int) -> bool:
    """Whether the frame before a cut, or after it, shows something of both sides."""
    inside = [frame for frame in (cut - 1, cut) if 1 <= frame < film.count - 1]
    return any(_is_mixed(film, frame, frame + 1, least=LEAST_SMEAR) for frame in inside)


def _edges(film: Film, runs: Sequence[Run]) -> list[int]:
    """Every frame at which something changes: cuts, run borders, neutral borders."""
    found = {0, film.count, *film.cuts}
    for run in runs:
        found.update((run.first, run.last))
    for first, last in film.held:
        found.update((first, last))
    found.update(f for f in range(1, film.count) if film.kinds[f] != film.kinds[f - 1])
    return sorted(found)


def _mended(film: Film, edges: Sequence[int], pieces: Sequence[Segment]) -> list[Segment]:
    """The pieces, where a frame or two between two of one state that mix the one into the other are of that state too.

    Cameras that film a screen and conversions of the frame rate leave such frames at every cut.
    """
    mended = list(pieces)
    for place in range(1, len(pieces) - 1):
        before, piece, after = pieces[place - 1 : place + 2]
        is_between = piece.why == "unmatched" and before.state == after.state and before.state in COUNTED_ONCE
        if is_between and _is_mixed(film, edges[place], edges[place + 1]):
            mended[place] = replace(after, start=piece.start, end=piece.end, information=piece.information)
    return mended


def _is_mixed(film: Film, first: int, last: int, *, least: float = 0.0) -> bool:
    """Whether a few frames are the one before and the one after them, each with a part of its own, laid over one another."""
    if last - first > MOST_MIXED:
        return False
    ends = np.stack([film.greys[first - 1], film.greys[last]]).reshape(2, -1).astype(np.float64)
    for frame in film.greys[first:last].reshape(last - first, -1).astype(np.float64):
        parts, *_ = np.linalg.lstsq(ends.T, frame, rcond=None)
        left = frame - parts @ ends
        if min(parts) < least or left.var() > MIXED * frame.var():
            return False
    return True


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
    """The segment by what fills the picture, then by the insets that lie over it."""
    layers = [claim for claim in claims if claim.run.is_layer][:1]
    chosen = _chosen(_under(layers, [claim for claim in claims if not claim.run.is_part]))
    insets = _apart([*layers, *(claim for claim in claims if claim.run.is_inset)])
    neutral = "" if insets else _neutral(film, first, last, chosen)
    if neutral:
        return _piece(film, first, last, State.NEUTRAL, Interval(Fraction(0), Fraction(0)), (), neutral)
    uses = tuple(_use(film, claim, first) for claim in [*chosen, *insets])
    if chosen and chosen[0].material.composite:
        state, alpha = _composed(film, chosen[0], (first, last), least_human)
    else:
        state, alpha = _judgement(chosen, least_human, explained=_middle(insets))
    if insets:
        ground = state
        state, alpha = _layered(alpha, insets, least_human, is_empty=not chosen)
        state = State.CONFLICT if ground is State.CONFLICT else state
    return _piece(film, first, last, state, alpha, uses, _why(state, [*chosen, *insets]))


def _composed(film: Film, claim: _Claim, span: tuple[int, int], least_human: int) -> tuple[State, Interval]:
    """State and AI fraction of what the platform put together, by its record of how much the plate fills."""
    material, composite = claim.material, claim.material.composite
    if composite is None:
        raise ValueError(f"{claim.run.key} is no composite")
    plate, subject = (_alone(part, least_human) for part in (material.plate, material.subject))
    used = (film.edge(span[1]) - film.edge(span[0])) * abs(exact(claim.run.speed))
    area = plate_area(composite, used=used, length=material.reference.seconds)
    alpha = weighed(area, plate[1], subject[1])
    return _state_of(alpha, {plate[0], subject[0]}), alpha


def _alone(material: Material | None, least_human: int) -> tuple[State, Interval]:
    """State and AI fraction of one file by itself; unknown when it is none of the sources."""
    if material is None:
        return State.UNKNOWN, ANYTHING
    return judge(
        ai=material.ai_grade,
        human=material.human_grade,
        least_human=least_human,
        claims_capture=material.attested.claims_capture,
    )


def _under(layers: Sequence[_Claim], claims: Sequence[_Claim]) -> list[_Claim]:
    """What may fill the picture under a layer: the ground it was found over, and not what only half agrees."""
    grounds = [claim for claim in claims for layer in layers if claim.run.key == layer.run.over]
    return grounds or list(claims)


def _judgement(
    claims: Sequence[_Claim], least_human: int, explained: Fraction = Fraction(0)
) -> tuple[State, Interval]:
    """State and AI fraction of the part of the picture that these claims are about.

    Args:
        explained: Share of the picture where insets lie over it.
    """
    ai = max((claim for claim in claims if claim.material.ai_grade is not None), key=_ai_grade, default=None)
    human = [claim.material.human_grade for claim in claims if claim.material.human_grade is not None]
    state, alpha = judge(
        ai=ai.material.ai_grade if ai else None,
        human=max(human) if human else None,
        area=_ai_area(ai, explained) if ai else ALL,
        least_human=least_human,
        claims_capture=any(claim.material.attested.claims_capture for claim in claims),
    )
    if state is State.HUMAN and (hole := _hole(claims, explained)):
        return State.UNKNOWN, Interval(Fraction(0), hole)
    return state, alpha


def _hole(claims: Sequence[_Claim], explained: Fraction = Fraction(0)) -> Fraction:
    """Share of the picture that is clearly not what the best claim shows; 0 for less than `LEAST_HOLE`."""
    cover = claims[0].run.cover
    hole = 0.0 if cover is None or claims[0].run.is_part else 1 - cover.high - float(explained)
    return exact(hole) if hole >= LEAST_HOLE else Fraction(0)


def _apart(insets: Sequence[_Claim]) -> list[_Claim]:
    """Insets that don't lie over one another, best first; a layer may lie anywhere."""
    kept: list[_Claim] = []
    for claim in insets:
        if claim.run.is_layer or all(overlap(claim.run.box, other.run.box) < SAME_PLACE for other in kept):
            kept.append(claim)
    return kept


def _layered(
    ground: Interval, insets: Sequence[_Claim], least_human: int, *, is_empty: bool
) -> tuple[State, Interval]:
    """State and AI fraction of a picture with insets over a ground, each weighed by the area it covers.

    Insets that leave next to nothing of an empty ground are a split screen: the bars between them don't count.
    """
    areas = [_inset_area(claim) for claim in insets]
    parts = [_judgement([claim], least_human) for claim in insets]
    middle = _middle(insets)
    if is_empty and middle >= SPLIT:
        areas = _of_split(areas)
    low, high = ground.low, ground.high
    for area, (_state, alpha) in zip(areas, parts, strict=True):
        # The end of the area that is least, and then most, in favour of AI.
        low += min((alpha.low - ground.low) * end for end in (area.low, area.high))
        high += max((alpha.high - ground.high) * end for end in (area.low, area.high))
    alpha = interval(max(Fraction(0), low), min(Fraction(1), high))
    return _state_of(alpha, {state for state, _alpha in parts}), alpha


def _of_split(areas: Sequence[Interval]) -> list[Interval]:
    """Shares of a split screen's pictures in all of its pictures, from their shares of the frame.

    What one has too much another has too little, so that each is known twice as well as by itself.
    """
    middles = [(area.low + area.high) / 2 for area in areas]
    shares = [middle / sum(middles, Fraction(0)) for middle in middles]
    return [
        interval(max(Fraction(0), share - area.width / 4), min(Fraction(1), share + area.width / 4))
        for share, area in zip(shares, areas, strict=True)
    ]


def _state_of(alpha: Interval, states: Set[State]) -> State:
    """What a picture of several parts is, from its AI fraction and the states of the parts."""
    if State.CONFLICT in states:
        return State.CONFLICT
    if alpha.high == 0:
        return State.HUMAN
    if alpha.low == 1:
        return State.AI
    return State.MIXED if alpha.low else State.UNKNOWN


def _middle(insets: Sequence[_Claim]) -> Fraction:
    """Share of the picture that insets cover together, by the middle of what is known of each."""
    areas = [_inset_area(claim) for claim in insets]
    return min(Fraction(1), sum(((area.low + area.high) / 2 for area in areas), Fraction(0)))


def _inset_area(claim: _Claim) -> Interval:
    cover = claim.run.cover
    box = claim.run.box.width * claim.run.box.height
    return interval(cover.low, cover.high) if cover else interval(box)


def _ai_grade(claim: _Claim) -> int:
    return claim.material.ai_grade or 0


def _ai_area(claim: _Claim, explained: Fraction) -> Interval:
    """Area of its part that the AI covers: what the trace saw, or anything above ε of a picture said to be mixed."""
    covered = _area(claim, explained)
    return Interval(LEAST_AREA, covered.high) if claim.material.attested.is_mixed else covered


def _chosen(claims: Sequence[_Claim]) -> list[_Claim]:
    """The best claim, and beside it the best of the other side when the two can't be told apart."""
    if not claims:
        return []
    best = claims[0]
    for rival in claims[1:]:
        if rival.score < best.score - TIE:
            break
        if _opposed(best.material, rival.material) and not _related(best, rival) and _fills(best, rival):
            return [best, rival]
    return [best]


def _fills(best: _Claim, rival: _Claim) -> bool:
    """Whether a rival is seen in about as much of the picture: the best parts of two drawings may be alike."""
    covers = best.run.cover, rival.run.cover
    return covers[0] is None or covers[1] is None or covers[1].low >= SEEN_AS_MUCH * covers[0].low


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
    if chosen and _is_held(film, chosen[0].run):
        return HELD
    held = next((span for span in film.held if span[0] <= first and last <= span[1]), None)
    return HELD if held and not (chosen and _plays_on(film, held, chosen[0])) else ""


def _is_held(film: Film, run: Run) -> bool:
    """Whether a take that moves stands still for so long: encoders breathe, so that the film alone need not show it."""
    return run.is_timed and run.speed == 0 and film.edge(run.last) - film.edge(run.first) > FREEZE_SECONDS


def _plays_on(film: Film, held: tuple[int, int], claim: _Claim) -> bool:
    """Whether the take itself stands still, as a locked-off shot of a quiet place does, and the film plays it on."""
    run, reference = claim.run, claim.material.reference
    if reference.still or run.speed == 0:
        return False
    if run.is_timed:
        return True
    times = [run.speed * float(film.edge(frame)) + run.offset for frame in held]
    before, after = (reference.greys[int(np.abs(reference.times - time).argmin())] for time in times)
    return float(np.abs(before.astype(np.int16) - after).mean()) < TAKE_MOVES


def _area(claim: _Claim, explained: Fraction = Fraction(0)) -> Interval:
    """Share of its part of the picture that a claim covers: whole, unless something compact lies over it.

    What lies over it may be generated as well, so that the upper end stays 1.
    """
    cover = claim.run.cover
    if claim.run.is_part or cover is None or 1 - cover.high - float(explained) < LEAST_HOLE:
        return ALL
    return interval(max(float(LEAST_AREA), cover.low), 1.0)


def _why(state: State, chosen: Sequence[_Claim]) -> str:
    if state is not State.UNKNOWN:
        return ""
    if not chosen:
        return "unmatched"
    if chosen[0].material.human_grade is not None and _hole(chosen):
        return "partly"
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
        area=_inset_area(claim) if claim.run.is_part else _area(claim),
        evidence=_evidence(claim),
    )


def _evidence(claim: _Claim) -> tuple[Evidence, ...]:
    found = [_frame_match(claim)]
    found.extend(copied_evidence(claim.material, (FILE, STREAM)))
    if claim.material.composite:
        found.append(_composite_evidence(claim.material.composite))
    if claim.material.kind == "rush":
        found.append(
            Evidence("vouched", Grade.CONTENT, Fraction(1), "The rush is vouched for by the caller.")
        )
    if claim.material.capture:
        found.extend(claim.material.capture.evidence())
    found.extend(claim.material.attested.evidence)
    return tuple(found)


def _composite_evidence(composite: Composite) -> Evidence:
    share = f"{float(composite.plate_share):.0%}"
    return Evidence(
        kind="composite",
        grade=Grade.CONTENT,
        confidence=Fraction(1),
        note=f"The platform put it together: its plate fills {share} of the frame.",
        params=(("share", share),),
    )


def copied_evidence(material: Material, kinds: Sequence[str]) -> list[Evidence]:
    """What the film shares byte for byte with a source, as far as it is of these kinds."""
    return [
        Evidence(kind, Grade.CONTENT, Fraction(1), COPIED[kind]) for kind in material.copied if kind in kinds
    ]


def _frame_match(claim: _Claim) -> Evidence:
    agreement = max(0.0, min(1.0, claim.run.agreement))
    return Evidence(
        kind="frame-match",
        grade=Grade.CONTENT,
        confidence=exact(1 - (1 - agreement) ** 2),
        note=f"The picture agrees with {claim.run.key} at {agreement:.2f} of 1.",
        params=(("agreement", f"{agreement:.2f}"), ("source", claim.run.key)),
    )


def _without_repeats(film: Film, segments: Sequence[Segment], runs: Sequence[Run]) -> list[Segment]:
    """A take or generated clip shown again is neutral: only the first showing of every stretch of it counts."""
    shown: dict[str, list[tuple[Fraction, Fraction]]] = {}
    result: list[Segment] = []
    for segment in segments:
        if segment.state not in COUNTED_ONCE or not _knows_its_time(film, segment, runs):
            result.append(segment)
            continue
        use = segment.sources[0]
        before = shown.setdefault(use.id, [])
        result.extend(_first_showings(segment, use, before))
        before.append(_span(segment, use))
    return _filled(result)


def _knows_its_time(film: Film, segment: Segment, runs: Sequence[Run]) -> bool:
    """Whether what a segment shows is known to the moment for most of it."""
    key = segment.sources[0].id
    known = [run for run in runs if run.key == key and (run.is_timed or run.moving)]
    ends = [
        (max(segment.start, film.edge(run.first)), min(segment.end, film.edge(run.last))) for run in known
    ]
    return 2 * sum(max(Fraction(0), last - first) for first, last in ends) > segment.seconds


def _filled(segments: Sequence[Segment]) -> list[Segment]:
    """The segments, where a few frames beside a repeat repeat it too: times are known to a few frames only.

    Unless the source plays on beyond them.
    """
    found = list(segments)
    for at, segment in enumerate(segments):
        if segment.state not in COUNTED_ONCE or segment.seconds > MOST_LEFT:
            continue
        key = segment.sources[0].id
        beside = [one for one in segments[max(0, at - 1) : at + 2] if one is not segment and one.sources]
        same = [one.why == REPEAT for one in beside if one.sources[0].id == key]
        if same and all(same):
            found[at] = _repeat(segment)
    return found


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
    return _repeat(part) if seen else part


def _repeat(part: Segment) -> Segment:
    return replace(part, state=State.NEUTRAL, alpha=Interval(Fraction(0), Fraction(0)), why=REPEAT)
