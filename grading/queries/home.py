"""What each role's first page shows; the number of queries does not grow with the number of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from assignments.models import Brief, Submission, Work
from courses.choices import Role
from courses.models import Course, CrewMember, Enrolment
from ethics.choices import AssessmentState, Result
from ethics.models import Assessment
from generation.choices import JobState
from generation.models import Engine, Job
from generation.queries.budgets import seconds_used
from grading.choices import MarkerRole
from grading.models import Marking
from ledger import queries as ledger

SHOWN = 6
STUCK_AFTER = timedelta(minutes=10)
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
MARKER_ROLES = {Role.INSTRUCTOR: MarkerRole.ACADEMIC, Role.MENTOR: MarkerRole.MENTOR}


@dataclass(frozen=True, slots=True)
class DueBrief:
    """A brief that waits for the student; `work` is None until it is begun."""

    brief: Brief
    work: Work | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class MeasuredWork:
    """A work with its latest finished assessment and the GPU-seconds left of its brief's budget."""

    work: Work
    assessment: Assessment | None
    submission: Submission | None
    gpu_left: float

    @property
    def cap(self) -> float:
        return float(self.work.brief.picture_cap)

    @property
    def share(self) -> tuple[float | None, float | None] | None:
        """AI share (lower, upper), 0 to 1; None before it is measured."""
        return (self.assessment.share_low, self.assessment.share_high) if self.assessment else None


@dataclass(frozen=True, slots=True)
class StudentHome:
    due: list[DueBrief]
    works: list[MeasuredWork]
    jobs: list[Job]


@dataclass(frozen=True, slots=True)
class WaitingSubmission:
    """A submission without this teacher's finished marking; `is_begun` when a draft of it stands."""

    submission: Submission
    assessment: Assessment | None
    is_begun: bool


@dataclass(frozen=True, slots=True)
class CourseGlance:
    """A course in numbers: works begun, handed in, and the verdicts of the latest assessments."""

    course: Course
    students: int
    works: int
    handed_in: int
    verdicts: dict[str, int]


@dataclass(frozen=True, slots=True)
class TeacherHome:
    waiting: list[WaitingSubmission]
    waiting_count: int
    attention: list[MeasuredWork]
    stuck: list[Job]
    glance: list[CourseGlance]


@dataclass(frozen=True, slots=True)
class AdministratorHome:
    health: ledger.Health
    engines: QuerySet[Engine]
    verdicts: dict[str, int]
    unmeasured: int
    people: dict[str, int]
    jobs_waiting: int
    jobs_failed: int


# ---------------------------------------------------------------- student
def student_home(user: User, *, now: datetime) -> StudentHome:
    works = list(_works_of(user))
    measured = _measured(works)
    return StudentHome(
        due=_due(user, works, {item.work.pk for item in measured if item.submission}, now),
        works=measured,
        jobs=list(_jobs_of(works)),
    )


def _works_of(user: User) -> QuerySet[Work]:
    mine = Q(owner=user) | Exists(CrewMember.objects.filter(crew=OuterRef("crew"), user=user))
    return _with_budget(Work.objects.filter(mine)).order_by("brief__due_at", "pk")


def _due(user: User, works: list[Work], handed_in: set[int], now: datetime) -> list[DueBrief]:
    by_brief = {work.brief_id: work for work in works}
    attended = Enrolment.objects.filter(course=OuterRef("module__course"), user=user, role=Role.STUDENT)
    briefs = (
        Brief.objects.filter(Exists(attended), module__is_published=True)
        .exclude(works__in=handed_in)
        .select_related("module__course")
        .order_by("due_at")[:SHOWN]
    )
    return [DueBrief(brief, by_brief.get(brief.pk), brief.due_at < now) for brief in briefs]


def _jobs_of(works: list[Work]) -> QuerySet[Job]:
    """Renders of these works: those at work first, then the newest that are ready or failed."""
    rank = Case(When(state__in=UNFINISHED, then=Value(0)), default=Value(1))
    jobs = Job.objects.filter(work__in=works).exclude(state=JobState.CANCELLED)
    return jobs.select_related("engine", "work__brief").order_by(rank, "-created_at")[:SHOWN]


