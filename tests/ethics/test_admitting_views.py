"""What makers add on the pages: admissions from the to-do list, and an interval that moves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from assignments.choices import MediaRole, MediaState
from courses.choices import Role
from ethics.choices import AssessmentState
from ethics.models import Admission, Assessment
from tests.ethics.test_views import document
from tests.factories import (
    NOW,
    make_assessment,
    make_brief,
    make_course,
    make_crew,
    make_cut,
    make_enrolment,
    make_finished_assessment,
    make_media,
    make_module,
    make_submission,
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
TYPED = {
    "about": "stretch",
    "plane": "picture",
    "start": "00:00:03:00",
    "end": "4",
    "tool": "Kling 2.1",
    "note": "",
}


@pytest.fixture
def room():
    """Alice's crew has a measured cut of four seconds; Bob teaches, Charlie is elsewhere."""
    alice, bob, charlie = (make_user(name) for name in ("alice", "bob", "charlie"))
    course = make_course()
    make_enrolment(course, bob, Role.INSTRUCTOR)
    make_crew(members=[charlie])
    brief = make_brief(make_module(course), is_crew_work=True)
    work = make_work(brief, crew=make_crew(course, members=[alice]))
    film = make_media(work, MediaRole.FILM, facts={"kind": "video", "duration": "4", "fps": "25/1"})
    cut = make_cut(work, film=film)
    rush = make_media(work, name="A001.mov")
    assessment = make_assessment(
        cut, state=AssessmentState.DONE, document=document(rush), share_low=0.25, share_high=0.5,
        hcid_low=40, hcid_high=60, verdict="open", ledger_index=0, finished_at=NOW,
    )  # fmt: skip
    return SimpleNamespace(
        alice=alice, bob=bob, charlie=charlie, work=work, cut=cut, rush=rush, assessment=assessment
    )


def url(name, row):
    return reverse(f"ethics:{name}", args=[row.uuid])


def page(client, name, row):
    return client.get(url(name, row)).content.decode()


# ---------------------------------------------------------------- the to-do list
def test_a_maker_can_close_each_row_by_rush_set_log_or_admission(client, room):
    client.force_login(room.alice)

    told = page(client, "assessment_detail", room.assessment)

    assert 'name="start" value="00:00:03:00"' in told
    assert 'name="end" value="00:00:04:00"' in told
    assert reverse("assignments:set_log_list", args=[room.work.uuid]) in told
    assert reverse("assignments:media_upload", args=[room.work.uuid, "rush"]) in told


def test_a_row_with_a_rush_leads_to_its_set_log(client, room):
    room.assessment.document["verdict"]["todo"] = [{"start": 0, "end": 2, "why": "attached", "worth": 0.5}]
    room.assessment.save()
    client.force_login(room.alice)

    told = page(client, "assessment_detail", room.assessment)

    assert f"{reverse('assignments:set_log_list', args=[room.work.uuid])}?media={room.rush.uuid}" in told


def test_a_teacher_sees_what_is_open_and_admits_nothing_for_the_crew(client, room):
    client.force_login(room.bob)

    told = page(client, "assessment_detail", room.assessment)

    assert "Nothing matches this stretch" in told
    assert ('name="tool"' in told, "data-dropzone" in told) == (False, False)


# ---------------------------------------------------------------- admissions
def test_admitting_leads_to_the_new_measuring_which_shows_what_was(client, room):
    client.force_login(room.alice)

    answer = client.post(url("admission_list", room.cut), TYPED)

    admission, again = Admission.objects.get(), Assessment.objects.get(cut=room.cut, number=2)
    assert (admission.start, admission.end, admission.tool) == ("3", "4", "Kling 2.1")
    assert answer.url == url("assessment_detail", again)
    told = page(client, "assessment_detail", again)
    assert "until now" in told
    assert "25–50" in told


def test_a_file_is_admitted_wherever_it_is_used(client, room):
    client.force_login(room.alice)
    typed = {"about": "file", "file": str(room.rush.uuid), "tool": "Veo 3", "is_part": "on"}

    client.post(url("admission_list", room.cut), typed)

    admission = Admission.objects.get()
    assert (admission.media, admission.is_part, admission.plane) == (room.rush, True, "")
    assert "A001.mov" in page(client, "admission_list", room.cut)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": "soon"}, "is no time of a film"),
        ({"end": "00:00:04:31"}, "is no time of a film"),
        ({"tool": ""}, "This field is required"),
        ({"plane": "smell"}, "smell"),
        ({"start": "4", "end": "3"}, "there is nothing of this film"),
        ({"about": "file", "file": "x"}, "x"),
    ],
)
def test_what_cannot_be_comes_back_with_a_sentence_and_what_was_typed(client, room, change, words):
    client.force_login(room.alice)

    answer = client.post(url("admission_list", room.cut), {**TYPED, **change})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Admission.objects.count() == 0


