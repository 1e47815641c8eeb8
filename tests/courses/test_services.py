from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from courses import permissions, queries, services
from courses.choices import FilmRole, Role
from courses.models import Crew, LessonDone
from tests.factories import NOW, make_course, make_crew, make_enrolment, make_lesson, make_module, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def course():
    return make_course()


@pytest.fixture
def alice(course):
    """An instructor."""
    return make_enrolment(course, make_user("alice"), Role.INSTRUCTOR).user


@pytest.fixture
def bob(course):
    """A student."""
    return make_enrolment(course, make_user("bob")).user


@pytest.fixture
def charlie():
    """A stranger."""
    return make_user("charlie")


def test_a_lesson_is_finished_once(course, bob):
    lesson = make_lesson(make_module(course))
    first = services.finish_lesson(lesson=lesson, by=bob, now=NOW)
    assert services.finish_lesson(lesson=lesson, by=bob, now=NOW.replace(year=2027)) == first
    assert LessonDone.objects.get().done_at == NOW


def test_a_lesson_of_a_waiting_module_cannot_be_finished(course, bob):
    first = make_module(course, title_en="Light")
    make_lesson(first)
    second = make_module(course, prerequisite=first)
    with pytest.raises(services.ModuleLocked) as refusal:
        services.finish_lesson(lesson=make_lesson(second), by=bob, now=NOW)
    assert str(refusal.value.sentence) == "Opens when you have finished 1 more lesson of module 1, “Light”."


def test_a_teacher_is_never_held_up(course, alice):
    first = make_module(course)
    make_lesson(first)
    lesson = make_lesson(make_module(course, prerequisite=first))
    assert services.finish_lesson(lesson=lesson, by=alice, now=NOW).user == alice


def test_an_ethics_lesson_counts_once_finished(course, bob):
    module = make_module(course)
    lesson = make_lesson(module, kind="ethics")
    assert queries.has_finished_ethics_lesson(bob, module) is False
    services.finish_lesson(lesson=lesson, by=bob, now=NOW)
    assert queries.has_finished_ethics_lesson(bob, module) is True


def test_an_instructor_hides_a_module(course, alice, bob):
    module = make_module(course)
    services.publish_module(module=module, is_published=False, by=alice)
    assert list(queries.modules_visible_to(bob)) == []
    assert list(queries.modules_visible_to(alice)) == [module]


def test_a_student_may_not_publish(course, bob):
    with pytest.raises(PermissionDenied):
        services.publish_module(module=make_module(course), is_published=False, by=bob)


def test_an_instructor_enrols_by_user_name(course, alice, charlie):
    services.enrol_by_name(course=course, username=" charlie ", role=Role.MENTOR, by=alice)
    assert permissions.role_in(charlie, course) == Role.MENTOR


def test_nobody_is_enrolled_under_an_unknown_name(course, alice):
    with pytest.raises(services.EnrolmentRefused, match="Nobody here has the user name “dora”"):
        services.enrol_by_name(course=course, username="dora", role=Role.STUDENT, by=alice)


def test_nobody_is_enrolled_twice(course, alice, bob):
    with pytest.raises(services.EnrolmentRefused, match="already, as student"):
        services.enrol_by_name(course=course, username="bob", role=Role.MENTOR, by=alice)
    assert permissions.role_in(bob, course) == Role.STUDENT


def students(course, count: int):
    return [make_enrolment(course).user for _ in range(count)]


def with_roles(people):
    return list(zip(people, FilmRole, strict=False))


def test_a_crew_of_three_is_formed(course, alice):
    people = students(course, 3)
    crew = services.form_crew(course=course, name="Tungsten", members=with_roles(people), by=alice)
    assert [member.user for member in crew.members.order_by("pk")] == people
    assert list(queries.crews_of(people[0])) == [crew]


@pytest.mark.parametrize("count", [0, 2, 9])
def test_a_crew_of_another_size_is_refused(course, alice, count):
    people = [(user, FilmRole.EDITOR) for user in students(course, count)]
    with pytest.raises(services.CrewRefused, match=f"3 to 8 students, this one {count}"):
        services.form_crew(course=course, name="Tungsten", members=people, by=alice)
    assert Crew.objects.count() == 0


def test_a_stranger_is_in_no_crew(course, alice, charlie):
    with pytest.raises(services.CrewRefused, match="charlie is not a student"):
        services.form_crew(
            course=course, name="Tungsten", members=with_roles([*students(course, 2), charlie]), by=alice
        )


def test_a_student_is_in_one_crew_of_a_course(course, alice):
    crew = make_crew(course, name="Tungsten")
    taken = crew.members.first().user
    with pytest.raises(services.CrewRefused, match="in the crew “Tungsten” already"):
        services.form_crew(
            course=course, name="Daylight", members=with_roles([*students(course, 2), taken]), by=alice
        )


def test_a_student_forms_no_crew(course, bob):
    with pytest.raises(PermissionDenied):
        services.form_crew(course=course, name="Tungsten", members=with_roles(students(course, 3)), by=bob)