# ---------------------------------------------------------------- instructor and mentor
def teacher_home(user: User, role: Role, *, now: datetime) -> TeacherHome:
    """What waits for an instructor or a mentor; instructors also see what is stuck and the class in numbers."""
    taught = Course.objects.filter(enrolments__user=user, enrolments__role=role).order_by(
        "-starts_on", "code"
    )
    waiting = _without_marking(taught, MARKER_ROLES[role])
    shown = list(waiting[:SHOWN])
    is_instructor = role == Role.INSTRUCTOR
    return TeacherHome(
        waiting=_waiting(shown, MARKER_ROLES[role]),
        waiting_count=waiting.count() if len(shown) == SHOWN else len(shown),
        attention=_over_or_open(taught) if is_instructor else [],
        stuck=list(_stuck(taught, now)) if is_instructor else [],
        glance=_glance(list(taught)) if is_instructor else [],
    )


def _without_marking(taught: QuerySet[Course], role: MarkerRole) -> QuerySet[Submission]:
    """Latest attempts that lack this role's finished marking, the oldest first."""
    later = Submission.objects.filter(work=OuterRef("work"), attempt__gt=OuterRef("attempt"))
    marked = Marking.objects.filter(submission=OuterRef("pk"), role=role, finished_at__isnull=False)
    return (
        Submission.objects.filter(~Exists(later), ~Exists(marked), work__brief__module__course__in=taught)
        .select_related("work__brief__module__course", "work__crew", "work__owner", "cut")
        .order_by("submitted_at")
    )


def _waiting(submissions: list[Submission], role: MarkerRole) -> list[WaitingSubmission]:
    begun = set(
        Marking.objects.filter(submission__in=submissions, role=role).values_list("submission", flat=True)
    )
    assessments = _latest(Assessment.objects.filter(cut__in=[row.cut_id for row in submissions]), "cut_id")
    return [WaitingSubmission(row, assessments.get(row.cut_id), row.pk in begun) for row in submissions]


def _over_or_open(taught: QuerySet[Course]) -> list[MeasuredWork]:
    latest = _latest_of_work()
    works = (
        _with_budget(Work.objects.filter(brief__module__course__in=taught))
        .annotate(verdict=Subquery(latest.values("verdict")[:1]))
        .filter(verdict__in=[Result.OVER, Result.OPEN])
        .order_by(Case(When(verdict=Result.OVER, then=Value(0)), default=Value(1)), "brief__due_at", "pk")
    )
    return _measured(list(works[:SHOWN]))


def _stuck(taught: QuerySet[Course], now: datetime) -> QuerySet[Job]:
    """Renders that failed in the last day, wait long, or were tried more than once."""
    lost = Q(state=JobState.FAILED, finished_at__gte=now - timedelta(days=1))
    waits = Q(state=JobState.QUEUED, created_at__lt=now - STUCK_AFTER)
    again = Q(state=JobState.RUNNING, attempts__gt=1) | Q(state=JobState.RUNNING, lease_until__lt=now)
    jobs = Job.objects.filter(lost | waits | again, work__brief__module__course__in=taught)
    return jobs.select_related("work__brief", "work__crew", "work__owner", "engine").order_by("-created_at")[
        :SHOWN
    ]


def _glance(taught: list[Course]) -> list[CourseGlance]:
    students = Counter(
        Enrolment.objects.filter(course__in=taught, role=Role.STUDENT).values_list("course_id", flat=True)
    )
    rows = (
        Work.objects.filter(brief__module__course__in=taught)
        .annotate(
            has_handed_in=Exists(Submission.objects.filter(work=OuterRef("pk"))),
            verdict=Subquery(_latest_of_work().values("verdict")[:1]),
        )
        .values_list("brief__module__course_id", "has_handed_in", "verdict")
    )
    works = list(rows)
    return [_course_glance(course, students[course.pk], works) for course in taught]


