"""Pages and panels of the measure, for the crew, their teacher and a stranger."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse

from assignments.models import Media
from courses.choices import Role
from ethics.choices import AssessmentState
from ethics.models import Assessment
from ethics.services import OverTheCap, refuse_over_cap
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
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def room():
    """Alice's crew has a measured cut; Bob teaches the course; Charlie is in another course."""
    alice, bob, charlie = (make_user(name) for name in ("alice", "bob", "charlie"))
    course = make_course()
    make_enrolment(course, bob, Role.INSTRUCTOR)
    make_crew(members=[charlie])
    brief = make_brief(make_module(course), is_crew_work=True)
    work = make_work(brief, crew=make_crew(course, members=[alice]))
    cut = make_cut(work)
    rush = make_media(work, name="A001.mov")
    assessment = make_assessment(
        cut,
        state=AssessmentState.DONE,
        document=document(rush),
        document_sha256="",
        share_low=0.25,
        share_high=0.5,
        hcid_low=40,
        hcid_high=60,
        verdict="open",
        ledger_index=0,
        finished_at=NOW,
    )
    return SimpleNamespace(
        alice=alice,
        bob=bob,
        charlie=charlie,
        brief=brief,
        work=work,
        cut=cut,
        rush=rush,
        assessment=assessment,
    )


def document(rush):
    evidence = {
        "kind": "frame-match",
        "grade": 2,
        "confidence": 0.99,
        "note": "as the tracer said it",
        "params": {},
    }
    source = {
        "id": str(rush.uuid),
        "kind": "rush",
        "source_start": 1,
        "speed": 1,
        "mirrored": False,
        "area": [1, 1],
        "evidence": [evidence],
    }
    segments = [
        {"start": 0, "end": 2, "state": "H", "alpha": [0, 0], "why": "", "sources": [source]},
        {
            "start": 2,
            "end": 3,
            "state": "A",
            "alpha": [1, 1],
            "why": "",
            "sources": [{**source, "id": str(uuid4()), "kind": "generated"}],
        },
        {"start": 3, "end": 4, "state": "U", "alpha": [0, 1], "why": "unmatched", "sources": []},
    ]
    plane = {
        "share": [0.25, 0.5],
        "robust": 0.3,
        "active_seconds": 4,
        "neutral_seconds": 0,
        "segments": segments,
    }
    part = {
        "id": str(rush.uuid),
        "kind": "rush",
        "time": 0.5,
        "score": [1, 1],
        "points": [0.5, 0.5],
        "factors": {},
    }
    return {
        "schema": "dailies-assessment/1",
        "measure": "dailies-measure/1",
        "ruleset": "sha256:0",
        "film": {
            "name": "film.mp4",
            "sha256": "0",
            "duration": 4,
            "fps": "25/1",
            "width": 320,
            "height": 180,
            "cuts": [2, 3],
        },
        "planes": {"picture": plane},
        "verdict": {
            "plane": "picture",
            "cap": 0.4,
            "result": "open",
            "enough": 1,
            "todo": [{"start": 3, "end": 4, "why": "unknown", "worth": 0.25}],
        },
        "hcid": {
            "value": [40, 60],
            "weights": {"P": 1},
            "terms": {"P": {"value": [0.4, 0.6], "points": [40, 60], "sources": [part], "parts": {}}},
        },
    }


PAGES = ["assessment_detail", "assessment_json", "assessment_state"]
PANELS = ["strip_panel", "share_panel"]


def addresses(room):
    pages = [reverse(f"ethics:{name}", args=[room.assessment.uuid]) for name in PAGES]
    panels = [reverse(f"ethics:{name}", args=[room.cut.uuid]) for name in PANELS]
    return [*pages, *panels, reverse("ethics:segment_panel", args=[room.assessment.uuid, "picture", 0])]


def statuses(client, user, room):
    client.force_login(user)
    return {client.get(address).status_code for address in addresses(room)}


def test_the_crew_and_their_teacher_see_it_a_stranger_sees_nothing(client, room):
    assert statuses(client, room.alice, room) == {200}
    assert statuses(client, room.bob, room) == {200}
    assert statuses(client, room.charlie, room) == {404}


def test_without_log_in_every_page_leads_to_it(client, room):
    assert {client.get(address).url.split("?")[0] for address in addresses(room)} == {
        reverse("accounts:log_in")
    }


def test_the_page_names_files_and_says_the_verdict(client, room):
    client.force_login(room.alice)

    page = client.get(reverse("ethics:assessment_detail", args=[room.assessment.uuid])).content.decode()

    assert "A001.mov" in page
    assert "Prove the longest unknown shot and the film is within the cap." in page
    assert str(room.rush.uuid) not in page.split('id="evidence"')[0].split("<main")[1].replace("media/", "")


