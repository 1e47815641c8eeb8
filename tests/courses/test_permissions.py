from __future__ import annotations

import pytest

from courses import permissions, queries
from courses.choices import Role
from tests.factories import make_administrator, make_course, make_crew, make_enrolment, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.mark.parametrize(
    ("role", "teach", "mark", "student"),
    [
        (Role.INSTRUCTOR, True, True, False),
        (Role.MENTOR, False, True, False),
        (Role.STUDENT, False, False, True),
    ],
)
def test_what_a_role_may_do(role, teach, mark, student):
    course = make_course()
    user = make_enrolment(course, role=role).user
    assert permissions.can_teach(user, course) is teach
    assert permissions.can_mark(user, course) is mark
    assert permissions.is_student_of(user, course) is student
    assert permissions.can_see(user, course) is True


def test_a_stranger_may_nothing():
    user, course = make_user(), make_course()
    asked = (permissions.can_see, permissions.can_teach, permissions.can_mark, permissions.is_student_of)
    assert [ask(user, course) for ask in asked] == [False] * 4


def test_an_administrator_sets_up_but_does_not_mark():
    user, course = make_administrator(), make_course()
    assert permissions.can_teach(user, course) is True
    assert permissions.can_mark(user, course) is False


def test_a_role_in_one_course_is_none_in_another():
    here, there = make_course(), make_course()
    user = make_enrolment(here, role=Role.INSTRUCTOR).user
    assert permissions.role_in(user, there) is None
    assert list(queries.courses_visible_to(user)) == [here]
    assert list(queries.courses_taught_by(user)) == [here]


def test_crews_of_other_courses_are_unseen():
    crew = make_crew()
    make_crew()
    member = crew.members.first().user
    assert list(queries.crews_visible_to(member)) == [crew]
    assert permissions.is_member_of(member, crew) is True
