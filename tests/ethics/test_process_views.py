"""The script editor and the decision log, for makers, their teacher and a stranger."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from courses.choices import Role
from ethics.models import LogNote, Rating, ScriptVersion
from ethics.services import process
from tests.factories import (
    NOW,
    make_brief,
    make_course,
    make_crew,
    make_enrolment,
    make_module,
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
LINE = {"what": "The drone shot", "outcome": "rejected", "why": "It looked like an advertisement."}


@pytest.fixture
def room():
    alice, bob, charlie = (make_user(name) for name in ("alice", "bob", "charlie"))
    course = make_course()
    make_enrolment(course, bob, Role.INSTRUCTOR)
    make_crew(members=[charlie])
    work = make_work(
        make_brief(make_module(course), is_crew_work=True), crew=make_crew(course, members=[alice])
    )
    return SimpleNamespace(alice=alice, bob=bob, charlie=charlie, work=work)


def url(name, room):
    return reverse(f"ethics:{name}", args=[room.work.uuid])


def test_makers_write_the_script_and_teachers_read_it(client, room):
    client.force_login(room.alice)
    answer = client.post(url("work_script", room), {"text": "A pier. <Night>.", "seen": 0}, follow=True)
    assert "A pier. &lt;Night&gt;." in answer.content.decode()

    client.force_login(room.bob)
    page = client.get(url("work_script", room)).content.decode()
    assert ("A pier." in page, "<textarea" in page) == (True, False)
    assert client.post(url("work_script", room), {"text": "Mine.", "seen": 1}).status_code == 403
    assert ScriptVersion.objects.get().text == "A pier. <Night>."


def test_strangers_see_neither(client, room):
    client.force_login(room.charlie)
    assert [client.get(url(name, room)).status_code for name in ("work_script", "decision_log")] == [404, 404]


def test_the_editor_saves_by_itself_and_keeps_the_place(client, room):
    client.force_login(room.alice)
    answer = client.post(
        url("work_script", room), {"text": "A pier.", "seen": 0}, headers={"HX-Request": "true"}
    )
    text = answer.content.decode()
    assert ('name="seen" value="1"' in text, "<html" in text) == (True, False)
    answer = client.post(
        url("work_script", room), {"text": "A pier. Night.", "seen": 1}, headers={"HX-Request": "true"}
    )
    assert 'name="seen" value="2"' in answer.content.decode()


def test_what_another_saved_meanwhile_is_told_and_what_was_typed_is_kept(client, room):
    mate = make_enrolment(room.work.brief.module.course, make_user("dora")).user
    room.work.crew.members.create(user=mate, film_role="director")
    process.save_script(work=room.work, text="A pier.", by=mate, now=NOW)
    client.force_login(room.alice)
    answer = client.post(url("work_script", room), {"text": "Another pier.", "seen": 0})
    page = answer.content.decode()
    assert (answer.status_code, "Another pier." in page) == (422, True)
    assert "Version 1 was saved meanwhile" in page


def test_a_passage_shows_its_state(client, room):
    process.save_script(work=room.work, text="A pier.", by=room.alice, now=NOW)
    client.force_login(room.bob)
    assert '<span class="passage-h"' in client.get(url("work_script", room)).content.decode()


def test_lines_are_written_corrected_and_both_versions_shown(client, room):
    client.force_login(room.alice)
    client.post(url("decision_log", room), LINE)
    form = client.get(url("decision_log", room), {"line": "1"}).content.decode()
    assert ('value="The drone shot"' in form, "Correct line 1" in form) == (True, True)
    client.post(url("decision_log", room), {**LINE, "line": 1, "why": "Too clean."})
    page = client.get(url("decision_log", room)).content.decode()
    assert ("Too clean." in page, "It looked like an advertisement." in page) == (True, True)
    assert list(LogNote.objects.order_by("version").values_list("line", "version")) == [(1, 1), (1, 2)]


def test_an_empty_line_comes_back_with_what_was_typed(client, room):
    client.force_login(room.alice)
    answer = client.post(url("decision_log", room), {**LINE, "why": ""})
    assert (answer.status_code, "The drone shot" in answer.content.decode()) == (422, True)
    assert not LogNote.objects.exists()


def test_a_line_nobody_wrote_opens_the_form_for_a_new_one(client, room):
    client.force_login(room.alice)
    for asked in ("7", "x", "-1", "99999999999999999999"):
        assert "New line" in client.get(url("decision_log", room), {"line": asked}).content.decode()


def test_a_teacher_rates_and_the_makers_read_it(client, room):
    client.force_login(room.bob)
    answer = client.post(
        url("work_rate", room), {"reasons": "3", "talk": "", "reason": "Knows why."}, follow=True
    )
    assert "3 / 4" in answer.content.decode()
    assert Rating.objects.get().marks == {"reasons": 3}
    client.force_login(room.alice)
    page = client.get(url("decision_log", room)).content.decode()
    assert ("Knows why." in page, 'name="reasons"' in page) == (True, False)
    assert client.post(url("work_rate", room), {"reasons": "4", "reason": "x"}).status_code == 403


def test_a_rating_without_a_mark_comes_back(client, room):
    client.force_login(room.bob)
    answer = client.post(url("work_rate", room), {"reason": "Knows why."})
    assert (answer.status_code, "Give at least one mark" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_costs_the_same_for_one_and_three_lines(client, room, count, django_assert_num_queries):
    for number in range(count):
        process.write_note(
            work=room.work, outcome="kept", what=f"Shot {number}", why="It is ours.", by=room.alice, now=NOW
        )
    client.force_login(room.alice)
    with django_assert_num_queries(9):
        client.get(url("decision_log", room))
