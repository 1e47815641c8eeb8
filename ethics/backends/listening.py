"""The voice plane: which stretches of a film's sound come from generated voices and which from the takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ethics.backends.segmenting import Material, copied_evidence
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
    judge,
    merged,
)
from footage.copies import FILE, SAMPLES
from footage.landmarks import SoundPrint, SoundRun

TENTH = Fraction(1, 10)
SURE_HITS = 60
"""Landmarks that agree from which the confidence is above .99."""


def voice_segments(
    sound: SoundPrint,
    runs: Sequence[SoundRun],
    materials: Mapping[str, Material],
    *,
    least_human: int = Grade.CONTENT,
) -> list[Segment]:
    """The film's sound in judged stretches of tenths of a second; silence is neutral.

    A generated voice over recorded sound is AI: what is asked here is who speaks, not what else is heard.
    """
    pieces = []
    for tenth, loud in enumerate(sound.loud):
        start = tenth * TENTH
        run = _leading(runs, materials, float(start + TENTH / 2))
        pieces.append(_piece(start, bool(loud), run, materials, least_human))
    return merged(pieces)


def _leading(runs: Sequence[SoundRun], materials: Mapping[str, Material], time: float) -> SoundRun | None:
    """The run heard at a time: a generated one before a recorded one, then the one with most hits."""
    heard = [run for run in runs if run.start <= time < run.end]
    return max(heard, key=lambda run: (materials[run.key].kind == "generated", run.hits), default=None)


def _piece(
    start: Fraction, loud: bool, run: SoundRun | None, materials: Mapping[str, Material], least_human: int
) -> Segment:
    end = start + TENTH
    if run is None:
        state, alpha = (
            (State.UNKNOWN, Interval(Fraction(0), Fraction(1))) if loud else (State.NEUTRAL, _nothing())
        )
        return Segment(start, end, state, alpha, why="unmatched" if loud else "silence")
    if not loud:
        return Segment(start, end, State.NEUTRAL, _nothing(), why="silence")
    material = materials[run.key]
    state, alpha = judge(
        ai=material.ai_grade,
        human=material.human_grade,
        area=Interval(LEAST_AREA, Fraction(1)) if material.attested.is_mixed else ALL,
        least_human=least_human,
    )
    why = "" if state is not State.UNKNOWN else "other" if material.kind == "other" else "attached"
    return Segment(start, end, state, alpha, (_use(run, material, start),), why)


def _nothing() -> Interval:
    return Interval(Fraction(0), Fraction(0))


def _use(run: SoundRun, material: Material, start: Fraction) -> SourceUse:
    place = max(Fraction(0), exact(run.source_start + float(start) - run.start))
    confidence = exact(1 - 10 ** (-2 * min(1.5, run.hits / SURE_HITS)))
    note = f"{run.hits} sound landmarks agree with {run.key}."
    evidence = [
        Evidence(
            "sound-match", Grade.CONTENT, confidence, note, (("hits", str(run.hits)), ("source", run.key))
        )
    ]
    evidence.extend(copied_evidence(material, (FILE, SAMPLES)))
    if material.kind == "rush":
        evidence.append(
            Evidence("vouched", Grade.CONTENT, Fraction(1), "The rush is vouched for by the caller.")
        )
    if material.capture:
        evidence.extend(material.capture.evidence())
    evidence.extend(material.attested.evidence)
    return SourceUse(
        id=run.key,
        kind="rush" if material.kind == "footage" else material.kind,
        source_start=place,
        speed=Fraction(1),
        mirrored=False,
        area=ALL,
        evidence=tuple(evidence),
    )