def test_in_chinese_the_codes_are_said_in_chinese(client, room):
    client.force_login(room.alice)
    client.post(reverse("accounts:language"), {"language": "zh-hans"})

    panel = client.get(
        reverse("ethics:segment_panel", args=[room.assessment.uuid, "picture", 2])
    ).content.decode()

    assert "as the tracer said it" not in panel
    assert "样片" in panel


def test_another_crews_file_is_not_named(client, room):
    client.force_login(room.alice)

    panel = client.get(
        reverse("ethics:segment_panel", args=[room.assessment.uuid, "picture", 1])
    ).content.decode()

    assert "a file of another crew" in panel


def test_the_json_is_the_canonical_form(client, room):
    client.force_login(room.alice)

    response = client.get(reverse("ethics:assessment_json", args=[room.assessment.uuid]))

    from ethics.domain.assessment import canonical_bytes

    assert (
        hashlib.sha256(response.content).digest()
        == hashlib.sha256(canonical_bytes(room.assessment.document)).digest()
    )


def test_a_segment_shows_where_in_the_frame_its_source_was_found(client, room):
    heat = {"source": str(room.rush.uuid), "start": 0, "end": 2, "cells": "0" * 33 + "7" + "0" * 542}
    Assessment.objects.filter(pk=room.assessment.pk).update(heats=[heat])
    Media.objects.filter(pk=room.cut.film_id).update(has_poster=True)
    client.force_login(room.alice)

    answers = [
        client.get(reverse("ethics:segment_panel", args=[room.assessment.uuid, "picture", index]))
        for index in (0, 1)
    ]

    cell = '<rect x="1" y="1" width="1" height="1" fill-opacity="0.7"></rect>'
    assert [cell in answer.content.decode() for answer in answers] == [True, False]


def test_a_segment_that_is_not_there_is_not_found(client, room):
    client.force_login(room.alice)

    assert (
        client.get(reverse("ethics:segment_panel", args=[room.assessment.uuid, "picture", 3])).status_code
        == 404
    )
    assert (
        client.get(reverse("ethics:segment_panel", args=[room.assessment.uuid, "smell", 0])).status_code
        == 404
    )


def test_measuring_again_is_for_makers_and_instructors(client, room):
    address = reverse("ethics:measure_again", args=[room.cut.uuid])
    client.force_login(room.charlie)
    assert client.post(address).status_code == 404
    client.force_login(room.alice)
    assert client.get(address).status_code == 405

    response = client.post(address)

    queued = Assessment.objects.get(cut=room.cut, number=2)
    assert response.url == reverse("ethics:assessment_detail", args=[queued.uuid])


def test_a_cut_that_waits_shows_progress_and_one_that_failed_says_why(client, room):
    waiting, failed = make_cut(room.work), make_cut(room.work)
    make_assessment(waiting, progress=0.4)
    problem = {"template": "%(name)s could not be measured.", "params": {"name": "film.mp4"}}
    make_assessment(failed, state=AssessmentState.FAILED, problem=problem)
    client.force_login(room.alice)

    for panel in PANELS:
        assert (
            "Tracing the film" in client.get(reverse(f"ethics:{panel}", args=[waiting.uuid])).content.decode()
        )
        assert (
            "film.mp4 could not be measured."
            in client.get(reverse(f"ethics:{panel}", args=[failed.uuid])).content.decode()
        )


@pytest.mark.parametrize(
    ("over_cap", "verdict", "is_refused"),
    [("block", "over", True), ("block", "within", False), ("ask", "over", False)],
)
def test_only_a_blocking_brief_refuses_a_film_over_the_cap(over_cap, verdict, is_refused):
    work = make_work(make_brief(is_crew_work=True, over_cap=over_cap))
    cut = make_cut(work)
    make_finished_assessment(cut, lo=0.5, hi=0.6, verdict=verdict)

    if is_refused:
        with pytest.raises(OverTheCap, match="40 %"):
            refuse_over_cap(cut)
    else:
        refuse_over_cap(cut)


def test_the_page_costs_the_same_however_long_the_history(client, room, django_assert_num_queries):
    client.force_login(room.alice)
    address = reverse("ethics:assessment_detail", args=[room.assessment.uuid])
    client.get(address)
    with django_assert_num_queries(16):
        client.get(address)
    for _number in range(2):
        make_assessment(room.cut, state=AssessmentState.FAILED, problem={"template": "x", "params": {}})
    with django_assert_num_queries(16):
        client.get(address)
