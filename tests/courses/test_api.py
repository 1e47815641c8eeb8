from __future__ import annotations

import pytest
from rest_framework.test import APIRequestFactory, force_authenticate

from courses import api
from courses.choices import Role
from courses.models import Enrolment, LessonDone
from tests.factories import make_course, make_crew, make_enrolment, make_lesson, make_module, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


def call(viewset, user, method="get", data=None, actions=None, **kwargs):
    """Call a viewset without the router, which is wired elsewhere."""
    request = getattr(APIRequestFactory(), method)("/", data, format="json")
    force_authenticate(request, user)
    action = actions or ({"get": "retrieve"} if kwargs else {"get": "list"})
    return viewset.as_view(action)(request, **kwargs)


@pytest.fixture
def course():
    return make_course()


@pytest.fixture
def alice(course):
    """A student."""
    return make_enrolment(course, make_user("alice")).user


@pytest.fixture
def bob(course):
    """An instructor."""
    return make_enrolment(course, make_user("bob"), Role.INSTRUCTOR).user


@pytest.fixture
def charlie():
    """A stranger."""
    return make_user("charlie")


@pytest.mark.parametrize(
    ("viewset", "counts"),
    [
        (api.ProgrammeViewSet, (1, 0)),
        (api.CourseViewSet, (1, 0)),
        (api.ModuleViewSet, (1, 0)),
        (api.LessonViewSet, (1, 0)),
        (api.EnrolmentViewSet, (1, 0)),
        (api.CrewViewSet, (1, 0)),
    ],
)
def test_a_stranger_lists_nothing(course, alice, charlie, viewset, counts):
    make_lesson(make_module(course))
    make_crew(course, members=[])
    assert tuple(call(viewset, user).data["count"] for user in (alice, charlie)) == counts


def test_nobody_calls_without_a_log_in(course):
    assert call(api.CourseViewSet, None).status_code == 401


def test_an_instructor_lists_everybodys_enrolments(course, alice, bob):
    assert call(api.EnrolmentViewSet, bob).data["count"] == 2


def test_an_instructor_hides_a_module(course, bob):
    module = make_module(course)
    answer = call(
        api.ModuleViewSet, bob, "patch", {"is_published": False}, {"patch": "partial_update"}, pk=module.pk
    )
    module.refresh_from_db()
    assert (answer.status_code, module.is_published) == (200, False)


def test_a_student_hides_nothing(course, alice):
    module = make_module(course)
    answer = call(
        api.ModuleViewSet, alice, "patch", {"is_published": False}, {"patch": "partial_update"}, pk=module.pk
    )
    assert answer.status_code == 403


def test_a_lesson_of_a_waiting_module_comes_without_its_text(course, alice):
    first = make_module(course)
    open_lesson = make_lesson(first)
    closed = make_lesson(make_module(course, prerequisite=first))
    assert call(api.LessonViewSet, alice, uuid=open_lesson.uuid).data["body_en"] == open_lesson.body_en
    assert call(api.LessonViewSet, alice, uuid=closed.uuid).data["body_en"] == ""


def test_a_lesson_is_finished(course, alice):
    lesson = make_lesson(make_module(course))
    answer = call(api.LessonViewSet, alice, "post", {}, {"post": "finish"}, uuid=lesson.uuid)
    assert answer.data["is_done"] is True
    assert LessonDone.objects.get().user == alice


def test_an_instructor_enrols_and_a_student_may_not(course, alice, bob, charlie):
    data = {"course": str(course.uuid), "username": "charlie", "role": "student"}
    assert call(api.EnrolmentViewSet, alice, "post", data, {"post": "create"}).status_code == 403
    assert call(api.EnrolmentViewSet, bob, "post", data, {"post": "create"}).status_code == 201
    assert Enrolment.objects.filter(user=charlie, course=course).exists()


def test_a_refusal_is_answered_with_its_sentence(course, bob):
    data = {"course": str(course.uuid), "username": "dora", "role": "student"}
    answer = call(api.EnrolmentViewSet, bob, "post", data, {"post": "create"})
    assert answer.status_code == 409
    assert answer.data["detail"].startswith("Nobody here has the user name “dora”.")


def test_a_stranger_enrols_nobody_into_a_course_unseen(course, charlie):
    data = {"course": str(course.uuid), "username": "charlie", "role": "instructor"}
    assert call(api.EnrolmentViewSet, charlie, "post", data, {"post": "create"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_lessons_cost_the_same_for_any_number_of_rows(course, alice, rows, django_assert_num_queries):
    for _ in range(rows):
        make_lesson(make_module(course))
    with django_assert_num_queries(3):
        call(api.LessonViewSet, alice).render()
