"""Who may have a cut measured, who declares, decides, appeals and answers."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from assignments.models import Cut, Submission, Work
from assignments.permissions import can_edit_work, is_maker_of, is_teacher_of
from courses.choices import Role
from courses.permissions import can_mark, can_teach, role_in
from ethics.models import Appeal, Assessment, Decision


def can_measure(user: User, cut: Cut) -> bool:
    """Its makers, and the instructors of its course."""
    return can_edit_work(user, cut.work) or can_teach(user, cut.work.brief.module.course)


def can_rate(user: User, work: Work) -> bool:
    """Rate the decision log and the talk: the course's instructors and mentors, who didn't make the work themselves."""
    return can_mark(user, work.brief.module.course) and not is_maker_of(user, work)


def can_declare(user: User, cut: Cut) -> bool:
    """Say which parts AI made: its makers alone."""
    return can_edit_work(user, cut.work)


def can_decide(user: User, assessment: Assessment) -> bool:
    """Rule on what the measure leaves open: the instructors of the course, who didn't make the film themselves."""
    work = assessment.cut.work
    return role_in(user, work.brief.module.course) == Role.INSTRUCTOR and not is_maker_of(user, work)


def can_appeal(user: User, assessment: Assessment) -> bool:
    return can_edit_work(user, assessment.cut.work)


def can_answer(user: User, appeal: Appeal) -> bool:
    """An instructor of the course or an administrator who has decided nothing of what is appealed."""
    work = appeal.assessment.cut.work
    if is_maker_of(user, work) or not can_teach(user, work.brief.module.course):
        return False
    return not _appealed_decisions(appeal).filter(created_by=user).exists()


def _appealed_decisions(appeal: Appeal) -> QuerySet[Decision]:
    if appeal.decision_id:
        return Decision.objects.filter(pk=appeal.decision_id)
    return Decision.objects.filter(
        assessment__cut__film=appeal.assessment.cut.film_id, created_at__lte=appeal.opened_at
    )


def can_package(user: User, submission: Submission) -> bool:
    """Have the finished film packed: its makers, the course's teachers, administrators."""
    work = submission.work
    return user.is_staff or is_maker_of(user, work) or is_teacher_of(user, work.brief.module.course)
