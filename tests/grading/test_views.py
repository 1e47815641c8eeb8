"""Who sees which page of the grading room, and what it shows them."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from assignments.backends import store
from grading import workers
from grading.choices import MarkerRole
from grading.models import Marking, Report
from grading.services.marking import finish_marking
from tests.factories import (
    NOW,
    make_administrator,
    make_course,
    make_crew,
    make_cut,
    make_enrolment,
    make_job,
    make_submission,
    make_work,
)
from tests.grading.documents import make_measured
from tests.grading.rubrics import make_marked, mark

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
ACADEMIC, MENTOR = MarkerRole.ACADEMIC, MarkerRole.MENTOR


def page(client, person, name, *args, **query):
    client.force_login(person)
    return client.get(reverse(f"grading:{name}", args=args), query)


def grow(marked, works: int):
    """Add further crews with a film each, measured, rendered for and marked by both teachers."""
    for _number in range(works):
        work = make_work(marked.brief, crew=make_crew(marked.course))
        other = make_marked(work, bob=marked.bob, mona=marked.mona)
        make_measured(other.submission.cut)
        make_job(work, state="done", spent_seconds=12.5)
        mark(other, ACADEMIC, {"story": "30"})
        mark(other, MENTOR, {"craft": "20"})


# ---------------------------------------------------------------- the grading room
def test_teachers_mark_others_do_not(client, marked):
    uuid = marked.submission.uuid
    people = {
        marked.bob: 200,
        marked.mona: 200,
        marked.alice: 403,
        make_administrator(): 403,
        marked.charlie: 404,
    }

    assert {person: page(client, person, "submission_grade", uuid).status_code for person in people} == people


def test_a_saved_draft_stands_on_the_page(client, marked):
    client.force_login(marked.bob)
    address = reverse("grading:submission_grade", args=[marked.submission.uuid])
    form = {
        "points-story": "41.5",
        "comment-story": "earned",
        "points-craft": "",
        "comment": "Look at <b>me</b>",
        "action": "save",
    }

    assert client.post(address, form).status_code == 302
    shown = client.get(address).content.decode()
    assert 'value="41.5"' in shown
    assert "Look at &lt;b&gt;me&lt;/b&gt;" in shown
    assert Marking.objects.get().finished_at is None


def test_finishing_without_all_points_keeps_the_draft(client, marked):
    client.force_login(marked.bob)
    address = reverse("grading:submission_grade", args=[marked.submission.uuid])

    response = client.post(address, {"comment": "almost", "action": "finish"}, follow=True)
    assert "One criterion of yours has no points yet: Story." in response.content.decode()
    marking = Marking.objects.get()
    assert (marking.comment, marking.finished_at) == ("almost", None)


def test_points_out_of_range_come_back_with_what_was_typed(client, marked):
    client.force_login(marked.bob)
    address = reverse("grading:submission_grade", args=[marked.submission.uuid])

    response = client.post(address, {"points-story": "61", "comment": "long thoughts"})
    assert response.status_code == 422
    assert "long thoughts" in response.content.decode()
    assert not Marking.objects.exists()


def test_a_draft_changed_in_another_window_is_not_overwritten(client, marked):
    client.force_login(marked.bob)
    address = reverse("grading:submission_grade", args=[marked.submission.uuid])
    client.post(address, {"points-story": "10"})
    seen = Marking.objects.get().updated_at.isoformat()
    client.post(address, {"points-story": "20", "seen": seen})

    response = client.post(address, {"points-story": "30", "seen": seen}, headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert Marking.objects.get().marks.get().points == Decimal(20)


def test_the_grading_room_hides_the_others_marks_until_both_are_in(client, marked):
    mentor = mark(marked, MENTOR, {"craft": "33.25", "story": "7.75"}, comment="Mona's secret")
    shown = page(client, marked.bob, "submission_grade", marked.submission.uuid).content.decode()
    assert all(secret not in shown for secret in ("33.25", "7.75", "Mona&#x27;s secret", "mentor on craft"))

    mark(marked, ACADEMIC, {"story": "41"})
    shown = page(client, marked.bob, "submission_grade", marked.submission.uuid).content.decode()
    assert mentor.finished_at is not None
    assert all(secret in shown for secret in ("33.25", "Mona&#x27;s secret", "mentor on craft"))


def test_the_way_through_the_class_is_flat(client, marked, django_assert_num_queries):
    make_measured(marked.submission.cut)
    client.force_login(marked.bob)
    address = reverse("grading:submission_grade", args=[marked.submission.uuid])
    client.get(address)
    with django_assert_num_queries(11):
        client.get(address)
    grow(marked, 3)
    with django_assert_num_queries(11):
        client.get(address)


def test_the_picker_holds_last_attempts_with_ones_own_state(client, marked):
    grow(marked, 2)
    make_submission(make_cut(marked.submission.work))
    response = page(client, marked.bob, "submission_grade", marked.submission.uuid)

    items = response.context["items"]
    assert sorted(item.state for item in items) == ["finished", "finished", "waiting"]
    assert marked.submission in [item.submission for item in items]


# ---------------------------------------------------------------- the result
def test_the_result_is_for_makers_teachers_and_administrators(client, marked):
    uuid = marked.submission.uuid
    people = {
        marked.alice: 200,
        marked.bob: 200,
        marked.mona: 200,
        make_administrator(): 200,
        marked.charlie: 404,
    }

    assert {
        person: page(client, person, "submission_result", uuid).status_code for person in people
    } == people


def test_makers_see_marks_when_the_last_teacher_has_finished(client, marked):
    mark(marked, ACADEMIC, {"story": "41.25"}, comment="It earns its silence.")
    early = page(client, marked.alice, "submission_result", marked.submission.uuid).content.decode()
    mark(marked, MENTOR, {"craft": "33"})
    late = page(client, marked.alice, "submission_result", marked.submission.uuid).content.decode()

    for secret in ("41.25", "It earns its silence.", "academic on story"):
        assert secret not in early
        assert secret in late
    assert "74.25" in late


def test_the_third_marker_is_the_teachers_matter(client, marked):
    mark(marked, ACADEMIC, {"story": "60", "craft": "40"})
    mark(marked, MENTOR, {"story": "10", "craft": "10"})

    assert (
        "a third marker is suggested"
        in page(client, marked.bob, "submission_result", marked.submission.uuid).content.decode()
    )
    assert (
        "third marker"
        not in page(client, marked.alice, "submission_result", marked.submission.uuid).content.decode()
    )


def test_the_rubric_is_for_the_course(client, marked):
    response = page(client, marked.alice, "rubric_panel", marked.brief.uuid)

    assert [each.slug for each in response.context["criteria"]] == ["story", "craft"]
    assert page(client, marked.charlie, "rubric_panel", marked.brief.uuid).status_code == 404


def test_an_assignment_without_a_rubric_says_what_to_do(client, marked):
    marked.brief.criteria.all().delete()
    shown = page(client, marked.bob, "submission_grade", marked.submission.uuid).content.decode()

    assert "This assignment has no criteria." in shown


# ---------------------------------------------------------------- reports
def test_a_report_is_asked_for_written_and_served(client, marked):
    make_measured(marked.submission.cut)
    client.force_login(marked.alice)
    client.post(reverse("grading:report_create", args=[marked.submission.uuid]), {"language": "zh-hans"})
    report = Report.objects.get()
    address = reverse("grading:report_file", args=[report.uuid])
    assert client.get(address).status_code == 404

    workers.write_report(str(report.uuid), now=lambda: NOW)
    report.refresh_from_db()
    response = client.get(address)
    assert response.content == store.path(report.sha256).read_bytes()
    assert response.headers["Content-Type"] == "application/pdf"
    for person, status in {marked.bob: 200, marked.mona: 200, marked.charlie: 404}.items():
        assert page(client, person, "report_file", report.uuid).status_code == status
        assert page(client, person, "report_row", report.uuid).status_code == status


def test_a_stranger_asks_for_no_report(client, marked):
    make_measured(marked.submission.cut)
    client.force_login(marked.charlie)

    assert client.post(reverse("grading:report_create", args=[marked.submission.uuid])).status_code == 404
    assert not Report.objects.exists()


# ---------------------------------------------------------------- the class
def test_the_dashboard_and_gradebook_are_for_the_courses_instructors(client, marked):
    people = {
        marked.bob: 200,
        make_administrator(): 200,
        marked.mona: 403,
        marked.alice: 403,
        marked.charlie: 404,
    }

    for name in ("dashboard", "gradebook_light"):
        assert {
            person: page(client, person, name, marked.course.uuid).status_code for person in people
        } == people


def test_a_class_without_films_says_what_to_do(client):
    enrolment = make_enrolment(make_course(), role="instructor")
    for name in ("dashboard", "gradebook_light"):
        shown = page(client, enrolment.user, name, enrolment.course.uuid).content.decode()
        assert "No film begun yet" in shown


def test_the_dashboard_is_flat_in_class_size(client, marked, django_assert_num_queries):
    grow(marked, 1)
    client.force_login(marked.bob)
    address = reverse("grading:dashboard", args=[marked.course.uuid])
    client.get(address)
    with django_assert_num_queries(9):
        client.get(address)
    grow(marked, 2)
    with django_assert_num_queries(9):
        response = client.get(address)
    assert response.context["facts"]["films"] == 4


def test_every_mark_of_the_dashboard_leads_to_its_film(client, marked):
    assessment = make_measured(marked.submission.cut)
    charts = page(client, marked.bob, "dashboard", marked.course.uuid).context["charts"]

    address = reverse("ethics:assessment_detail", args=[assessment.uuid])
    for name in ("share", "degree", "module", "time"):
        marks = [url for trace in charts[name].figure["data"] for url in trace.get("customdata", [])]
        assert marks == [address]
    assert client.get(address).status_code == 200


def test_the_gradebook_is_flat_in_class_size(client, marked, django_assert_num_queries):
    grow(marked, 1)
    client.force_login(marked.bob)
    address = reverse("grading:gradebook_light", args=[marked.course.uuid])
    client.get(address)
    with django_assert_num_queries(13):
        client.get(address)
    grow(marked, 2)
    with django_assert_num_queries(13):
        client.get(address)


def test_the_gradebook_shows_an_instructor_no_mark_of_the_mentor_before_both_are_in(client, marked):
    mark(marked, MENTOR, {"craft": "33.25", "story": "7.75"})
    marking = mark(marked, ACADEMIC, {"story": "41.5"}, finish=False)
    shown = page(client, marked.bob, "gradebook_light", marked.course.uuid).content.decode()
    assert "41.5" in shown
    assert "33.25" not in shown
    assert "7.75" not in shown

    looked_at = page(client, make_administrator(), "gradebook_light", marked.course.uuid).content.decode()
    assert "41.5" not in looked_at
    finish_marking(marking=marking, by=marked.bob, now=NOW)
    assert "33.25" in page(client, marked.bob, "gradebook_light", marked.course.uuid).content.decode()


# ---------------------------------------------------------------- the audit
def test_the_audit_is_for_administrators(client, marked):
    admin = make_administrator()
    for name, args in {"audit": [], "audit_films": [marked.brief.uuid], "audit_csv": []}.items():
        for person, status in {admin: 200, marked.bob: 403, marked.alice: 403}.items():
            assert page(client, person, name, *args).status_code == status


def test_the_audit_counts_films_by_verdict(client, marked):
    make_measured(marked.submission.cut, share=(0.5, 0.55), verdict="over")
    grow(marked, 2)
    make_marked()

    rows = page(client, make_administrator(), "audit").context["rows"]
    row = next(row for row in rows if row.brief == marked.brief)
    assert (len(row.films), row.verdicts) == (3, {"within": 0, "open": 2, "over": 1})
    assert row.share == pytest.approx(((0.5 + 0.25 + 0.25) / 3, (0.55 + 0.5 + 0.5) / 3))
    other = next(row for row in rows if row.brief != marked.brief)
    assert (other.share, other.unmeasured) == (None, 1)


def test_the_audit_counts_the_last_attempt(client, marked):
    make_measured(marked.submission.cut, share=(0.5, 0.55), verdict="over")
    recut = make_submission(make_cut(marked.submission.work))
    make_measured(recut.cut, share=(0.1, 0.2), verdict="within")

    (row,) = page(client, make_administrator(), "audit").context["rows"]
    assert (len(row.films), row.verdicts["over"], row.verdicts["within"]) == (1, 0, 1)


@pytest.mark.parametrize("name", ["term", "course", "module", "verdict"])
def test_the_audit_is_narrowed_on_its_own_address(client, marked, name):
    make_measured(marked.submission.cut, share=(0.5, 0.55), verdict="over")
    other = make_marked()
    make_measured(other.submission.cut)
    type(other.course).objects.filter(pk=other.course.pk).update(term="Autumn 2026")
    value = {
        "term": marked.course.term, "course": marked.course.code, "module": marked.brief.module.slug, "verdict": "over",
    }[name]  # fmt: skip

    admin = make_administrator()
    assert len(page(client, admin, "audit").context["rows"]) == 2
    assert [row.brief for row in page(client, admin, "audit", **{name: value}).context["rows"]] == [
        marked.brief
    ]


def test_filters_nobody_knows_are_left_out(client, marked):
    rows = page(client, make_administrator(), "audit", verdict="' OR 1=1", term="never").context["rows"]

    assert [row.brief for row in rows] == [marked.brief]


def test_htmx_gets_the_results_only(client, marked):
    client.force_login(make_administrator())
    response = client.get(reverse("grading:audit"), headers={"HX-Request": "true"})

    assert response.content.decode().lstrip().startswith('<div id="results"')


def test_the_audit_is_flat_in_films_and_courses(client, marked, django_assert_num_queries):
    grow(marked, 1)
    client.force_login(make_administrator())
    client.get(reverse("grading:audit"))
    with django_assert_num_queries(7):
        client.get(reverse("grading:audit"))
    grow(marked, 2)
    make_measured(make_marked().submission.cut)
    with django_assert_num_queries(7):
        client.get(reverse("grading:audit"))


def test_the_csv_is_safe_and_in_the_persons_language(client, marked):
    make_measured(marked.submission.cut, share=(0.5, 0.55), verdict="over")
    type(marked.submission.cut.film).objects.filter(pk=marked.submission.cut.film_id).update(name="=2+2.mp4")
    admin = make_administrator(language="zh-hans")

    response = page(client, admin, "audit_csv")
    text = b"".join(response.streaming_content).decode()
    header, line = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    with translation.override("zh-hans"):
        words = [gettext(word) for word in ("Course", "Receipt", "over the cap")]
    assert text.startswith("\ufeff")
    assert [header[1], header[15]] == words[:2]
    assert line[6] == "'=2+2.mp4"
    assert line[8:12] == ["40.0", "50.0", "55.0", words[2]]
