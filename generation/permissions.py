"""Who may do what to jobs and engines. What a person may see at all is in queries."""

from __future__ import annotations

from accounts.models import User
from assignments.models import Work
from assignments.permissions import can_edit_work, is_teacher_of
from generation.choices import JobState
from generation.models import Job


def can_generate(user: User, work: Work) -> bool:
    """The makers of the work."""
    return can_edit_work(user, work)


def can_cancel_job(user: User, job: Job) -> bool:
    """The makers, the course's teachers (a render that blocks the class) and administrators."""
    return user.is_staff or can_edit_work(user, job.work) or is_teacher_of(user, job.work.brief.module.course)


def can_retry_job(user: User, job: Job) -> bool:
    """The makers, and administrators from the fleet page; only what failed or was cancelled."""
    return job.state in {JobState.FAILED, JobState.CANCELLED} and (
        user.is_staff or can_edit_work(user, job.work)
    )


def can_see_engines(user: User) -> bool:
    """Administrators, and people who teach somewhere."""
    return user.is_staff or user.enrolments.exclude(role="student").exists()


def can_see_held(user: User) -> bool:
    """Administrators, and people who teach somewhere."""
    return can_see_engines(user)


def can_decide(user: User, job: Job) -> bool:
    """Let through or refuse what a gate holds: the course's teachers and administrators, never the makers."""
    return user.is_staff or is_teacher_of(user, job.work.brief.module.course)
