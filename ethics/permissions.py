"""Who may have a cut measured."""

from __future__ import annotations

from accounts.models import User
from assignments.models import Cut
from assignments.permissions import can_edit_work
from courses.permissions import can_teach


def can_measure(user: User, cut: Cut) -> bool:
    """Its makers, and the instructors of its course."""
    return can_edit_work(user, cut.work) or can_teach(user, cut.work.brief.module.course)
