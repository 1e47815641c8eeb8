from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.choices import Role
from generation.choices import JobState
from grading.models import Marking
from grading.queries import home
from tests.factories import (
    NOW,
    make_administrator,
    make_brief,
    make_course,
    make_crew,
    make_cut,
    make_engine,
    make_enrolment,
    make_finished_assessment,
    make_job,
    make_module,
    make_submission,
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


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
def marta(course):
    """An industry mentor."""
    return make_enrolment(course, make_user("marta"), Role.MENTOR).user


@pytest.fixture
def charlie():
    """A stranger."""
    return make_user("charlie")


def film(course, *, lo=0.28, hi=0.34, verdict="within", owner=None, **fields):
    """A handed-in, measured film of a new brief of the course."""
    brief = make_brief(make_module(course), **fields)
    work = make_work(brief, owner=owner) if owner else make_work(brief, crew=make_crew(course))
    cut = make_cut(work)
    make_finished_assessment(cut, lo=lo, hi=hi, verdict=verdict)
    return make_submission(cut)


# ---------------------------------------------------------------- student
def test_what_is_due_comes_in_the_order_of_its_dates(course, alice):
    module = make_module(course)
    late = make_brief(module, due_at=NOW - timedelta(days=1))
    far = make_brief(module, due_at=NOW + timedelta(days=9))
    near = make_brief(module, due_at=NOW + timedelta(days=2))
    due = home.student_home(alice, now=NOW).due
    assert [(item.brief, item.is_late) for item in due] == [(late, True), (near, False), (far, False)]


def test_what_is_handed_in_or_hidden_or_of_another_course_is_not_due(course, alice):
    film(course, owner=alice)
    make_brief(make_module(course, is_published=False))
    make_brief()
    assert home.student_home(alice, now=NOW).due == []


def test_a_work_of_the_crew_counts_as_begun(course, alice):
    brief = make_brief(make_module(course), is_crew_work=True)
    work = make_work(brief, crew=make_crew(course, [alice]))
    assert home.student_home(alice, now=NOW).due[0].work == work


def test_a_film_shows_its_latest_assessment(course, alice):
    submission = film(course, owner=alice)
    newer = make_cut(submission.work)
    make_finished_assessment(newer, lo=0.1, hi=0.2, verdict="within")
    (item,) = home.student_home(alice, now=NOW).works
    assert (item.share, item.cap, item.submission) == ((0.1, 0.2), 0.4, submission)


def test_the_gpu_budget_counts_finished_and_waiting_renders(course, alice):
    work = make_work(make_brief(make_module(course), gpu_seconds=600), owner=alice)
    engine = make_engine()
    make_job(work, engine=engine, state=JobState.DONE, spent_seconds=40, price_seconds=99)
    make_job(work, engine=engine, price_seconds=10)
    make_job(work, engine=engine, state=JobState.FAILED, spent_seconds=0, price_seconds=99)
    assert home.student_home(alice, now=NOW).works[0].gpu_left == 550


def test_renders_at_work_stand_before_finished_ones(course, alice):
    work = make_work(make_brief(make_module(course)), owner=alice)
    waiting = make_job(work)
    ready = make_job(work, state=JobState.DONE, created_at=NOW + timedelta(hours=1))
    make_job(work, state=JobState.CANCELLED)
    make_job()
    assert home.student_home(alice, now=NOW).jobs == [waiting, ready]


def test_a_stranger_sees_nothing_of_others(course, alice, charlie):
    film(course, owner=alice)
    assert home.student_home(charlie, now=NOW) == home.StudentHome(due=[], works=[], jobs=[])


# ---------------------------------------------------------------- teachers
def test_films_wait_for_each_teacher_until_they_have_marked(course, bob, marta):
    submission = film(course)
    Marking.objects.create(
        submission=submission, role="academic", marker=bob, finished_at=NOW, updated_at=NOW, ledger_index=0
    )
    Marking.objects.create(submission=submission, role="mentor", marker=marta, updated_at=NOW)
    assert home.teacher_home(bob, Role.INSTRUCTOR, now=NOW).waiting == []
    (waiting,) = home.teacher_home(marta, Role.MENTOR, now=NOW).waiting
    assert (waiting.submission, waiting.is_begun) == (submission, True)


def test_only_the_latest_attempt_waits(course, bob):
    first = film(course)
    second = make_submission(make_cut(first.work))
    assert [item.submission for item in home.teacher_home(bob, Role.INSTRUCTOR, now=NOW).waiting] == [second]


def test_a_mentor_of_another_course_has_nothing_to_review(course, charlie):
    make_enrolment(make_course(), charlie, Role.MENTOR)
    film(course)
    assert home.teacher_home(charlie, Role.MENTOR, now=NOW).waiting == []


def test_films_over_the_cap_stand_before_open_ones(course, bob):
    film(course)
    unsure = film(course, lo=0.3, hi=0.5, verdict="open").work
    over = film(course, lo=0.5, hi=0.6, verdict="over").work
    assert [item.work for item in home.teacher_home(bob, Role.INSTRUCTOR, now=NOW).attention] == [
        over,
        unsure,
    ]


def test_a_film_that_was_cut_again_within_the_cap_needs_no_attention(course, bob):
    work = film(course, lo=0.5, hi=0.6, verdict="over").work
    make_finished_assessment(make_cut(work), lo=0.2, hi=0.3, verdict="within")
    assert home.teacher_home(bob, Role.INSTRUCTOR, now=NOW).attention == []


def test_stuck_renders_are_named(course, bob):
    work = make_work(make_brief(make_module(course)), crew=make_crew(course))
    engine = make_engine()
    old = NOW - timedelta(hours=2)
    stuck = {
        make_job(work, engine=engine, created_at=old).pk,
        make_job(work, engine=engine, state=JobState.FAILED, finished_at=NOW).pk,
        make_job(work, engine=engine, state=JobState.RUNNING, attempts=1, lease_until=old).pk,
    }
    make_job(work, engine=engine, created_at=NOW)
    make_job(work, engine=engine, state=JobState.FAILED, finished_at=NOW - timedelta(days=3))
    make_job(work, engine=engine, state=JobState.RUNNING, attempts=1, lease_until=NOW + timedelta(minutes=1))
    assert {job.pk for job in home.teacher_home(bob, Role.INSTRUCTOR, now=NOW).stuck} == stuck


def test_the_class_at_a_glance(course, bob):
    film(course)
    film(course, lo=0.5, hi=0.6, verdict="over")
    make_work(make_brief(make_module(course)), crew=make_crew(course))
    (glance,) = home.teacher_home(bob, Role.INSTRUCTOR, now=NOW).glance
    assert (glance.students, glance.works, glance.handed_in) == (9, 3, 2)
    assert glance.verdicts == {"within": 1, "open": 0, "over": 1}


# ---------------------------------------------------------------- administrator
def test_the_administrator_counts_films_people_and_renders(course, alice, bob, marta):
    make_administrator()
    film(course, owner=alice)
    make_submission(make_cut(make_work(make_brief(make_module(course)), owner=alice)))
    found = home.administrator_home(now=NOW)
    assert (found.verdicts, found.unmeasured) == ({"within": 1, "open": 0, "over": 0}, 1)
    assert found.people == {"student": 1, "instructor": 1, "mentor": 1, "administrator": 1}
    assert (found.jobs_waiting, found.jobs_failed, found.health.is_well) == (0, 0, True)


# ---------------------------------------------------------------- the page
def fill(course, rows, owner):
    for _ in range(rows):
        submission = film(course, lo=0.5, hi=0.6, verdict="over", owner=owner)
        make_job(submission.work)
        make_job(submission.work, state=JobState.FAILED, finished_at=timezone.now())
        make_brief(make_module(course))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("alice", 9), ("bob", 14), ("marta", 7)])
def test_home_costs_the_same_for_any_number_of_rows(
    request, client, course, alice, rows, who, queries, django_assert_num_queries
):
    user = request.getfixturevalue(who)
    fill(course, rows, alice)
    client.force_login(user)
    with django_assert_num_queries(queries):
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_administrators_home_costs_the_same_for_any_number_of_rows(
    client, course, alice, rows, django_assert_num_queries
):
    fill(course, rows, alice)
    client.force_login(make_administrator())
    with django_assert_num_queries(12):
        assert client.get("/").status_code == 200


def test_somebody_without_a_course_is_told_what_to_do_first(client, charlie):
    client.force_login(charlie)
    text = client.get("/").content.decode()
    assert "You are in no course yet" in text
    assert "charlie" in text


def test_a_person_with_two_roles_sees_both_pages(client, course, alice):
    make_enrolment(make_course(), alice, Role.INSTRUCTOR)
    client.force_login(alice)
    text = client.get("/").content.decode()
    assert "My films" in text
    assert "Waiting for you" in text


def test_home_asks_for_a_log_in(client):
    assert client.get("/").url == "/log-in/?next=/"
