"""A submission with a rubric of both teachers, and the people around it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from assignments.models import Submission
from courses.choices import Role
from grading.choices import MarkerRole
from grading.models import Criterion, Marking
from grading.services.marking import finish_marking, save_marks
from tests.factories import NOW, make_cut, make_enrolment, make_submission, make_user, make_work, someone_of

LEVELS = [
    {"en": "It carries.", "zh": "撑得住。", "share": 1.0},
    {"en": "It holds.", "zh": "站得住。", "share": 0.7},
    {"en": "It breaks.", "zh": "散了。", "share": 0.0},
]


@dataclass(frozen=True)
class Marked:
    """Alice's crew handed in; Bob is the academic teacher, Mona the mentor, Charlie a stranger."""

    submission: Submission
    alice: User
    bob: User
    mona: User
    charlie: User

    @property
    def brief(self):
        return self.submission.work.brief

    @property
    def course(self):
        return self.brief.module.course


def make_rubric(brief) -> None:
    for position, (slug, points, owner) in enumerate(
        [("story", 60, MarkerRole.ACADEMIC), ("craft", 40, MarkerRole.MENTOR)], start=1
    ):
        Criterion.objects.create(
            brief=brief, slug=slug, position=position, points=points, owner=owner, levels=LEVELS,
            title_en=slug.capitalize(), title_zh={"story": "故事", "craft": "手艺"}[slug],
        )  # fmt: skip


def make_marked(work=None, *, bob=None, mona=None) -> Marked:
    work = work or make_work()
    course = work.brief.module.course
    if not work.brief.criteria.exists():
        make_rubric(work.brief)
    bob = bob or make_enrolment(course, role=Role.INSTRUCTOR).user
    mona = mona or make_enrolment(course, role=Role.MENTOR).user
    return Marked(make_submission(make_cut(work)), someone_of(work), bob, mona, make_user())


def mark(marked: Marked, role: str, points: dict[str, str], *, comment="", finish=True, now=NOW) -> Marking:
    by = marked.bob if role == MarkerRole.ACADEMIC else marked.mona
    marking = save_marks(
        submission=marked.submission, role=role, points={slug: Decimal(value) for slug, value in points.items()},
        comments={slug: f"{role} on {slug}" for slug in points}, comment=comment, by=by, now=now,
    )  # fmt: skip
    return finish_marking(marking=marking, by=by, now=now) if finish else marking
