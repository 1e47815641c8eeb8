"""The sound planes: which stretches of a film's sound are generated, which come from the takes, and how much of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

import numpy as np
import numpy.typing as npt

from ethics.backends.segmenting import Material, copied_evidence
from ethics.domain.segments import (
    ALL,
    ANYTHING,
    LEAST_AREA,
    NOTHING,
    ONE,
    ZERO,
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
)
from ethics.domain.sound_planes import LEAST_PART, LEAST_REST, Sounding, sounding_alpha, state_of
from ethics.domain.sound_term import SOUND_PLANES
from footage.bands import Part, likeness, shares
from footage.copies import FILE, SAMPLES
from footage.landmarks import SoundPrint, SoundRun

TENTH = Fraction(1, 10)
SURE_HITS = 60
"""Landmarks that agree from which the confidence is above .99."""

SAME_SOUND, INSIDE = 0.75, 0.8
"""Files this alike hold one sound, when so much of one's run lies inside the other's."""

STEADY, SETTLED = 5, 9
"""Tenths of a second over which a source must be heard, and a rest be left, for most of the time."""

CLEARLY = 0.5
"""A rest this large counts from a quarter of a second on."""

TRACE = Fraction(1, 10**6)

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Heard:
    """A run of a source in the mix.

    Attributes:
        planes: The planes it may speak for.
        is_known: Its one plane is known, not only its makers' word.
        against: A recording that holds the very same sound as this generated source.
    """

    run: SoundRun
    planes: tuple[str, ...]
    is_known: bool = False
    against: str = ""


@dataclass(frozen=True, slots=True)
class _Listening:
    """What is heard when.

    Attributes:
        heard: The runs.
        energies: float32 (runs, tenths), share of the mix's energy.
        audible: bool (runs, tenths), whether a run makes up enough to be heard.
        rest: float32 (tenths,), share that nothing explains, steadied.
        loud: bool (tenths,).
    """

    heard: Sequence[Heard]
    energies: Floats
    audible: Flags
    rest: Floats
    loud: Flags

    def numbers(self, tenth: int, plane: str) -> tuple[int, ...]:
        """Runs heard in a plane at a tenth of a second, the loudest first."""
        found = [n for n, one in enumerate(self.heard) if self.audible[n, tenth] and plane in one.planes]
        return tuple(sorted(found, key=lambda n: -self.energies[n, tenth]))


def sound_planes(
    sound: SoundPrint,
    heard: Sequence[Heard],
    materials: Mapping[str, Material],
    *,
    least_human: int = Grade.CONTENT,
) -> dict[str, list[Segment]]:
    """Voice, music and effects in judged stretches of tenths of a second; silence is neutral.

    A source counts in the planes it may speak for, by its share of the mix's energy. What no source explains is unknown in
    every plane. Music and effects are left out where nothing of them counts; a film with sound always has the voice.
    """
    listening = _listened(sound, heard, materials)
    planes = {
        plane: merged(_segments(listening, plane, materials, least_human=least_human))
        for plane in SOUND_PLANES
        if listening.loud.any()
    }
    return {
        plane: segments
        for plane, segments in planes.items()
        if plane == "voice" or any(segment.weight for segment in segments)
    }


def _listened(sound: SoundPrint, heard: Sequence[Heard], materials: Mapping[str, Material]) -> _Listening:
    heard = _told_apart(heard, materials)
    tenths = len(sound.loud)
    energies = shares(sound.bands, [_part(one.run, materials) for one in heard], tenths=tenths)
    audible = _steadied(energies >= float(LEAST_PART)) & (energies > 0)
    left = 1 - energies.sum(axis=0)
    settled, clearly = _steadied(left >= float(LEAST_REST), over=SETTLED), _steadied(left >= CLEARLY)
    is_open = (settled | clearly) & ~_edges(np.asarray(audible.any(axis=0)), sound.loud)
    rest = np.where(is_open, left.clip(float(LEAST_REST), 1), 0)
    return _Listening(heard, energies, audible, rest.astype(np.float32), sound.loud)


def _edges(audible: Flags, loud: Flags) -> Flags:
    """Loud stretches of half a second at most beside a source: its landmarks begin a little late and end early."""
    result = np.zeros(len(loud), bool)
    beside = np.pad(audible, 1)
    for is_open, group in groupby(
        range(len(loud)), key=lambda tenth: bool(loud[tenth] and not audible[tenth])
    ):
        tenths = list(group)
        # `beside` is shifted by one: its place n is the tenth before n.
        touches = beside[tenths[0]] or beside[tenths[-1] + 2]
        result[tenths] = is_open and touches and len(tenths) <= STEADY
    return result


def _told_apart(heard: Sequence[Heard], materials: Mapping[str, Material]) -> list[Heard]:
    """Of files that hold one and the same sound only one is laid under the mix: a generated one first, then an own one.

    What speaks against it stays with it, so that a recording that is a generated sound is a conflict.
    """
    kept: list[Heard] = []
    for one in sorted(heard, key=lambda one: (_rank(materials[one.run.key]), -one.run.hits)):
        place = next((n for n, other in enumerate(kept) if _same_sound(one, other, materials)), None)
        if place is None:
            kept.append(one)
        elif _opposed(one, kept[place], materials):
            kept[place] = replace(kept[place], against=one.run.key)
    return sorted(kept, key=lambda one: (one.run.start, one.run.key))


def _rank(material: Material) -> int:
    return 0 if material.kind == "generated" else 2 if material.kind == "other" else 1


def _same_sound(one: Heard, other: Heard, materials: Mapping[str, Material]) -> bool:
    shared = min(one.run.end, other.run.end) - max(one.run.start, other.run.start)
    if one.run.key == other.run.key or shared < INSIDE * (one.run.end - one.run.start):
        return False
    return likeness(_part(one.run, materials), _part(other.run, materials)) >= SAME_SOUND


def _opposed(one: Heard, other: Heard, materials: Mapping[str, Material]) -> bool:
    """Whether a recording and a generated sound claim the same; not when one was made from the other."""
    recorded, generated = materials[one.run.key], materials[other.run.key]
    is_related = one.run.key in generated.made_from or other.run.key in recorded.made_from
    return generated.kind == "generated" and recorded.kind in {"rush", "footage"} and not is_related


def _part(run: SoundRun, materials: Mapping[str, Material]) -> Part:
    own = materials[run.key].reference.sound
    assert own is not None  # noqa: S101 - only sources with sound have runs
    return Part(run.start, run.end, run.source_start, run.speed, own.bands)


def _steadied(flags: Flags, *, over: int = STEADY) -> Flags:
    """Flags (…, tenths) that hold for most of the tenths around."""
    around = np.pad(flags.astype(np.float32), [(0, 0)] * (flags.ndim - 1) + [(over // 2,) * 2], mode="edge")
    result: Flags = np.lib.stride_tricks.sliding_window_view(around, over, axis=-1).mean(axis=-1) > 0.5
    return result


def _segments(
    listening: _Listening, plane: str, materials: Mapping[str, Material], *, least_human: int
) -> list[Segment]:
    """Neighbouring tenths in which the same is heard become one stretch."""
    tenths = range(len(listening.loud))
    return [
        _stretch(listening, plane, list(group), numbers, materials, least_human)
        for (_, numbers, _), group in groupby(tenths, key=lambda tenth: _same(listening, plane, tenth))
    ]


def _same(listening: _Listening, plane: str, tenth: int) -> tuple[bool, tuple[int, ...], bool]:
    if not listening.loud[tenth]:
        return False, (), False
    numbers = tuple(sorted(listening.numbers(tenth, plane)))
    return True, numbers, bool(listening.rest[tenth])


def _stretch(
    listening: _Listening,
    plane: str,
    tenths: Sequence[int],
    numbers: Sequence[int],
    materials: Mapping[str, Material],
    least_human: int,
) -> Segment:
    start, end = tenths[0] * TENTH, (tenths[-1] + 1) * TENTH
    if not listening.loud[tenths[0]]:
        return Segment(start, end, State.NEUTRAL, NOTHING, why="silence")
    rest = exact(float(listening.rest[tenths].mean()))
    if numbers:
        voices = _voices(listening, tenths, numbers, materials, least_human)
        return _sounding(start, end, voices, rest)
    if rest:
        return Segment(start, end, State.UNKNOWN, ANYTHING, why="unmatched")
    return Segment(start, end, State.NEUTRAL, NOTHING, why="other-plane")


@dataclass(frozen=True, slots=True)
class _Voice:
    """A source in one stretch of one plane: how much of the mix it is, and what it is by itself."""

    one: Heard
    material: Material
    energy: Fraction
    state: State
    alpha: Interval


def _voices(
    listening: _Listening,
    tenths: Sequence[int],
    numbers: Sequence[int],
    materials: Mapping[str, Material],
    least_human: int,
) -> list[_Voice]:
    """The sources of a stretch, the loudest first."""
    found = []
    for number in numbers:
        one = listening.heard[number]
        energy = max(TRACE, exact(float(listening.energies[number, tenths].mean())))
        state, alpha = _judged(one, materials, least_human)
        found.append(_Voice(one, materials[one.run.key], energy, state, alpha))
    return sorted(found, key=lambda voice: (-voice.energy, voice.one.run.key, voice.one.run.start))


def _judged(one: Heard, materials: Mapping[str, Material], least_human: int) -> tuple[State, Interval]:
    material = materials[one.run.key]
    against = materials[one.against].human_grade if one.against else None
    grades = [grade for grade in (material.human_grade, against) if grade is not None]
    return judge(
        ai=material.ai_grade,
        human=max(grades, default=None),
        area=Interval(LEAST_AREA, ONE) if material.attested.is_mixed else ALL,
        least_human=least_human,
        claims_capture=material.attested.claims_capture,
    )


def _sounding(start: Fraction, end: Fraction, voices: Sequence[_Voice], rest: Fraction) -> Segment:
    alpha = sounding_alpha(
        [Sounding(voice.energy, voice.alpha, is_certain=voice.one.is_known) for voice in voices],
        rest,
    )
    state = state_of(alpha, [voice.state for voice in voices])
    uses = tuple(_use(voice, start) for voice in voices)
    high = ONE if state is State.CONFLICT else alpha.high
    return Segment(start, end, state, interval(alpha.low, high), uses, _why(state, voices, rest))


def _why(state: State, voices: Sequence[_Voice], rest: Fraction) -> str:
    if state is not State.UNKNOWN:
        return ""
    unknown = [voice for voice in voices if voice.state is State.UNKNOWN]
    if not unknown:
        return "partly" if rest else ""
    return "other" if unknown[0].material.kind == "other" else "attached"


def _use(voice: _Voice, start: Fraction) -> SourceUse:
    run, material = voice.one.run, voice.material
    place = max(ZERO, exact(run.source_start + (float(start) - run.start) * run.speed))
    return SourceUse(
        id=run.key,
        kind="rush" if material.kind == "footage" else material.kind,
        source_start=place,
        speed=exact(run.speed),
        mirrored=False,
        area=interval(voice.energy),
        evidence=_evidence(run, material),
    )


def _evidence(run: SoundRun, material: Material) -> tuple[Evidence, ...]:
    confidence = exact(1 - 10 ** (-2 * min(1.5, run.hits / SURE_HITS)))
    note = f"{run.hits} sound landmarks agree with {run.key}."
    params = (("hits", str(run.hits)), ("source", run.key))
    evidence = [Evidence("sound-match", Grade.CONTENT, confidence, note, params)]
    evidence.extend(copied_evidence(material, (FILE, SAMPLES)))
    if material.kind == "rush":
        evidence.append(
            Evidence("vouched", Grade.CONTENT, Fraction(1), "The rush is vouched for by the caller.")
        )
    if material.capture:
        evidence.extend(material.capture.evidence())
    evidence.extend(material.attested.evidence)
    return tuple(evidence)
