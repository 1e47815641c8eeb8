"""A class in numbers: its films with share, degree, gaps and engine time; its marks as a table.

The number of queries doesn't grow with the class.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from assignments.models import Brief, Submission, Work
from courses.models import Course
from ethics.models import Assessment
from ethics.queries import standing_assessments, worth_seconds
from generation.choices import JobState
from generation.models import Job
from grading.models import Criterion, Mark, Marking
from grading.queries.marking import Marks, put_together

STUCK_AFTER = timedelta(minutes=10)
LOST_WITHIN = timedelta(days=1)
MOST_STUCK = 12


@dataclass(frozen=True, slots=True)
class Measure:
    """One finished assessment of one version; shares 0 to 1, degree 0 to 100."""

    uuid: str
    version: int
    share: tuple[float, float]
    degree: tuple[float, float]
    verdict: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClassFilm:
    """A work of the class with its measures, the newest version last.

    Attributes:
        unknown_seconds: Seconds of picture that nobody has proven, in the newest measure.
        gpu_seconds: Spent by finished jobs.
        submission: The last one handed in.
    """

    work: Work
    brief: Brief
    measures: tuple[Measure, ...]
    unknown_seconds: float
    gpu_seconds: float
    submission: Submission | None

    @property
    def latest(self) -> Measure | None:
        return self.measures[-1] if self.measures else None

    @property
    def name(self) -> str:
        return self.work.title or self.work.makers

    @property
    def cap(self) -> float:
        return float(self.brief.picture_cap)


@dataclass(frozen=True, slots=True)
class GradebookRow:
    """A work in the gradebook; `marks` is None until something is handed in."""

    work: Work
    submission: Submission | None
    marks: Marks | None


def class_films(course: Course) -> list[ClassFilm]:
    """All works of a course, by module and makers."""
    works = list(
        Work.objects.filter(brief__module__course=course)
        .select_related("brief__module", "crew", "owner")
        .order_by("brief__module__number", "brief__pk", "crew__name", "owner__last_name", "owner__username")
    )
    measures, unknown = _measures(works)
    spent = _gpu_seconds(works)
    submissions = {
        each.work_id: each for each in Submission.objects.filter(work__in=works).order_by("attempt")
    }
    return [
        ClassFilm(
            work=work,
            brief=work.brief,
            measures=tuple(measures[work.pk]),
            unknown_seconds=unknown.get(work.pk, 0.0),
            gpu_seconds=spent.get(work.pk, 0.0),
            submission=submissions.get(work.pk),
        )
        for work in works
    ]


def _measures(works: Sequence[Work]) -> tuple[dict[int, list[Measure]], dict[int, float]]:
    """Standing measures by work in the order of versions, and the seconds unknown in the newest."""
    found: dict[int, list[Measure]] = defaultdict(list)
    unknown: dict[int, float] = {}
    rows = standing_assessments().filter(cut__work__in=works).select_related("cut").order_by("cut__version")
    for assessment in rows:
        work = assessment.cut.work_id
        found[work].append(measure_of(assessment))
        unknown[work] = worth_seconds(assessment)
    return found, unknown


def measure_of(assessment: Assessment) -> Measure:
    return Measure(
        uuid=str(assessment.uuid),
        version=assessment.cut.version,
        share=(assessment.share_low or 0.0, assessment.share_high or 0.0),
        degree=(assessment.hcid_low or 0.0, assessment.hcid_high or 0.0),
        verdict=assessment.verdict,
        at=assessment.cut.created_at,
    )


def _gpu_seconds(works: Sequence[Work]) -> dict[int, float]:
    rows = Job.objects.filter(work__in=works, state=JobState.DONE).order_by().values("work")
    return dict(rows.annotate(spent=Sum("spent_seconds")).values_list("work", "spent"))


def stuck_jobs(course: Course, *, now: datetime) -> QuerySet[Job]:
    """Renders of the class that failed in the last day, wait long, or were tried more than once."""
    lost = Q(state=JobState.FAILED, finished_at__gte=now - LOST_WITHIN)
    waits = Q(state=JobState.QUEUED, created_at__lt=now - STUCK_AFTER)
    again = Q(state=JobState.RUNNING) & (Q(attempts__gt=1) | Q(lease_until__lt=now))
    jobs = Job.objects.filter(lost | waits | again, work__brief__module__course=course)
    return jobs.select_related("work__crew", "work__owner", "engine").order_by("-created_at")[:MOST_STUCK]


def briefs_of(course: Course) -> QuerySet[Brief]:
    """The course's briefs by module and due date."""
    return (
        Brief.objects.filter(module__course=course)
        .select_related("module__course")
        .order_by("module__number", "due_at", "pk")
    )


def gradebook(brief: Brief) -> tuple[list[Criterion], list[GradebookRow]]:
    """The rubric and one row per work of a brief, with the marks of its last attempt."""
    criteria = list(brief.criteria.order_by("position", "pk"))
    works = list(
        brief.works.select_related("crew", "owner").order_by(
            "crew__name", "owner__last_name", "owner__username"
        )
    )
    submissions = _last_attempts(brief)
    markings = _markings(submissions.values())
    cuts = [submission.cut_id for submission in submissions.values()]
    assessments = {
        each.cut_id: each for each in standing_assessments().filter(cut__in=cuts).defer("document", "heats")
    }
    rows = []
    for work in works:
        submission = submissions.get(work.pk)
        marks = None
        if submission is not None:
            assessment = assessments.get(submission.cut_id)
            marks = put_together(submission, criteria, markings[submission.pk], assessment)
        rows.append(GradebookRow(work, submission, marks))
    return criteria, rows


def _last_attempts(brief: Brief) -> dict[int, Submission]:
    newest = Submission.objects.filter(work=OuterRef("work")).order_by("-attempt").values("pk")[:1]
    rows = Submission.objects.filter(work__brief=brief, pk=Subquery(newest)).select_related("work__brief")
    return {each.work_id: each for each in rows}


def _markings(submissions: Iterable[Submission]) -> dict[int, dict[str, Marking]]:
    found: dict[int, dict[str, Marking]] = defaultdict(dict)
    rows = Marking.objects.filter(submission__in=list(submissions)).select_related("marker")
    by_key = {marking.pk: marking for marking in rows.prefetch_related("marks__criterion")}
    for marking in by_key.values():
        found[marking.submission_id][marking.role] = marking
    return found


def own_points(marking: Marking | None) -> dict[str, Decimal]:
    """Points of one marking by slug, a draft's too: for the eyes of its marker."""
    marks: Iterable[Mark] = marking.marks.all() if marking else ()
    return {mark.criterion.slug: mark.points for mark in marks if mark.points is not None}
