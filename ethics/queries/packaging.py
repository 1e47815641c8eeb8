"""Reads: what goes into a finished film's package, and whether it may be fetched yet."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from assignments.models import Media, Submission
from assignments.queries import submissions_visible_to
from ethics.choices import PackageState
from ethics.domain.assessment import canonical_bytes
from ethics.domain.deciding import with_decisions
from ethics.domain.segments import Segment
from ethics.domain.stored import segments_of
from ethics.models import Assessment, Package
from ethics.queries import media_of_sources, standing_assessment
from ethics.queries.deciding import decided, decisions_on
from ethics.queries.declaring import latest_declaration
from ledger import notes, tiles
from ledger import queries as ledger
from ledger.canonical import canonical_json

FORMAT = "dailies-package/1"
WAITING = (PackageState.QUEUED, PackageState.SIGNED)


def packages_visible_to(user: User) -> QuerySet[Package]:
    """Packages of visible submissions, newest first."""
    return (
        Package.objects.filter(submission__in=submissions_visible_to(user).order_by().values("pk"))
        .select_related(
            "submission__work__brief__module__course", "submission__work__crew", "submission__work__owner",
            "submission__cut__film", "assessment__cut__film", "created_by",
        )
        .order_by("-created_at", "-pk")
    )  # fmt: skip


def standing_package(submission: Submission, *, is_plain: bool) -> Package | None:
    """The newest package that is under way or ready and tells what stands now; None when one has to be made."""
    assessment = standing_assessment(submission.cut)
    found = Package.objects.filter(submission=submission, assessment=assessment, is_plain=is_plain).exclude(
        state=PackageState.FAILED
    )
    package = found.order_by("-pk").first()
    last = decisions_on(submission.cut).last()
    if package is None or (last and last.created_at > package.created_at):
        return None
    return package


def planes_with_decisions(assessment: Assessment) -> dict[str, list[Segment]]:
    """Every plane of a finished assessment with what people decided on it."""
    document, rows = assessment.document or {"planes": {}}, list(decisions_on(assessment.cut))
    return {
        name: with_decisions(segments_of(document, name), [decided(row) for row in rows if row.plane == name])
        for name in document["planes"]
    }


def sources_of(assessment: Assessment) -> Mapping[str, Media]:
    """Files of the work that an assessment names, by id; what belongs to other crews doesn't leave with a film."""
    return media_of_sources(assessment.document or {"planes": {}, "hcid": {"terms": {}}}, assessment.cut)


def assertion_of(assessment: Assessment) -> dict[str, Any]:
    """The assessment as it stands in the film's manifest: the canonical text, its hash and its place in the log."""
    document = assessment.document or {}
    return {
        "schema": document.get("schema", ""),
        "sha256": assessment.document_sha256,
        "canonical": canonical_bytes(document).decode(),
        "ledger": {"origin": settings.LEDGER_ORIGIN, "index": assessment.ledger_index},
        "film_sha256": assessment.cut.film.sha256,
    }


def papers_of(package: Package) -> dict[str, bytes]:
    """Files that travel in the certificate beside assessment and proofs: credits, declaration, decisions."""
    cut = package.submission.cut
    papers: dict[str, Any] = {"credits.json": _credits(package), "decisions.json": _decisions(package)}
    declaration = latest_declaration(cut)
    if declaration is not None:
        papers["declaration.json"] = {
            "number": declaration.number, "parts": declaration.parts, "words": declaration.words,
            "ledger_index": declaration.ledger_index,
        }  # fmt: skip
    return {name: canonical_json(paper) for name, paper in papers.items()}


def is_published(index: int) -> bool:
    """Whether an entry stands under a published checkpoint that meets the school's policy."""
    published = tiles.published_checkpoint()
    if published is None or ledger.witnessed_head(covering=index) is None:
        return False
    try:
        return notes.parse_checkpoint(notes.parse_note(published).text).size > index
    except notes.NoteFault:
        return False


def _credits(package: Package) -> dict[str, Any]:
    work = package.submission.work
    members = work.crew.members.select_related("user").order_by("pk") if work.crew else []
    people = [{"name": str(member.user), "role": str(member.film_role)} for member in members]
    return {
        "format": FORMAT,
        "school": settings.SCHOOL_NAME,
        "course": work.brief.module.course.code,
        "work": work.title or work.makers,
        "crew": work.crew.name if work.crew else "",
        "people": people or [{"name": str(work.owner), "role": "filmmaker"}],
    }


def _decisions(package: Package) -> list[dict[str, Any]]:
    return [
        {
            "plane": row.plane, "start": str(Fraction(row.start)), "end": str(Fraction(row.end)), "ruling": row.ruling,
            "reason": row.reason, "evidence": row.evidence, "by": str(row.created_by), "at": row.created_at.isoformat(),
            "ledger_index": row.ledger_index,
        }
        for row in decisions_on(package.submission.cut)
    ]  # fmt: skip
