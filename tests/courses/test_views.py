from __future__ import annotations

import pytest
from django.urls import reverse

from courses.choices import Role
from courses.models import Crew, Enrolment, LessonDone
from tests.factories import (
    make_administrator,
    make_brief,
    make_course,
    make_crew,
    make_cut,
    make_enrolment,
    make_ethics_lesson,
    make_lesson,
    make_module,
    make_submission,
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def course():
    return make_course(title_en="Hybrid film")


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


def page(client, user, name, *args, expect=200):
    client.force_login(user)
    response = client.get(reverse(name, args=args))
    assert response.status_code == expect
    return response.content.decode()


def post(client, user, name, /, *args, **data):
    client.force_login(user)
    return client.post(reverse(name, args=args), data)


def test_a_list_holds_ones_own_courses_only(client, course, alice, charlie):
    assert "Hybrid film" in page(client, alice, "courses:course_list")
    assert "You are in no course yet" in page(client, charlie, "courses:course_list")


def test_an_administrator_sees_every_course(client, course):
    assert "Hybrid film" in page(client, make_administrator(), "courses:course_list")


@pytest.mark.parametrize("name", ["course_detail", "crew_list", "people"])
def test_a_stranger_finds_no_course(client, course, charlie, name):
    page(client, charlie, f"courses:{name}", course.uuid, expect=404)


def test_nobody_reads_without_logging_in(client, course):
    url = reverse("courses:course_detail", args=[course.uuid])
    assert client.get(url).url == f"/log-in/?next={url}"


def test_a_student_sees_published_modules_with_lessons_and_briefs(client, course, alice):
    module = make_module(course, title_en="Light")
    make_lesson(module, title_en="Look first")
    make_brief(module, title_en="One minute")
    make_module(course, title_en="Secret", is_published=False)
    text = page(client, alice, "courses:course_detail", course.uuid)
    assert all(words in text for words in ("Light", "Look first", "One minute", "not read yet"))
    assert "Secret" not in text


def test_an_instructor_sees_hidden_modules_with_a_switch(client, course, bob):
    make_module(course, title_en="Secret", is_published=False)
    text = page(client, bob, "courses:course_detail", course.uuid)
    assert "Secret" in text
    assert 'aria-checked="false"' in text


def test_a_waiting_module_says_what_opens_it(client, course, alice):
    first = make_module(course, title_en="Light")
    make_lesson(first)
    make_lesson(first)
    make_module(course, prerequisite=first)
    text = page(client, alice, "courses:course_detail", course.uuid)
    assert "Opens when you have finished 2 more lessons of module 1, “Light”." in text


def test_a_handed_in_brief_is_ticked_for_its_makers_only(client, course, alice):
    brief = make_brief(make_module(course))
    make_submission(make_cut(make_work(brief, owner=alice)))
    other = make_enrolment(course).user
    assert "not handed in yet" not in page(client, alice, "courses:course_detail", course.uuid)
    assert "not handed in yet" in page(client, other, "courses:course_detail", course.uuid)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_modules_page_costs_the_same_for_any_number_of_rows(
    client, course, alice, rows, django_assert_num_queries
):
    for _ in range(rows):
        module = make_module(course, prerequisite=course.modules.last())
        for _ in range(rows):
            make_lesson(module)
            make_brief(module)
    client.force_login(alice)
    with django_assert_num_queries(11):
        client.get(reverse("courses:course_detail", args=[course.uuid]))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_course_list_costs_the_same_for_any_number_of_rows(
    client, alice, rows, django_assert_num_queries
):
    for _ in range(rows):
        make_lesson(make_module(make_enrolment(make_course(), alice).course))
    client.force_login(alice)
    with django_assert_num_queries(4):
        client.get(reverse("courses:course_list"))


def test_an_instructor_publishes_a_module(client, course, bob):
    module = make_module(course, is_published=False)
    response = post(client, bob, "courses:module_publish", course.uuid, module.number, published="1")
    assert response.url == reverse("courses:course_detail", args=[course.uuid]) + "#module-1"
    module.refresh_from_db()
    assert module.is_published is True


def test_a_student_publishes_nothing(client, course, alice):
    module = make_module(course)
    response = post(client, alice, "courses:module_publish", course.uuid, module.number, published="0")
    assert response.status_code == 403


def test_a_stranger_publishes_nothing(client, course, charlie):
    module = make_module(course)
    response = post(client, charlie, "courses:module_publish", course.uuid, module.number, published="0")
    assert response.status_code == 404


def test_a_lesson_is_read_and_finished(client, course, alice):
    lesson = make_lesson(make_module(course))
    assert "I have read this" in page(client, alice, "courses:lesson_detail", lesson.uuid)
    post(client, alice, "courses:lesson_finish", lesson.uuid)
    assert LessonDone.objects.filter(lesson=lesson, user=alice).exists()
    assert "You have read this lesson." in page(client, alice, "courses:lesson_detail", lesson.uuid)


def test_a_stranger_reads_no_lesson(client, course, charlie):
    lesson = make_lesson(make_module(course))
    page(client, charlie, "courses:lesson_detail", lesson.uuid, expect=404)
    assert post(client, charlie, "courses:lesson_finish", lesson.uuid).status_code == 404


def test_a_lesson_of_a_hidden_module_is_unseen_by_students(client, course, alice, bob):
    lesson = make_lesson(make_module(course, is_published=False))
    page(client, alice, "courses:lesson_detail", lesson.uuid, expect=404)
    page(client, bob, "courses:lesson_detail", lesson.uuid)


def test_a_lesson_of_a_waiting_module_shows_what_opens_it_and_no_text(client, course, alice):
    first = make_module(course, title_en="Light")
    make_lesson(first)
    lesson = make_lesson(make_module(course, prerequisite=first), body_en="The secret of shadows.")
    text = page(client, alice, "courses:lesson_detail", lesson.uuid)
    assert "Opens when you have finished 1 more lesson" in text
    assert "The secret of shadows." not in text


def test_html_in_a_lesson_is_shown_and_not_obeyed(client, course, alice):
    body = "<script>alert(1)</script> [here](javascript:alert(1)) ![x](http://elsewhere.example/x.png)"
    lesson = make_lesson(make_module(course), body_en=body)
    text = page(client, alice, "courses:lesson_detail", lesson.uuid)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert 'href="javascript:' not in text
    assert '<img src="http' not in text


def test_lessons_lead_to_each_other(client, course, alice):
    first = make_lesson(make_module(course), title_en="Light")
    second = make_lesson(make_module(course), title_en="Shadow")
    assert reverse("courses:lesson_detail", args=[second.uuid]) in page(
        client, alice, "courses:lesson_detail", first.uuid
    )


def test_an_ethics_lesson_says_what_it_opens(client, course, alice):
    lesson = make_ethics_lesson(make_module(course, slug="video"))
    assert "Reading this lesson opens the clip tools" in page(
        client, alice, "courses:lesson_detail", lesson.uuid
    )


def test_a_chinese_reader_gets_the_chinese_lesson(client, course, alice):
    alice.language = "zh-hans"
    alice.save()
    lesson = make_lesson(make_module(course))
    assert "先看光。" in page(client, alice, "courses:lesson_detail", lesson.uuid)


def test_everybody_in_the_course_sees_its_crews(client, course, alice):
    make_crew(course, name="Tungsten")
    assert "Tungsten" in page(client, alice, "courses:crew_list", course.uuid)


@pytest.mark.parametrize("rows", [1, 3])
def test_crews_cost_the_same_for_any_number_of_rows(client, course, alice, rows, django_assert_num_queries):
    for _ in range(rows):
        make_crew(course)
    client.force_login(alice)
    with django_assert_num_queries(6):
        client.get(reverse("courses:crew_list", args=[course.uuid]))


def test_an_instructor_forms_a_crew(client, course, bob):
    people = [make_enrolment(course).user for _ in range(3)]
    roles = {f"student_{user.pk}": "editor" for user in people}
    response = post(client, bob, "courses:crew_list", course.uuid, name="Daylight", **roles)
    assert response.status_code == 302
    assert Crew.objects.get().members.count() == 3


def test_a_refused_crew_keeps_what_was_typed(client, course, bob):
    student = make_enrolment(course).user
    response = post(
        client, bob, "courses:crew_list", course.uuid, name="Daylight", **{f"student_{student.pk}": "editor"}
    )
    text = response.content.decode()
    assert "A crew has 3 to 8 students, this one 1." in text
    assert 'value="Daylight"' in text


def test_a_student_forms_no_crew(client, course, alice):
    assert post(client, alice, "courses:crew_list", course.uuid, name="Mine").status_code == 403


def test_people_are_for_instructors(client, course, alice, bob):
    page(client, alice, "courses:people", course.uuid, expect=403)
    assert "alice" in page(client, bob, "courses:people", course.uuid)


@pytest.mark.parametrize("rows", [1, 3])
def test_people_cost_the_same_for_any_number_of_rows(client, course, bob, rows, django_assert_num_queries):
    for _ in range(rows):
        make_crew(course)
    client.force_login(bob)
    with django_assert_num_queries(7):
        client.get(reverse("courses:people", args=[course.uuid]))


def test_an_instructor_enrols_somebody(client, course, bob, charlie):
    post(client, bob, "courses:people", course.uuid, username="charlie", role="student")
    assert Enrolment.objects.get(user=charlie).course == course


def test_an_unknown_name_is_refused_at_the_field(client, course, bob):
    response = post(client, bob, "courses:people", course.uuid, username="dora", role="student")
    assert "Nobody here has the user name “dora”" in response.content.decode()
