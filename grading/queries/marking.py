"""Reads of marks: who may see which marking, the mark of a submission, the class as rows.

Independence: a teacher sees their own marking, and the other's only once every role that owns criteria is
finished. From then on the makers see all of it. Administrators look on as makers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import User
from assignments.choices import OverCap
from assignments.models import Brief, Submission
from assignments.queries import submissions_visible_to
from ethics.choices import Result
from ethics.models import Assessment
from ethics.queries import standing_assessments
from grading.choices import MarkerRole
from grading.domain.agreement import Agreement, agree, scale_over_cap
from grading.domain.rubric import Line
from grading.models import Criterion, Mark, Marking


@dataclass(frozen=True, slots=True)
class Marks:
    """All that is known about the marks of one submission; not to be shown before `are_out`.

    Attributes:
        markings: By role; drafts too, which the agreement leaves out.
        roles: Roles whose finished marking the brief waits for: those that own criteria.
    """

    submission: Submission
    criteria: Sequence[Criterion]
    lines: tuple[Line, ...]
    markings: Mapping[str, Marking]
    roles: frozenset[str]
    agreement: Agreement

    @property
    def are_out(self) -> bool:
        """Whether every role that owns criteria has finished."""
        return bool(self.roles) and all(self.is_finished(role) for role in self.roles)

    def is_finished(self, role: str) -> bool:
        marking = self.markings.get(role)
        return marking is not None and marking.finished_at is not None

    def state_of(self, role: str) -> str:
        """`finished`, `begun` or `waiting`; `none` for a role that owns no criterion and has not begun."""
        if role in self.markings:
            return "finished" if self.is_finished(role) else "begun"
        return "waiting" if role in self.roles else "none"


@dataclass(frozen=True, slots=True)
class PickerItem:
    """A submission to pick; `state` is that of the viewer's own marking: finished, begun or waiting."""

    submission: Submission
    state: str
    verdict: str


def line_of(criterion: Criterion) -> Line:
    """A criterion as the domain counts it."""
    return Line(
        slug=criterion.slug,
        most=Decimal(criterion.points),
        owner=criterion.owner,
        shares=tuple(Decimal(str(level["share"])) for level in criterion.levels),
    )


def criteria_of(brief: Brief) -> QuerySet[Criterion]:
    """The rubric in its order."""
    return brief.criteria.order_by("position", "pk")


def latest_submissions(brief: Brief) -> QuerySet[Submission]:
    """The last attempt of every work of a brief, in the order of their makers."""
    newest = Submission.objects.filter(work=OuterRef("work")).order_by("-attempt").values("pk")[:1]
    return (
        Submission.objects.filter(work__brief=brief, pk=Subquery(newest))
        .select_related("work__crew", "work__owner", "cut__film", "work__brief__module__course")
        .order_by("work__crew__name", "work__owner__last_name", "work__owner__username", "pk")
    )


def picker_items(brief: Brief, role: str, *, shown: Submission) -> list[PickerItem]:
    """All submissions of the brief with the viewer's own state; `shown` stands in for its work's last attempt."""
    submissions = [
        shown if submission.work_id == shown.work_id else submission
        for submission in latest_submissions(brief)
    ]
    mine = dict(
        Marking.objects.filter(submission__in=submissions, role=role).values_list(
            "submission_id", "finished_at"
        )
    )
    verdicts = dict(
        standing_assessments()
        .filter(cut__in=[submission.cut_id for submission in submissions])
        .values_list("cut_id", "verdict")
    )
    return [PickerItem(each, _state(each.pk, mine), verdicts.get(each.cut_id, "")) for each in submissions]


def _state(key: int, mine: Mapping[int, object]) -> str:
    if key not in mine:
        return "waiting"
    return "begun" if mine[key] is None else "finished"


def marks_of(submission: Submission, assessment: Assessment | None) -> Marks:
    """The marks of one submission as they stand."""
    markings = submission.markings.select_related("marker").prefetch_related("marks__criterion")
    return put_together(
        submission,
        list(criteria_of(submission.work.brief)),
        {each.role: each for each in markings},
        assessment,
    )


def put_together(
    submission: Submission,
    criteria: Sequence[Criterion],
    markings: Mapping[str, Marking],
    assessment: Assessment | None,
) -> Marks:
    """Agree two markings by the brief's weight and its rule for films over the cap."""
    lines = tuple(line_of(criterion) for criterion in criteria)
    brief = submission.work.brief
    return Marks(
        submission=submission,
        criteria=criteria,
        lines=lines,
        markings=markings,
        roles=frozenset(line.owner for line in lines),
        agreement=agree(
            lines=lines,
            academic=points_of(markings.get(MarkerRole.ACADEMIC)),
            mentor=points_of(markings.get(MarkerRole.MENTOR)),
            mentor_weight=brief.mentor_weight,
            scale=scale_of(brief, assessment),
        ),
    )


def points_of(marking: Marking | None) -> dict[str, Decimal]:
    """Points of a finished marking by the criterion's slug; a draft counts for nothing."""
    marks: Iterable[Mark] = marking.marks.all() if marking and marking.finished_at else ()
    return {mark.criterion.slug: mark.points for mark in marks if mark.points is not None}


def scale_of(brief: Brief, assessment: Assessment | None) -> Fraction:
    """The factor of the brief's rule for films over the cap; 1 where it has none or the film isn't over."""
    if assessment is None or brief.over_cap != OverCap.SCALE or assessment.verdict != Result.OVER:
        return Fraction(1)
    return scale_over_cap(proven=Fraction(str(assessment.share_low or 0)), cap=Fraction(brief.picture_cap))


def markings_visible_to(user: User) -> QuerySet[Marking]:
    """Their own markings, and of submissions they may see those that are out."""
    visible = submissions_visible_to(user).order_by().values("pk")
    return (
        Marking.objects.filter(submission__in=visible)
        .filter(Q(marker=user) | Q(finished_at__isnull=False, submission__in=submissions_with_marks_out()))
        .select_related("submission__work__brief", "marker")
        .prefetch_related(
            Prefetch("marks", Mark.objects.select_related("criterion").order_by("criterion__position"))
        )
        .order_by("-updated_at", "-pk")
    )


def submissions_with_marks_out() -> QuerySet[Submission, Any]:
    """Ids of submissions for which every role that owns criteria has finished, and at least one role owns some."""
    finished = Marking.objects.filter(
        submission=OuterRef("pk"), role=OuterRef("work__brief__criteria__owner"), finished_at__isnull=False
    )
    owners = Submission.objects.filter(work__brief__criteria__isnull=False)
    lacking = owners.annotate(done=Subquery(finished.values("pk")[:1])).filter(done__isnull=True)
    return owners.exclude(pk__in=lacking.order_by().values("pk")).order_by().values("pk").distinct()


def latest_attempt(submission: Submission) -> Submission | None:
    """A later attempt of the same work; None when this is the last."""
    later = Submission.objects.filter(work=submission.work_id, attempt__gt=submission.attempt)
    return later.order_by("-attempt").first()
