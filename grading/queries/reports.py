"""What a film report says, and who may see reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import User
from assignments.models import Media, Submission
from assignments.queries import submissions_visible_to
from courses.models import CrewMember
from ethics.domain.deciding import Standing
from ethics.models import Assessment, Decision
from ethics.queries import media_of_sources, standing_assessment
from ethics.queries.deciding import decisions_on, standing_of
from generation.models import Job
from grading.models import Report
from grading.queries.marking import Marks, marks_of
from ledger.models import Entry, TreeHead
from ledger.queries import latest_head


@dataclass(frozen=True, slots=True)
class ToolUse:
    """How many generated files of the film came from one tool and one engine, with its title by language."""

    tool: str
    engine: dict[str, str]
    count: int


@dataclass(frozen=True, slots=True)
class ReportContents:
    """Everything a report is written from; equal contents give equal files.

    Attributes:
        marks: None until every role that owns criteria has finished.
        media: Media of the crew that the assessment names, by their uuid.
        entries: Ledger entries about the film and its sources, in their order.
        head: Signed root that covers the entries.
        decisions: What teachers decided on the film, oldest first; `standing` sets that beside the measure.
    """

    submission: Submission
    assessment: Assessment
    marks: Marks | None
    credits: Sequence[CrewMember]
    media: Mapping[str, Media]
    tools: Sequence[ToolUse]
    entries: Sequence[Entry]
    head: TreeHead | None
    decisions: Sequence[Decision] = ()
    standing: Standing | None = None

    @property
    def document(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.assessment.document or {}
        return found


def reports_visible_to(user: User) -> QuerySet[Report]:
    """Reports of visible submissions. A report holds marks only when they were out as it was written."""
    visible = submissions_visible_to(user).order_by().values("pk")
    return (
        Report.objects.filter(submission__in=visible)
        .select_related("submission__work__brief", "submission__work__crew", "submission__work__owner")
        .order_by("-created_at", "-pk")
    )


def reports_of(submission: Submission) -> QuerySet[Report]:
    """Reports of one submission, newest first."""
    return submission.reports.order_by("-created_at", "-pk")


def report_contents(submission: Submission) -> ReportContents | None:
    """Gather what the report of a submission says now; None while its cut has no finished assessment."""
    assessment = standing_assessment(submission.cut)
    if assessment is None:
        return None
    media = media_of_sources(assessment.document or {}, submission.cut)
    marks = marks_of(submission, assessment)
    decisions = list(decisions_on(submission.cut))
    return ReportContents(
        submission=submission,
        assessment=assessment,
        marks=marks if marks.are_out else None,
        credits=_credits(submission),
        media=media,
        tools=_tools(media),
        entries=_entries(submission, assessment, media, with_marks=marks.are_out),
        head=latest_head(),
        decisions=decisions,
        standing=standing_of(assessment, decisions) if decisions else None,
    )


def _credits(submission: Submission) -> list[CrewMember]:
    crew = submission.work.crew
    return list(crew.members.select_related("user").order_by("pk")) if crew else []


def _tools(media: Mapping[str, Media]) -> list[ToolUse]:
    used = (
        Job.objects.filter(output__media__in=list(media.values()))
        .order_by()
        .values("tool", "engine__title_en", "engine__title_zh")
        .annotate(total=Count("pk"))
        .order_by("tool", "engine__title_en")
    )
    return [
        ToolUse(row["tool"], {"en": row["engine__title_en"], "zh": row["engine__title_zh"]}, row["total"])
        for row in used
    ]


def _entries(
    submission: Submission, assessment: Assessment, media: Mapping[str, Media], *, with_marks: bool
) -> list[Entry]:
    subjects = [
        f"cut:{submission.cut.uuid}",
        f"submission:{submission.uuid}",
        f"assessment:{assessment.uuid}",
        f"brief:{submission.work.brief.uuid}",
        f"media:{submission.cut.film.uuid}",
        *(f"media:{key}" for key in media),
    ]
    entries = Entry.objects.filter(subject__in=subjects).order_by("index")
    return list(entries if with_marks else entries.exclude(kind="grade.given"))