def test_taken_back_it_stays_readable_and_after_handing_in_it_stays(client, room):
    client.force_login(room.alice)
    client.post(url("admission_list", room.cut), TYPED)
    admission = Admission.objects.get()
    client.post(url("admission_withdraw", admission))
    admission.refresh_from_db()
    client.post(url("admission_list", room.cut), {**TYPED, "tool": "Veo 3"})
    make_submission(room.cut)

    refused = client.post(url("admission_withdraw", Admission.objects.get(tool="Veo 3")))

    assert admission.withdrawn_by == room.alice
    assert "taken back by" in page(client, "admission_list", room.cut)
    assert refused.status_code == 409


def test_who_sees_and_who_may(client, room):
    client.force_login(room.alice)
    client.post(url("admission_list", room.cut), TYPED)
    admission = Admission.objects.get()
    seen = {}
    for name in ("bob", "charlie"):
        client.force_login(getattr(room, name))
        reads = [url("admission_list", room.cut), url("moved_panel", room.assessment)]
        told = [client.get(address).status_code for address in reads]
        told += [client.post(reads[0], TYPED).status_code]
        seen[name] = [*told, client.post(url("admission_withdraw", admission)).status_code]

    assert seen == {"bob": [200, 200, 403, 403], "charlie": [404, 404, 404, 404]}


def test_an_admission_is_named_on_the_strip_by_its_tool(client, room):
    client.force_login(room.alice)
    client.post(url("admission_list", room.cut), TYPED)
    evidence = {
        "kind": "admission",
        "grade": 0,
        "confidence": 1,
        "note": "…",
        "params": {"tool": "Kling 2.1"},
    }
    source = {
        "id": str(Admission.objects.get().uuid), "kind": "generated", "source_start": 0, "speed": 0,
        "mirrored": False, "area": [1, 1], "evidence": [evidence],
    }  # fmt: skip
    segments = room.assessment.document["planes"]["picture"]["segments"]
    segments[2] = {**segments[2], "state": "A", "alpha": [1, 1], "why": "", "sources": [source]}
    room.assessment.save()

    told = client.get(
        reverse("ethics:segment_panel", args=[room.assessment.uuid, "picture", 2])
    ).content.decode()

    assert "The crew says that it was made with Kling 2.1." in told


# ---------------------------------------------------------------- the interval moves
def test_the_panel_tells_of_files_on_their_way_then_of_the_measuring_then_of_the_move(client, room):
    client.force_login(room.alice)
    quiet = page(client, "moved_panel", room.assessment)
    arriving = make_media(room.work, state=MediaState.WORKING, name="B002.mov", progress=0.5)
    coming = page(client, "moved_panel", room.assessment)
    type(arriving).objects.filter(pk=arriving.pk).update(state=MediaState.READY)
    again = make_assessment(room.cut, state=AssessmentState.RUNNING, progress=0.4)
    judging = page(client, "moved_panel", room.assessment)
    Assessment.objects.filter(pk=again.pk).delete()
    make_finished_assessment(room.cut, lo=0.25, hi=0.25, verdict="within")
    moved = page(client, "moved_panel", room.assessment)

    assert [("every 1s" in told) for told in (quiet, coming, judging, moved)] == [False, True, True, False]
    assert "B002.mov" in coming
    assert "Judging the cut again" in judging
    assert ("25–50" in moved, "Open the new measure" in moved) == (True, True)


def test_the_new_page_shows_before_and_after(client, room):
    again = make_assessment(
        room.cut, state=AssessmentState.DONE, document=room.assessment.document, share_low=0.5, share_high=0.5,
        hcid_low=40, hcid_high=60, verdict="over", ledger_index=0, finished_at=NOW,
    )  # fmt: skip
    client.force_login(room.alice)

    told = page(client, "assessment_detail", again)

    assert ("before, measure 1" in told, "after, measure 2" in told) == (True, True)
