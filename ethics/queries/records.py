"""Reads: what is recorded of the making of a film, as the measure uses it (MEASURE §4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from assignments.backends import store
from assignments.models import Cut, Work
from ethics.choices import AssessmentState
from ethics.domain.process import Step, wish_of
from ethics.domain.records import Records
from ethics.domain.reflection import reflection_term
from ethics.domain.script import Draft, Saved, text_sha256
from ethics.domain.versions import Layout, layout_of_document
from ethics.models import Assessment, LogNote, Rating, ScriptVersion
from generation.domain.tools import TOOLS
from generation.models import Job, JobMedia
from generation.queries import viewings_of

MOST_SEARCHED = 50


def records_of(cut: Cut) -> Records:
    """Everything recorded up to a cut; as many queries for a long record as for a short one."""
    work = cut.work
    jobs = list(_finished_jobs(work))
    earlier, unmeasured = _earlier_layouts(cut)
    rating = standing_rating(work)
    return replace(
        _script_records(work, jobs),
        level=work.brief.scale_level,
        steps=tuple(_steps(work, [job for job in jobs if not _is_text(job)])),
        earlier=tuple(earlier),
        unmeasured=unmeasured,
        reflection=reflection_term(rating.marks) if rating else None,
    )


def script_record_of(work: Work) -> Records:
    """The script of a work with its versions and the drafts it may stem from, and nothing else."""
    return _script_records(work, _finished_jobs(work))


def _script_records(work: Work, jobs: Iterable[Job]) -> Records:
    saved = tuple(Saved(one.text, one.saved_at) for one in script_versions_of(work).order_by("number"))
    if not saved:
        return Records()
    drafts = tuple(_draft(job) for job in jobs if _is_text(job))
    return Records(script=saved[-1].text, saved=saved, drafts=drafts)


def script_versions_of(work: Work) -> QuerySet[ScriptVersion]:
    """Saved versions of the work's script, newest first."""
    return ScriptVersion.objects.filter(work=work).select_related("saved_by").order_by("-number")


def passage_of(assessment: Assessment, segment: Mapping[str, Any]) -> str:
    """The words of a segment of the script plane, from the version that was measured; empty when it is not kept."""
    plane = (assessment.document or {}).get("planes", {}).get("script", {})
    versions = script_versions_of(assessment.cut.work).filter(saved_at__lte=assessment.finished_at)
    for version in versions[:MOST_SEARCHED]:
        if text_sha256(version.text) == plane.get("text_sha256"):
            return version.text[int(segment["start"]) : int(segment["end"])]
    return ""


def latest_notes(work: Work) -> list[LogNote]:
    """The decision log as it stands: every line in its newest version, in order."""
    notes = LogNote.objects.filter(work=work).select_related("written_by").order_by("line", "version")
    return list({note.line: note for note in notes}.values())


def notes_by_line(work: Work) -> dict[int, list[LogNote]]:
    """The whole log with all versions of every line, newest first."""
    lines: dict[int, list[LogNote]] = {}
    for note in LogNote.objects.filter(work=work).select_related("written_by").order_by("line", "-version"):
        lines.setdefault(note.line, []).append(note)
    return lines


def ratings_of(work: Work) -> QuerySet[Rating]:
    """Ratings of the decision log and the talk, newest first."""
    return Rating.objects.filter(work=work).select_related("rated_by").order_by("-number")


def standing_rating(work: Work) -> Rating | None:
    """The teacher's newest rating; None before there is one."""
    return ratings_of(work).first()


def _finished_jobs(work: Work) -> QuerySet[Job]:
    jobs = Job.objects.filter(work=work, output__isnull=False)
    return jobs.select_related("output__media", "source").order_by("created_at", "pk")


def _is_text(job: Job) -> bool:
    return (job.output.media.facts or {}).get("kind") == "text"


def _steps(work: Work, jobs: Iterable[Job]) -> Iterator[Step]:
    """The job record as steps: what was asked, from what, and whether a maker looked at what came of it."""
    viewed = set(viewings_of(work).values_list("output__job", flat=True))
    used: dict[int, list[str]] = {}
    rows = JobMedia.objects.filter(job__work=work).order_by("job", "use", "position")
    for number, medium in rows.values_list("job", "media__uuid"):
        used.setdefault(number, []).append(str(medium))
    for job in jobs:
        source = [str(job.source.uuid)] if job.source else []
        yield Step(
            id=str(job.output.media.uuid),
            tool=job.tool,
            wish=wish_of({**job.request, "engine": str(job.engine_id)}),
            inputs=tuple(dict.fromkeys([*source, *used.get(job.pk, [])])),
            direction=_direction(job),
            is_viewed=job.pk in viewed,
        )


def _direction(job: Job) -> Fraction:
    """How much of the director's form was filled in, 0 to 1; a free prompt alone is none of it."""
    fields = [item.slug for item in TOOLS[job.tool].inputs if item.is_direction] if job.tool in TOOLS else []
    form = job.request.get("direction") or job.request
    filled = sum(1 for name in fields if form.get(name))
    return Fraction(filled, len(fields)) if fields else Fraction(0)


def _draft(job: Job) -> Draft:
    """A text an engine wrote, with the words it was given; an unreadable file is an empty draft."""
    path = store.path(job.output.media.sha256)
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    given = "\n".join(value for value in _typed(job.request) if value)
    return Draft(str(job.output.media.uuid), text, given=given, made_at=job.output.created_at)


def _typed(request: dict[str, Any]) -> Iterable[str]:
    return (value for value in request.values() if isinstance(value, str))


def _earlier_layouts(cut: Cut) -> tuple[list[Layout], int]:
    """Layouts of earlier versions, oldest first; and how many other files were saved that nobody has measured."""
    rows = Assessment.objects.filter(
        cut__work=cut.work_id, cut__version__lt=cut.version, state=AssessmentState.DONE
    )
    known_documents = rows.order_by("number").values_list("cut__version", "document")
    newest = {version: document for version, document in known_documents if document}
    versions = Cut.objects.filter(work=cut.work_id, version__lt=cut.version)
    known = {cut.film.sha256}
    open_ones = 0
    for version, film in versions.order_by("version").values_list("version", "film__sha256"):
        open_ones += version not in newest and film not in known
        known.add(film)
    return [layout_of_document(newest[version]) for version in sorted(newest)], open_ones
