"""Who may mark, see marks, the dashboard and reports. What a person may see at all is in the querysets."""

from __future__ import annotations

from accounts.models import User
from assignments.models import Submission
from assignments.queries import submissions_visible_to
from courses.choices import Role
from courses.models import Course
from courses.permissions import can_teach, role_in
from grading.choices import MarkerRole

MARKER_ROLES = {Role.INSTRUCTOR: MarkerRole.ACADEMIC, Role.MENTOR: MarkerRole.MENTOR}


def marker_role(user: User, course: Course) -> MarkerRole | None:
    """As what the person marks in the course: instructors as academic teacher, mentors as mentor."""
    role = role_in(user, course)
    return MARKER_ROLES.get(role) if role else None


def can_mark_as(user: User, submission: Submission, role: str) -> bool:
    return marker_role(user, submission.work.brief.module.course) == role


def can_see_dashboard(user: User, course: Course) -> bool:
    """The course's instructors and administrators; a mentor sees films, not the class."""
    return can_teach(user, course)


def can_see_gradebook(user: User, course: Course) -> bool:
    return can_teach(user, course)


def can_ask_report(user: User, submission: Submission) -> bool:
    """Whoever may see the submission: its makers, the course's teachers, administrators."""
    return submissions_visible_to(user).filter(pk=submission.pk).exists()
