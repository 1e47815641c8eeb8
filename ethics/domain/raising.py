"""What would raise the degree: each way tried on the facts of the film, and what it brings reckoned exactly.

A way is tried by changing the facts as if it had been gone and adding up again, so that the points are those the next
measuring would show, all else equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ethics.domain.edit_term import EditFacts, edit_term
from ethics.domain.intervention import Intervention, intervention
from ethics.domain.picture_term import (
    CANDIDATES_TO_FULL,
    NO_RECORD,
    GenerationFacts,
    ai_source_score,
    picture_term,
)
from ethics.domain.profiles import DEFAULT_PROFILE, Profile
from ethics.domain.segments import ALL, NOTHING, ONE, ZERO, Segment, State
from ethics.domain.sound_term import SOUND_PLANES, script_term, sound_term
from ethics.domain.terms import Term

LEAST_POINTS = Fraction(1, 2)
"""Ways that bring less than half a point are not worth a sentence."""

MOST_WAYS = 8
MORE_STEPS, MORE_VERSIONS, MORE_TAKES = 4, 3, 4
Planes = Mapping[str, Sequence[Segment]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the degree is reckoned from.

    Attributes:
        planes: Segments by plane: picture, voice, music, effects, script.
        processes: What people did around each generated source, by its id.
        reflection: R as the teacher rated it.
    """

    planes: Planes
    processes: Mapping[str, GenerationFacts] = field(default_factory=dict)
    edit: EditFacts = field(default_factory=EditFacts)
    reflection: Term | None = None
    profile: Profile = DEFAULT_PROFILE


@dataclass(frozen=True, slots=True)
class Way:
    """Something the makers can do.

    Attributes:
        code: What to do; pages say it in a sentence.
        term: The term it raises.
        points: By how much the lower end of the degree would rise, at most, 0 to 100.
        source: Id of the source it would do most for; empty where it is about none.
        count: How many of what the sentence names; 0 where it counts nothing.
    """

    code: str
    term: str
    points: Fraction
    source: str = ""
    count: int = 0


def degree_of(facts: Facts) -> Intervention:
    """The degree from its facts."""
    return intervention(
        picture=picture_term(facts.planes.get("picture", ()), facts.processes),
        edit=edit_term(facts.edit),
        script=script_term(facts.planes.get("script")),
        sound=sound_term(facts.planes),
        reflection=facts.reflection,
        profile=facts.profile,
    )


def ways_up(facts: Facts) -> list[Way]:
    """What would raise the lower end, most points first."""
    now = degree_of(facts).low
    found = [
        replace(way, points=degree_of(tried).low - now)
        for way, tried in (*_of_picture(facts), *_of_edit(facts), *_of_others(facts))
    ]
    worth = [way for way in found if way.points >= LEAST_POINTS]
    return sorted(worth, key=lambda way: (-way.points, way.term, way.code))[:MOST_WAYS]


Tried = Iterator[tuple[Way, Facts]]


def _of_picture(facts: Facts) -> Tried:
    segments = facts.planes.get("picture", ())
    open_states = {State.UNKNOWN, State.CONFLICT}
    if any(segment.state in open_states and segment.weight for segment in segments):
        yield Way("prove", "P", ZERO), _with_plane(facts, "picture", _proven(segments, open_states))
    generated = _generated(facts)
    if not generated:
        return
    changes: dict[str, tuple[int, Callable[[GenerationFacts], GenerationFacts]]] = {
        "control": (0, lambda one: replace(one, control=ONE)),
        "direction": (0, lambda one: replace(one, direction=ONE)),
        "iteration": (MORE_STEPS, lambda one: replace(one, iterations=one.iterations + MORE_STEPS)),
        "selection": (0, lambda one: replace(one, candidates=max(one.candidates, CANDIDATES_TO_FULL))),
        "alteration": (0, lambda one: replace(one, alteration=ONE)),
    }
    for code, (count, change) in changes.items():
        tried = {source: change(_proven_record(facts, source)) for source in generated}
        best = max(sorted(generated), key=lambda source: generated[source] * _gain(facts, source, tried))
        yield Way(code, "P", ZERO, best, count), replace(facts, processes={**facts.processes, **tried})


def _generated(facts: Facts) -> dict[str, Fraction]:
    """Part of the running time in which each generated source leads."""
    term = picture_term(facts.planes.get("picture", ()), facts.processes)
    return {part.id: part.time for part in term.sources if part.kind == "generated"} if term else {}


def _proven_record(facts: Facts, source: str) -> GenerationFacts:
    known = facts.processes.get(source, NO_RECORD)
    return known if known.grade >= NO_RECORD.grade else NO_RECORD


def _gain(facts: Facts, source: str, tried: Mapping[str, GenerationFacts]) -> Fraction:
    before = ai_source_score(facts.processes.get(source, NO_RECORD)).low
    return ai_source_score(tried[source]).low - before


def _proven(segments: Sequence[Segment], states: set[State]) -> list[Segment]:
    """The segments as they would be were everything in these states proven human."""
    return [
        replace(segment, state=State.HUMAN, alpha=NOTHING) if segment.state in states else segment
        for segment in segments
    ]


def _with_plane(facts: Facts, name: str, segments: Sequence[Segment]) -> Facts:
    return replace(facts, planes={**facts.planes, name: segments})


def _of_edit(facts: Facts) -> Tried:
    edit = facts.edit
    if edit.versions is not None:
        versions = edit.versions + MORE_VERSIONS
        yield (
            Way("versions", "E", ZERO, count=MORE_VERSIONS),
            replace(facts, edit=replace(edit, versions=versions)),
        )
    if edit.operations is None:
        placed = sum(1 for segment in facts.planes.get("picture", ()) if segment.weight)
        yield Way("timeline", "E", ZERO), replace(facts, edit=replace(edit, operations=placed))
    if edit.used:
        wanted = max(edit.available or ZERO, MORE_TAKES * edit.used)
        yield (
            Way("shooting-ratio", "E", ZERO, count=MORE_TAKES),
            replace(facts, edit=replace(edit, available=wanted)),
        )


def _of_others(facts: Facts) -> Tried:
    script = facts.planes.get("script", ())
    if not script:
        yield Way("script", "S", ZERO), _with_plane(facts, "script", [_whole_script()])
    for code, states in (("script-record", {State.UNKNOWN}), ("script-rewrite", {State.AI, State.MIXED})):
        if any(segment.state in states for segment in script):
            yield Way(code, "S", ZERO), _with_plane(facts, "script", _proven(script, states))
    for name in SOUND_PLANES:
        sounds = facts.planes.get(name, ())
        for verb, states in (("prove", {State.UNKNOWN, State.CONFLICT}), ("record", {State.AI, State.MIXED})):
            if any(segment.state in states and segment.weight for segment in sounds):
                yield Way(f"{verb}-{name}", "A", ZERO), _with_plane(facts, name, _proven(sounds, states))
    if facts.reflection is None or facts.reflection.value.low < ONE:
        code = "reflection" if facts.reflection is None else "reflection-more"
        yield Way(code, "R", ZERO), replace(facts, reflection=Term("R", ALL))


def _whole_script() -> Segment:
    return Segment(ZERO, ONE, State.HUMAN, NOTHING)
