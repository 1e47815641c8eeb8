"""The history: what is narrowed down how, and where an output can go on."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assignments.choices import MediaRole
from generation import services
from generation.choices import JobState
from generation.domain.tools import TOOLS
from generation.models import Job
from generation.queries.history import retellers_of, takers_of
from tests.factories import (
    NOW,
    make_administrator,
    make_crew,
    make_engine,
    make_job,
    make_media,
    make_output,
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
URL = "/jobs/"


@pytest.fixture
def engine(scene):
    return make_engine()


@pytest.fixture
def output(scene, engine):
    asked = {"prompt": "a pier", "direction": {"place": "a pier"}, "seed": 7}
    return make_output(job=make_job(scene.work, engine=engine, state=JobState.DONE, request=asked))


def shown(client, query=""):
    return list(client.get(f"{URL}{query}").context["page"])


def test_it_is_narrowed_by_state_tool_person_and_work(client, scene, engine, output):
    held = make_job(scene.work, engine=engine, state=JobState.HELD)
    spoken = make_job(scene.work, engine=engine, tool="voice")
    theirs = make_job(make_work(scene.brief, crew=make_crew(scene.course)), engine=engine)
    client.force_login(scene.bob)
    assert shown(client, "?state=held") == [held]
    assert shown(client, "?state=waiting&tool=voice") == [spoken]
    assert shown(client, f"?person={theirs.created_by.username}") == [theirs]
    assert shown(client, f"?work={theirs.work.uuid}") == [theirs]
    assert shown(client, "?tool=teleport&work=nonsense&state=odd") == shown(client)


def test_the_chosen_ones_alone_can_be_shown(client, scene, engine, output):
    make_output(scene.work)
    services.choose_output(output=output, among=[output], by=scene.alice, now=NOW)
    client.force_login(scene.alice)
    assert shown(client, "?chosen=1") == [output.job]


def test_names_of_other_courses_are_not_offered(client, scene, engine, output):
    make_job(engine=engine, tool="voice", created_by=make_user("zoe"))
    client.force_login(scene.alice)
    context = client.get(URL).context
    assert ([person.username for person in context["people"]], context["works"]) == (["alice"], [scene.work])
    assert [tool.slug for tool in context["tools"]] == ["text-to-image"]
    client.force_login(make_administrator())
    assert "zoe" in {person.username for person in client.get(URL).context["people"]}


def test_a_page_looks_again_while_something_moves(client, scene, engine, output):
    client.force_login(scene.alice)
    assert "every 5s" not in client.get(URL).content.decode()
    make_job(scene.work, engine=engine)
    assert "every 5s" in client.get(URL).content.decode()


def test_a_picture_goes_on_into_every_tool_of_the_brief_that_takes_one(scene, output):
    takers = {(each.tool.slug, each.field) for each in takers_of(output.media, scene.brief)}
    assert {("image-to-image", "source"), ("image-to-video", "source")} <= takers
    scene.brief.tools = ["text-to-image", "image-to-video"]
    assert {each.tool.slug for each in takers_of(output.media, scene.brief) if each.field == "source"} == {
        "image-to-video"
    }


def test_a_sound_goes_into_no_tool_that_wants_a_picture(scene):
    sound = make_media(scene.work, MediaRole.GENERATED, mime="audio/wav")
    assert [each.tool.slug for each in takers_of(sound, scene.brief) if each.field == "source"] == []


def test_words_are_told_again_by_tools_that_know_them(scene):
    told = {tool.slug for tool in retellers_of(TOOLS["text-to-image"], scene.brief)}
    assert ({"image-to-image", "image-to-video"} <= told, "voice" in told) == (True, False)


@pytest.mark.parametrize(("person", "status"), [("alice", 200), ("bob", 200), ("charlie", 404)])
def test_the_way_on_is_seen_by_who_sees_the_job(client, scene, output, person, status):
    client.force_login(getattr(scene, person))
    assert client.get(reverse("generation:job_next", args=[output.job.uuid])).status_code == status


def test_makers_may_go_on_and_teachers_may_look(client, scene, output):
    url = reverse("generation:job_next", args=[output.job.uuid])
    again = reverse("generation:job_again", args=[output.job.uuid])
    client.force_login(scene.alice)
    mine = client.get(url).content.decode()
    client.force_login(scene.bob)
    theirs = client.get(url).content.decode()
    assert (f"source={output.media.uuid}" in mine, again in mine) == (True, True)
    assert (f"source={output.media.uuid}" in theirs, again in theirs) == (False, False)


def test_the_same_again_has_another_seed_and_leads_to_it(client, scene, output):
    client.force_login(scene.alice)
    response = client.post(reverse("generation:job_again", args=[output.job.uuid]))
    new = Job.objects.exclude(pk=output.job.pk).get()
    assert (response.status_code, response.url.endswith(f"?job={new.uuid}")) == (302, True)
    assert (new.request["direction"]["place"], new.request["seed"] != 7) == ("a pier", True)


@pytest.mark.parametrize(("person", "status"), [("bob", 403), ("charlie", 404)])
def test_nobody_else_asks_again(client, scene, output, person, status):
    client.force_login(getattr(scene, person))
    assert client.post(reverse("generation:job_again", args=[output.job.uuid])).status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_three(client, scene, engine, count, django_assert_num_queries):
    for _number in range(count):
        make_output(job=make_job(scene.work, engine=engine, state=JobState.DONE))
    client.force_login(scene.alice)
    with django_assert_num_queries(9):
        client.get(URL)
