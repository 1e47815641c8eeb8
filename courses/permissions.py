"""Who may do what in a course."""

from __future__ import annotations

from accounts.models import User
from courses.choices import Role
from courses.models import Course, Crew, Enrolment


def role_in(user: User, course: Course) -> Role | None:
    """The person's role in the course; None for somebody who isn't enrolled."""
    role = Enrolment.objects.filter(user=user, course=course).values_list("role", flat=True).first()
    return Role(role) if role else None


def can_see(user: User, course: Course) -> bool:
    """Enrolled people and administrators see a course."""
    return user.is_staff or role_in(user, course) is not None


def can_teach(user: User, course: Course) -> bool:
    """Set up the course, its briefs, people and crews: its instructors and administrators."""
    return user.is_staff or role_in(user, course) == Role.INSTRUCTOR


def can_mark(user: User, course: Course) -> bool:
    """Give marks: the course's instructors and mentors, and nobody else."""
    return role_in(user, course) in {Role.INSTRUCTOR, Role.MENTOR}


def is_teacher_of(user: User, course: Course) -> bool:
    """See unpublished modules too, as the course's instructors, mentors and administrators do."""
    return user.is_staff or can_mark(user, course)


def can_see_people(user: User, course: Course) -> bool:
    """See the list of everybody with their roles: instructors and administrators."""
    return can_teach(user, course)


def is_student_of(user: User, course: Course) -> bool:
    return role_in(user, course) == Role.STUDENT


def is_member_of(user: User, crew: Crew) -> bool:
    return crew.members.filter(user=user).exists()
