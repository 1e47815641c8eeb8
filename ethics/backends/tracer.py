"""From files to an assessment: decode and trace the film, judge every segment, add up.

`trace_film` does the long work on pixels; `build_assessment` turns what it found into the document of MEASURE
§10 and may be called again with another cap or better facts without decoding anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from ethics.backends.altering import alterations
from ethics.backends.attested import attested
from ethics.backends.capture import CaptureTest, capture_test
from ethics.backends.keeping import FORGETFUL, Keeper, pictures_key, references_key
from ethics.backends.layers import Layer, Named, hints_of, layers_json, layers_of, planes_of
from ethics.backends.listening import Heard, sound_planes
from ethics.backends.processing import process_facts
from ethics.backends.segmenting import Material, picture_segments
from ethics.domain.admissions import Admission, with_admissions
from ethics.domain.assessment import FilmFacts, document, verdict_json
from ethics.domain.composites import Composite
from ethics.domain.edit_term import EditFacts
from ethics.domain.picture_term import NO_RECORD, GenerationFacts
from ethics.domain.process import Step
from ethics.domain.raising import Facts, degree_of, ways_up
from ethics.domain.records import NO_RECORDS, Records
from ethics.domain.segments import Grade, Segment, SourceUse, State, exact
from ethics.domain.verdict import verdict_on
from ethics.domain.versions import Layout, layout_of, substantive
from footage.copies import STREAM, copies
from footage.evidence import Evidences
from footage.fingerprints import Reference, make_reference
from footage.hashes import sha256_file
from footage.landmarks import Mix, SoundRun, find_sounds, listen_to_mix
from footage.timelines import Timeline
from footage.trace import Film, Run, find_runs, read_film, with_copies

Kind = Literal["generated", "rush", "footage", "other"]
Progress = Callable[[float], None]

DEFAULT_CAP = Fraction(2, 5)
DECODING_PART, REFERENCE_PART = 0.3, 0.3


@dataclass(frozen=True, slots=True)
class Source:
    """A file that the film may be made of.

    Attributes:
        id: File name or media id; unique among the sources.
        path: The file.
        kind: generated (stands in the ledger), rush (vouched for), footage (to be put through the capture
            test) or other (somebody else's material).
        still: Told by the caller; the fingerprint decides.
        process: What people did around a generated asset, where the caller knows it; else it is read from the records.
        reference: Its stored fingerprint, so that it needn't be decoded again.
        own: Whether the makers of the film had it at hand; others' generated assets are searched but don't
            count as material for the shooting ratio.
        name: What the person called the file.
        evidences: What the file says of its own making, where it was read.
        is_logged: A set log covers it that a maker and a teacher have signed.
        planes: Sound planes it is known to be made for; empty when only its name or its track can tell.
        composite: What its recipe says, when the platform put it together.
    """

    id: str
    path: Path
    kind: Kind
    still: bool = False
    process: GenerationFacts | None = None
    reference: Reference | None = None
    own: bool = True
    name: str = ""
    evidences: Evidences | None = None
    is_logged: bool = False
    planes: tuple[str, ...] = ()
    composite: Composite | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A film with everything found in it."""

    name: str
    sha256: str
    film: Film
    runs: tuple[Run, ...]
    sources: Mapping[str, Source]
    references: Mapping[str, Reference]
    sound: Mix | None
    sound_runs: tuple[SoundRun, ...]
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()


def trace_film(
    film: Path,
    sources: Sequence[Source],
    *,
    progress: Progress | None = None,
    name: str = "",
    timeline: Timeline | None = None,
    keep: Keeper = FORGETFUL,
) -> Trace:
    """Decode a film once and find in it what the sources gave.

    Args:
        film: The cut.
        sources: Everything it may show, each id once.
        progress: Called with the part done, from 0 to 1.
        name: What the person called the film; the file's own name when empty.
        timeline: The edit as the crew exported it, where they did.
        keep: Remembers what was read and found in this film before. Whatever a call depends on belongs in its key.

    Raises:
        footage.problems.Problem: when the film or a source without stored fingerprint can't be read.
        ValueError: when two sources share an id.
    """
    if len({source.id for source in sources}) != len(sources):
        raise ValueError("two sources share an id")
    tell = progress or (lambda part: None)
    read = keep.of("film", lambda: read_film(film, progress=lambda part: tell(DECODING_PART * part)))
    references: dict[str, Reference] = {}
    for number, source in enumerate(sources):
        references[source.id] = source.reference or make_reference(source.path)
        tell(DECODING_PART + REFERENCE_PART * (number + 1) / len(sources))
    begun = DECODING_PART + REFERENCE_PART
    compared = references_key(references)
    layers = layers_of(timeline, {source.id: _named(source, references) for source in sources})
    hints = hints_of(layers)
    runs = keep.of(
        "runs",
        lambda: find_runs(
            read, references, hints=hints, progress=lambda part: tell(begun + (1 - begun) * part)
        ),
        made_from=[pictures_key(references), hints],
    )
    digest = keep.film or sha256_file(film)
    same = keep.of(
        "copies",
        lambda: copies(
            film,
            seconds=read.end,
            file_hash=digest,
            references=references,
            paths={source.id: source.path for source in sources},
        ),
        made_from=compared,
    )
    sound = keep.of("sound", lambda: listen_to_mix(film))
    prints = {key: reference.sound for key, reference in references.items() if reference.sound}
    tell(1.0)
    return Trace(
        name=name or film.name,
        sha256=digest,
        film=read,
        runs=tuple(with_copies(read, runs, [key for key, kinds in same.items() if STREAM in kinds])),
        sources={source.id: source for source in sources},
        references=references,
        sound=sound,
        sound_runs=tuple(find_sounds(sound, prints)) if sound else (),
        copies=same,
        layers=layers,
    )


def _named(source: Source, references: Mapping[str, Reference]) -> Named:
    return Named(
        kind=source.kind,
        names=tuple(dict.fromkeys(name for name in (source.name, source.path.name, source.id) if name)),
        planes=source.planes,
        has_picture=len(references[source.id].greys) > 0,
    )


def _heard(trace: Trace) -> list[Heard]:
    files = {source.id: _named(source, trace.references) for source in trace.sources.values()}
    return [
        Heard(run, planes_of(run, files[run.key], trace.layers), is_known=len(files[run.key].planes) == 1)
        for run in trace.sound_runs
    ]


def heat_maps(trace: Trace) -> list[dict[str, Any]]:
    """Where in the frame each source was found: 18 rows of 32 cells as digits, 0 for no agreement to 9 for full.

    Looked at by people; nothing is computed from it, so it is no part of the assessment.
    """
    return [
        {
            "source": run.key,
            "start": float(trace.film.edge(run.first)),
            "end": float(trace.film.edge(run.last)),
            "cells": "".join(map(str, run.cover.heat.ravel().tolist())),
        }
        for run in trace.runs
        if run.cover is not None
    ]


def build_assessment(
    trace: Trace,
    *,
    cap: Fraction = DEFAULT_CAP,
    caps: Mapping[str, Fraction] | None = None,
    least_human: int = Grade.CONTENT,
    operations: int | None = None,
    records: Records = NO_RECORDS,
    admissions: Sequence[Admission] = (),
) -> dict[str, Any]:
    """Judge a traced film and write the assessment.

    Args:
        trace: What `trace_film` found.
        cap: Greatest AI share of the picture.
        caps: Greatest AI share of other planes, where they have one.
        least_human: Grade of evidence from which human work is proven.
        operations: Editing operations in the timeline, where there is one.
        records: What is recorded of the making of the film.
        admissions: What the makers say themselves is AI.
    """
    materials = _materials(trace, records)
    segments = picture_segments(trace.film, trace.runs, materials, least_human=least_human)
    planes: dict[str, Sequence[Segment]] = {"picture": segments}
    if trace.sound and trace.sound.loud.any():
        planes |= sound_planes(trace.sound.sound, _heard(trace), materials, least_human=least_human)
    cuts = [trace.film.edge(cut) for cut in trace.film.cuts]
    versions = _versions(records, layout_of(planes, cuts=cuts, seconds=trace.film.end))
    if script := records.script_plane():
        planes["script"] = script
    planes = {name: with_admissions(found, admissions, plane=name) for name, found in planes.items()}
    facts = Facts(
        planes=planes,
        processes=_processes(trace, segments, records),
        edit=replace(
            _edit_facts(trace, segments, versions=versions, operations=operations),
            open_versions=records.unmeasured,
        ),
        reflection=records.reflection,
        profile=records.profile,
    )
    told = document(
        film=_film_facts(trace),
        planes=planes,
        verdict=verdict_on(plane="picture", segments=planes["picture"], cap=cap),
        intervention=degree_of(facts),
        ways=ways_up(facts),
        cuts=cuts,
        script=records.script,
    )
    return told | _of_planes(planes, caps or {}) | _of_timeline(trace)


def _of_planes(planes: Mapping[str, Sequence[Segment]], caps: Mapping[str, Fraction]) -> dict[str, Any]:
    """Verdicts on planes that have a cap of their own, where the film has them."""
    found = {
        name: verdict_json(verdict_on(plane=name, segments=planes[name], cap=cap))
        for name, cap in caps.items()
        if name in planes
    }
    return {"verdicts": found} if found else {}


def _of_timeline(trace: Trace) -> dict[str, Any]:
    """How far the film bears out its timeline."""
    if not trace.layers:
        return {}
    return {"timeline": layers_json(trace.layers, trace.film, trace.runs, trace.sound_runs)}


def _versions(records: Records, now: Layout) -> int | None:
    """Versions up to this one that changed something; None where versions aren't recorded."""
    return None if records.earlier is None else substantive([*records.earlier, now])


def _processes(trace: Trace, segments: Sequence[Segment], records: Records) -> dict[str, GenerationFacts]:
    """What people did around each generated source that the film shows."""
    shown = {use.id for segment in segments for use in segment.sources if use.kind == "generated"}
    found = process_facts(records.steps, trace.references, wanted=shown)
    found |= {key: source.process for key, source in trace.sources.items() if source.process}
    for key, value in alterations(trace.film, trace.runs, trace.references, segments).items():
        facts = found.get(key, NO_RECORD)
        found[key] = replace(facts, alteration=max(facts.alteration, value))
    return found


def _film_facts(trace: Trace) -> FilmFacts:
    head = trace.film.head
    return FilmFacts(
        name=trace.name,
        sha256=trace.sha256,
        seconds=trace.film.end,
        fps=head.fps or Fraction(0),
        width=head.width,
        height=head.height,
    )


def _materials(trace: Trace, records: Records) -> dict[str, Material]:
    steps = {step.id: step for step in records.steps}
    found = {
        key: Material(
            kind=source.kind,
            reference=trace.references[key],
            capture=_captured(trace, source),
            made_from=_made_from(source, steps.get(key)),
            copied=trace.copies.get(key, ()),
            attested=attested(source.evidences),
        )
        for key, source in trace.sources.items()
    }
    return {key: _put_together(key, found, trace) for key in found}


def _put_together(key: str, found: Mapping[str, Material], trace: Trace) -> Material:
    """A material with its ingredients, when it is a composite of other sources."""
    composite = trace.sources[key].composite
    if composite is None:
        return found[key]
    ids = {trace.references[other].file_hash: other for other in found if other != key}
    plate, subject = ids.get(composite.plate), ids.get(composite.subject)
    return replace(
        found[key],
        composite=composite,
        plate=found[plate] if plate else None,
        subject=found[subject] if subject else None,
        made_from=tuple(dict.fromkeys([*found[key].made_from, *filter(None, (plate, subject))])),
    )


def _made_from(source: Source, step: Step | None) -> tuple[str, ...]:
    if source.process:
        return source.process.made_from
    return step.inputs if step else ()


def _captured(trace: Trace, source: Source) -> CaptureTest | None:
    """The capture test of footage that the film shows; other sources are not put through it."""
    seconds = _seconds_seen(trace, source) + _seconds_heard(trace, source)
    if source.kind != "footage" or not seconds:
        return None
    others = [
        trace.references[key]
        for key, other in trace.sources.items()
        if other.kind == "footage" and key != source.id
    ]
    return capture_test(
        path=source.path,
        name=source.name or source.path.name,
        reference=trace.references[source.id],
        used=seconds,
        others=others,
        is_logged=source.is_logged,
    )


def _seconds_seen(trace: Trace, source: Source) -> Fraction:
    used = [run for run in trace.runs if run.key == source.id]
    return sum((trace.film.edge(run.last) - trace.film.edge(run.first) for run in used), Fraction(0))


def _seconds_heard(trace: Trace, source: Source) -> Fraction:
    """Seconds of a recording that the film lets hear; 0 for what is seen, whose sound comes along."""
    if source.kind != "footage" or _seconds_seen(trace, source):
        return Fraction(0)
    return sum((exact(run.end - run.start) for run in trace.sound_runs if run.key == source.id), Fraction(0))


def _edit_facts(
    trace: Trace, segments: Sequence[Segment], *, versions: int | None, operations: int | None
) -> EditFacts:
    shown = [segment for segment in segments if segment.weight]
    moving = [
        key
        for key, source in trace.sources.items()
        if source.own and len(trace.references[key].greys) and not trace.references[key].still
    ]
    held = sum(
        (s.seconds for s in shown if s.sources and trace.references[s.sources[0].id].still), Fraction(0)
    )
    return EditFacts(
        versions=versions,
        operations=operations,
        changes=sum(1 for one, other in pairwise(shown) if _moves(one, other)),
        distinct=len({use.id for segment in shown for use in segment.sources[:1]}),
        available=sum((trace.references[key].seconds for key in moving), held) if trace.sources else None,
        used=sum((segment.seconds for segment in shown if segment.sources), Fraction(0)),
    )


def _moves(one: Segment, other: Segment) -> bool:
    """Whether the cut goes on from another source, or another place in it; unknown neighbours say nothing."""
    if State.UNKNOWN in (one.state, other.state):
        return False
    first: SourceUse | None = next(iter(one.sources), None)
    second: SourceUse | None = next(iter(other.sources), None)
    return (first and first.id) != (second and second.id) or one.end == other.start
