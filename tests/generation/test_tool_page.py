"""The tool page before and after the click: price and wait, candidates, previews, words from elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from assignments.choices import MediaRole
from generation.choices import JobState
from generation.models import Job, Preview
from tests.factories import NOW, make_engine, make_job, make_media, make_output, make_user, make_work

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
JPEG = b"\xff\xd8\xff\xe0 small"


@pytest.fixture
def engine(scene):
    return make_engine(options={"steps": 10}, seconds_per_step=0.5)


def tool_url(scene, tool="text-to-image"):
    return reverse("generation:tool", args=[scene.work.uuid, tool])


def quote_url(scene, tool="text-to-image"):
    return reverse("generation:tool_quote", args=[scene.work.uuid, tool])


def quote(client, scene, **data):
    return client.post(quote_url(scene), data, headers={"HX-Request": "true"}).context["quote"]


def running(work, engine, **fields):
    lease = NOW + timedelta(days=9000)
    return make_job(work, engine=engine, state=JobState.RUNNING, lease_until=lease, started_at=NOW, **fields)


# ---------------------------------------------------------------- before the click
def test_price_and_prompt_follow_the_form(client, scene, engine):
    client.force_login(scene.alice)
    told = quote(client, scene, place="a pier", shot="wide", steps="20", count="4")
    assert (told.count, told.seconds, told.prompt) == (4, 40.0, "wide shot, a pier")
    assert (told.ahead, told.wait_seconds, told.short) == (0, 0.0, None)


def test_a_half_filled_form_with_faults_has_the_price_of_the_engines_own_settings(client, scene, engine):
    client.force_login(scene.alice)
    response = client.post(quote_url(scene), {"steps": "", "seed": "seven", "count": "900", "engine": "none"})
    assert (response.status_code, response.context["quote"].seconds) == (200, 5.0)
    assert "field-error" not in response.content.decode()


def test_those_who_go_before_are_told(client, scene, engine):
    other = make_work(scene.brief, owner=make_user())
    running(other, engine, price_seconds=6)
    make_job(other, engine=engine, price_seconds=4)
    client.force_login(scene.alice)
    told = quote(client, scene, place="a pier")
    assert (told.wait_seconds, told.ahead) == (10.0, 1)


def test_a_budget_that_does_not_hold_all_of_them_is_named_before_the_click(client, scene, engine):
    scene.brief.gpu_seconds = 12
    scene.brief.save()
    client.force_login(scene.alice)
    one, three = (quote(client, scene, place="a pier", count=count) for count in ("2", "3"))
    assert (one.short, three.short.scope, three.short.left) == (None, "work", 12)


@pytest.mark.parametrize(("person", "status"), [("alice", 200), ("bob", 200), ("charlie", 404)])
def test_a_price_is_told_to_who_sees_the_work(client, scene, engine, person, status):
    client.force_login(getattr(scene, person))
    assert client.post(quote_url(scene), {}).status_code == status


def test_without_an_engine_or_a_tool_there_is_no_price(client, scene):
    client.force_login(scene.alice)
    assert client.post(quote_url(scene), {}).status_code == 404
    assert client.post(quote_url(scene, "teleport"), {}).status_code == 404


def test_a_prompt_of_a_hundred_thousand_characters_has_a_price_and_is_refused_when_sent(
    client, scene, engine
):
    client.force_login(scene.alice)
    words = {"place": "a pier", "prompt": "x" * 100_000}
    assert quote(client, scene, **words).seconds == 5.0
    response = client.post(tool_url(scene), words)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["prompt"])


# ---------------------------------------------------------------- the click
def test_one_click_asks_for_several_candidates(client, scene, engine):
    client.force_login(scene.alice)
    response = client.post(tool_url(scene), {"place": "a pier", "seed": "7", "count": "4"})
    jobs = list(Job.objects.order_by("pk"))
    assert [job.request["seed"] for job in jobs] == [7, 8, 9, 10]
    assert response.url == f"{tool_url(scene)}?job={jobs[0].uuid}"


@pytest.mark.parametrize("count", ["0", "5", "many", ""])
def test_another_number_of_candidates_is_one(client, scene, engine, count):
    client.force_login(scene.alice)
    client.post(tool_url(scene), {"place": "a pier", "count": count})
    assert Job.objects.count() == 1


def test_candidates_stand_together_on_the_page(client, scene, engine):
    client.force_login(scene.alice)
    response = client.post(tool_url(scene), {"place": "a pier", "seed": "7", "count": "2"})
    page = client.get(response.url)
    assert page.context["candidates"] == list(Job.objects.order_by("pk"))
    assert reverse("generation:compare", args=[scene.work.uuid]) in page.content.decode()


@pytest.mark.parametrize(("person", "status"), [("alice", 200), ("bob", 200), ("charlie", 404)])
def test_the_row_of_candidates_is_for_who_sees_the_job(client, scene, engine, person, status):
    job = make_job(scene.work, engine=engine)
    client.force_login(getattr(scene, person))
    assert client.get(reverse("generation:candidates_panel", args=[job.uuid])).status_code == status


# ---------------------------------------------------------------- after the click
@pytest.mark.parametrize(("person", "status"), [("alice", 200), ("bob", 200), ("charlie", 404)])
def test_a_preview_is_for_who_sees_the_job(client, scene, engine, person, status):
    job = running(scene.work, engine)
    Preview.objects.create(job=job, step=3, jpeg=JPEG, at=NOW)
    client.force_login(getattr(scene, person))
    response = client.get(reverse("generation:job_preview", args=[job.uuid]))
    assert response.status_code == status
    if status == 200:
        assert (response.content, response.headers["Content-Type"]) == (JPEG, "image/jpeg")


def test_progress_says_where_the_preview_is_and_that_it_changed(client, scene, engine):
    job = running(scene.work, engine, step=3, steps=10)
    client.force_login(scene.alice)
    progress = reverse("generation:job_progress", args=[job.uuid])
    before = client.get(progress).json()["preview"]
    Preview.objects.create(job=job, step=3, jpeg=JPEG, at=NOW)
    where = reverse("generation:job_preview", args=[job.uuid])
    assert (before, client.get(progress).json()["preview"]) == ("", f"{where}?step=3")


def test_before_the_first_preview_there_is_nothing_to_show(client, scene, engine):
    client.force_login(scene.alice)
    job = running(scene.work, engine)
    assert client.get(reverse("generation:job_preview", args=[job.uuid])).status_code == 204


def test_a_held_job_is_told_calmly_and_can_be_taken_back(client, scene, engine):
    job = make_job(scene.work, engine=engine, state=JobState.HELD)
    client.force_login(scene.alice)
    page = client.get(reverse("generation:job_panel", args=[job.uuid])).content.decode()
    assert "A teacher looks at it first" in page
    client.post(reverse("generation:job_cancel", args=[job.uuid]))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_only_makers_looks_are_asked_for(client, scene, engine):
    output = make_output(job=make_job(scene.work, engine=engine, state=JobState.DONE))
    url = reverse("generation:job_panel", args=[output.job.uuid])
    asked = []
    for person in (scene.alice, scene.bob):
        client.force_login(person)
        asked.append("data-viewing" in client.get(url).content.decode())
    assert asked == [True, False]


# ---------------------------------------------------------------- going on from elsewhere
def test_words_of_another_tool_are_in_the_form(client, scene, engine):
    make_engine(tools=["image-to-video"])
    asked = {"prompt": "wide shot, a pier", "direction": {"place": "a pier", "shot": "wide"}, "seed": 7}
    told = make_job(scene.work, engine=engine, request=asked)
    client.force_login(scene.alice)
    form = client.get(f"{tool_url(scene, 'image-to-video')}?words={told.uuid}").context["form"]
    assert (form["place"].value(), form["shot"].value(), form["seed"].value()) == ("a pier", "wide", None)


def test_words_of_a_job_one_may_not_see_stay_away(client, scene, engine):
    foreign = make_job(engine=engine, request={"direction": {"place": "a secret pier"}})
    client.force_login(scene.alice)
    form = client.get(f"{tool_url(scene)}?words={foreign.uuid}").context["form"]
    assert form["place"].value() in {None, ""}


def test_an_old_output_can_be_used_although_it_is_not_among_the_newest(client, scene, monkeypatch):
    make_engine(tools=["image-to-video"])
    monkeypatch.setattr("generation.views.tools.MATERIALS_LENGTH", 2)
    old = make_media(scene.work, MediaRole.STILL, mime="image/png", created_at=NOW - timedelta(days=9))
    newest = {make_media(scene.work, MediaRole.STILL, mime="image/png") for _each in range(3)}
    client.force_login(scene.alice)
    context = client.get(f"{tool_url(scene, 'image-to-video')}?source={old.uuid}").context
    assert (context["chosen_source"], old in context["sources"]) == (str(old.uuid), True)
    assert len(newest & set(context["sources"])) == 2


def test_tools_that_the_brief_bars_are_folded_away(client, scene, engine):
    scene.brief.tools = ["text-to-image"]
    scene.brief.save()
    client.force_login(scene.alice)
    modules = {group.slug: group for group in client.get(tool_url(scene)).context["modules"]}
    assert [state.tool.slug for state in modules["image"].shown] == ["text-to-image"]
    assert "image-to-image" in {state.tool.slug for state in modules["image"].barred}


def test_an_old_source_of_the_shown_job_is_still_offered(client, scene, monkeypatch):
    engine = make_engine(tools=["image-to-video"])
    monkeypatch.setattr("generation.views.tools.MATERIALS_LENGTH", 1)
    old = make_media(scene.work, MediaRole.STILL, mime="image/png", created_at=NOW - timedelta(days=9))
    make_media(scene.work, MediaRole.STILL, mime="image/png")
    job = make_job(scene.work, engine=engine, tool="image-to-video", source=old)
    client.force_login(scene.alice)
    context = client.get(f"{tool_url(scene, 'image-to-video')}?job={job.uuid}").context
    assert (context["chosen_source"], old in context["sources"]) == (str(old.uuid), True)
