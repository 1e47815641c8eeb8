"""Reads: assessments, and the material a cut is measured against."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from assignments.choices import MediaRole, MediaState
from assignments.models import Cut, Media
from assignments.queries import cuts_visible_to
from ethics.backends.tracer import Kind
from ethics.choices import AssessmentState
from ethics.domain.intervention import GenerationFacts, ruleset_hash
from ethics.models import Assessment
from generation.domain.recipe import is_looked_through
from generation.domain.tools import TOOLS
from generation.models import Job
from generation.queries import viewings_of
from ledger.canonical import canonical_json

SEARCHED_ROLES = (MediaRole.RUSH, MediaRole.STILL, MediaRole.SOUND, MediaRole.GENERATED)
Wish = tuple[str, int | None, bytes]
PENDING = (AssessmentState.QUEUED, AssessmentState.RUNNING)


@dataclass(frozen=True, slots=True)
class Material:
    """One medium a cut may show.

    Attributes:
        kind: generated, footage (to be put through the capture test) or other (another crew's).
        is_own: Whether it belongs to the work of the cut.
        process: What people did around a generated asset.
    """

    media: Media
    kind: Kind
    is_own: bool
    process: GenerationFacts | None = None


def assessments_visible_to(user: User) -> QuerySet[Assessment]:
    """Assessments of visible cuts, newest first."""
    return (
        Assessment.objects.filter(cut__in=cuts_visible_to(user).order_by().values("pk"))
        .select_related(
            "cut__work__brief__module__course", "cut__work__crew", "cut__work__owner", "cut__film"
        )
        .order_by("-created_at", "-pk")
    )


def latest_assessment(cut: Cut) -> Assessment | None:
    """The newest assessment of a cut, whatever its state."""
    return Assessment.objects.filter(cut=cut).order_by("-number").first()


def standing_assessment(cut: Cut) -> Assessment | None:
    """The newest finished assessment of a cut."""
    return Assessment.objects.filter(cut=cut, state=AssessmentState.DONE).order_by("-number").first()


def standing_assessments() -> QuerySet[Assessment]:
    """For every cut that has one, its newest finished assessment."""
    newest = (
        Assessment.objects.filter(cut=OuterRef("cut"), state=AssessmentState.DONE)
        .order_by("-number")
        .values("pk")[:1]
    )
    return Assessment.objects.filter(pk=Subquery(newest))


def materials_of(cut: Cut) -> list[Material]:
    """What the cut is searched for: the work's own media and, of the same course, everything other crews have.

    Other crews' generated files count as generated; their rushes are somebody else's material. What a program only put
    together from other media of a work (a chroma key, more frames) is looked through: its ingredients are searched.
    """
    media = (
        Media.objects.filter(role__in=SEARCHED_ROLES, state=MediaState.READY)
        .filter(~Q(role=MediaRole.GENERATED) | Q(output__isnull=False))
        .filter(work__brief__module__course=cut.work.brief.module.course_id)
        .exclude(facts__kind="text")
        .select_related("reference", "output__job")
        .order_by("pk")
    )
    processes = _processes(cut)
    return [_material(one, cut, processes) for one in media if not _is_put_together(one)]


def _is_put_together(media: Media) -> bool:
    return media.role == MediaRole.GENERATED and is_looked_through(media.output.recipe)


def _material(media: Media, cut: Cut, processes: dict[int, GenerationFacts]) -> Material:
    is_own = media.work_id == cut.work_id
    if media.role == MediaRole.GENERATED:
        return Material(media, "generated", is_own, processes.get(media.pk))
    return Material(media, "footage" if is_own else "other", is_own)


def _processes(cut: Cut) -> dict[int, GenerationFacts]:
    """What the job record of the work says about each generated medium, by its id."""
    jobs = (
        Job.objects.filter(work=cut.work_id, output__isnull=False)
        .select_related("output", "source")
        .order_by("created_at")
    )
    records = list(jobs)
    viewed = set(viewings_of(cut.work).values_list("output__job", flat=True))
    looks = Counter(_wish(job) for job in records if job.pk in viewed)
    return {job.output.media_id: _facts_of(job, records, looks) for job in records}


def _facts_of(job: Job, records: list[Job], looks: Mapping[Wish, int]) -> GenerationFacts:
    """Direction from the form's filled fields; iterations from earlier jobs of the tool with other words or settings.

    A new seed alone is no iteration but a candidate, if a maker really looked at it (MEASURE §4).

    Args:
        looks: How many results of each wish the makers had before them. One alone was no choice.
    """
    earlier = [
        other
        for other in records
        if (other.tool, other.source_id) == (job.tool, job.source_id) and other.created_at < job.created_at
    ]
    variants = {_without_seed(other) for other in earlier} - {_without_seed(job)}
    looked = looks.get(_wish(job), 0)
    return GenerationFacts(
        direction=_direction(job),
        iterations=len(variants),
        candidates=looked if looked > 1 else 0,
        made_from=(str(job.source.uuid),) if job.source else (),
    )


def _wish(job: Job) -> Wish:
    """What was asked for, whatever the seed."""
    return job.tool, job.source_id, _without_seed(job)


def _direction(job: Job) -> Fraction:
    """How much of the director's form was filled in, 0 to 1; a free prompt alone is none of it."""
    fields = [item.slug for item in TOOLS[job.tool].inputs if item.is_direction] if job.tool in TOOLS else []
    filled = sum(1 for name in fields if job.request.get(name))
    return Fraction(filled, len(fields)) if fields else Fraction(0)


def _without_seed(job: Job) -> bytes:
    return canonical_json({key: value for key, value in job.request.items() if key != "seed"})


def inputs_hash(cut: Cut, materials: list[Material]) -> str:
    """SHA-256 over everything an assessment depends on: same inputs, same document."""
    facts = {
        "ruleset": ruleset_hash(),
        "film": cut.film.sha256,
        "timeline": cut.timeline.sha256 if cut.timeline else "",
        "version": cut.version,
        "cap": str(Fraction(cut.work.brief.picture_cap)),
        "materials": [
            [one.media.sha256, one.kind, one.is_own, repr(one.process) if one.process else ""]
            for one in materials
        ],
    }
    return hashlib.sha256(canonical_json(facts)).hexdigest()


def cuts_to_measure() -> QuerySet[Cut]:
    """Cuts with a ready film that nobody has measured, oldest first."""
    return (
        Cut.objects.filter(film__state=MediaState.READY, assessments__isnull=True)
        .select_related("work__brief__module", "film", "timeline", "created_by")
        .order_by("created_at")
    )


def worth_seconds(assessment: Assessment) -> float:
    """Seconds of picture that are unknown in a finished assessment: what is left to prove."""
    segments = (assessment.document or {}).get("planes", {}).get("picture", {}).get("segments", [])
    return float(sum(part["end"] - part["start"] for part in segments if part["state"] == "U"))


def media_of_sources(document: Mapping[str, Any], cut: Cut) -> dict[str, Media]:
    """The media of the cut's own work that an assessment names, by their ids."""
    named = {
        source["id"]
        for plane in document["planes"].values()
        for segment in plane["segments"]
        for source in segment["sources"]
    }
    named |= {
        source["id"]
        for term in document["hcid"]["terms"].values()
        for source in term["sources"]
        if source["id"]
    }
    return {str(media.uuid): media for media in Media.objects.filter(uuid__in=named, work=cut.work_id)}
