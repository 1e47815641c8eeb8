"""Who may do what to a work. Whether they may see it at all is in queries."""

from __future__ import annotations

from accounts.models import User
from assignments.models import Brief, Release, SetLog, Work
from assignments.queries import works_visible_to
from courses.choices import Role
from courses.models import Course
from courses.permissions import is_member_of, is_student_of, role_in


def is_teacher_of(user: User, course: Course) -> bool:
    """Instructors and mentors of the course; administrators look, they don't teach."""
    return role_in(user, course) in {Role.INSTRUCTOR, Role.MENTOR}


def can_start_work(user: User, brief: Brief) -> bool:
    """Students of the course."""
    return is_student_of(user, brief.module.course)


def can_see_work(user: User, work: Work) -> bool:
    return works_visible_to(user).filter(pk=work.pk).exists()


def can_edit_work(user: User, work: Work) -> bool:
    """Add media, generate, save cuts, hand in: the crew or the owner, while students of the course."""
    return is_maker_of(user, work) and is_student_of(user, work.brief.module.course)


def is_maker_of(user: User, work: Work) -> bool:
    if work.crew is None:
        return work.owner_id == user.pk
    return is_member_of(user, work.crew)


def can_see_works_of(user: User, brief: Brief) -> bool:
    """The list of all works of a brief: its teachers and administrators."""
    return user.is_staff or is_teacher_of(user, brief.module.course)


def can_set_budgets(user: User, brief: Brief) -> bool:
    """The course's instructors, and administrators: the GPUs and the money are the school's."""
    return user.is_staff or role_in(user, brief.module.course) == Role.INSTRUCTOR


def can_approve_release(user: User, release: Release) -> bool:
    """The course's teachers: they know who signed, and answer for it."""
    return is_teacher_of(user, release.work.brief.module.course)


def can_revoke_release(user: User, release: Release) -> bool:
    """Anyone of the work, the course's teachers, and administrators on the person's behalf."""
    return user.is_staff or is_maker_of(user, release.work) or can_approve_release(user, release)


def can_countersign_set_log(user: User, log: SetLog) -> bool:
    """The course's teachers, who know who was on the set; nobody signs for the makers and the school at once."""
    return is_teacher_of(user, log.work.brief.module.course) and not is_maker_of(user, log.work)