def _course_glance(
    course: Course, students: int, works: Iterable[tuple[int, bool, str | None]]
) -> CourseGlance:
    mine = [(handed_in, verdict) for course_id, handed_in, verdict in works if course_id == course.pk]
    return CourseGlance(
        course=course,
        students=students,
        works=len(mine),
        handed_in=sum(handed_in for handed_in, _verdict in mine),
        verdicts=_counted(verdict for _handed_in, verdict in mine),
    )


# ---------------------------------------------------------------- administrator
def administrator_home(*, now: datetime) -> AdministratorHome:
    verdicts = list(
        Work.objects.filter(submissions__isnull=False)
        .distinct()
        .annotate(verdict=Subquery(_latest_of_work().values("verdict")[:1]))
        .values_list("pk", "verdict")
    )
    jobs = Job.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=UNFINISHED)),
        failed=Count("pk", filter=Q(state=JobState.FAILED, finished_at__gte=now - timedelta(days=1))),
    )
    return AdministratorHome(
        health=ledger.health(),
        engines=Engine.objects.annotate(
            waiting=Count("jobs", filter=Q(jobs__state__in=UNFINISHED)),
            done=Count("jobs", filter=Q(jobs__state=JobState.DONE)),
        ).order_by("slug"),
        verdicts=_counted(verdict for _pk, verdict in verdicts),
        unmeasured=sum(not verdict for _pk, verdict in verdicts),
        people=_people(),
        jobs_waiting=jobs["waiting"],
        jobs_failed=jobs["failed"],
    )


def _people() -> dict[str, int]:
    """People by role; somebody in several courses counts once per role."""
    rows = Enrolment.objects.order_by().values_list("role").annotate(total=Count("user", distinct=True))
    found = {str(role): int(total) for role, total in rows}
    return {role.value: found.get(role.value, 0) for role in Role} | {
        "administrator": User.objects.filter(is_staff=True, is_active=True).count()
    }


# ---------------------------------------------------------------- shared
def _with_budget(works: QuerySet[Work]) -> QuerySet[Work]:
    """Add `gpu_used`: the GPU-seconds that finished jobs took and waiting ones are promised."""
    per_work = (
        Job.objects.filter(work=OuterRef("pk")).order_by().values("work").annotate(used=Sum(seconds_used()))
    )
    spent = Coalesce(Subquery(per_work.values("used"), output_field=FloatField()), 0.0)
    return works.select_related("brief__module__course", "crew", "owner").annotate(gpu_used=spent)


def _measured(works: list[Work]) -> list[MeasuredWork]:
    assessments = _latest(Assessment.objects.filter(cut__work__in=works), "cut__work_id")
    submissions = {
        submission.work_id: submission
        for submission in Submission.objects.filter(work__in=works).order_by("attempt").select_related("cut")
    }
    return [
        MeasuredWork(
            work=work,
            assessment=assessments.get(work.pk),
            submission=submissions.get(work.pk),
            gpu_left=max(0.0, work.brief.gpu_seconds - work.gpu_used),  # type: ignore[attr-defined]  # annotated
        )
        for work in works
    ]


def _latest_of_work() -> QuerySet[Assessment]:
    """Finished assessments of the outer work, that of its newest cut first."""
    return Assessment.objects.filter(cut__work=OuterRef("pk"), state=AssessmentState.DONE).order_by(
        "-cut__version", "-number"
    )


def _latest(assessments: QuerySet[Assessment], key: str) -> dict[int, Assessment]:
    """The finished assessment of the newest cut by the value of `key`, without the large documents."""
    done = (
        assessments.filter(state=AssessmentState.DONE)
        .annotate(of=F(key))
        .select_related("cut__film")
        .defer("document", "heats")
        .order_by("cut__version", "number")
    )
    return {assessment.of: assessment for assessment in done}


def _counted(verdicts: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(verdict for verdict in verdicts if verdict)
    return {result.value: counts[result.value] for result in Result}
