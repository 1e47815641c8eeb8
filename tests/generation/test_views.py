"""Tool, job and engine pages: what the owner, the teacher and a stranger see, and what forms answer."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assignments.choices import MediaRole
from generation.choices import JobState
from generation.models import Engine, Job, Output
from tests.factories import (
    NOW,
    make_administrator,
    make_engine,
    make_ethics_lesson,
    make_job,
    make_media,
    make_module,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


@pytest.fixture
def engine(scene):
    return make_engine(options={"steps": 10}, seconds_per_step=0.5)


@pytest.fixture
def job(scene, engine):
    return make_job(scene.work, engine=engine, request={"prompt": "a pier", "direction": {"place": "a pier"}})


def tool_url(scene, tool="text-to-image"):
    return reverse("generation:tool", args=[scene.work.uuid, tool])


def finished(scene, **fields):
    job = make_job(scene.work, state=JobState.DONE, steps=4, **fields)
    media = make_media(
        scene.work, MediaRole.GENERATED, mime="image/png", has_poster=True, facts={"kind": "image"}
    )
    recipe = {
        "machine": {"device": "cpu", "versions": {"torch": "2.13.0"}},
        "engine": {"revision": "ab" * 32},
    }
    Output.objects.create(
        job=job, media=media, recipe=recipe, recipe_hash="cd" * 32, ledger_index=0, created_at=NOW
    )
    return job


ADDRESSES = ["job_detail", "job_panel", "job_progress", "job_events"]


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(("person", "status"), [("alice", 200), ("bob", 200), ("charlie", 404)])
def test_a_job_is_seen_by_its_makers_and_teachers_only(client, scene, job, name, person, status):
    client.force_login(getattr(scene, person))
    assert client.get(reverse(f"generation:{name}", args=[job.uuid])).status_code == status


@pytest.mark.parametrize(("person", "status"), [("alice", 200), ("bob", 200), ("charlie", 404)])
def test_a_tool_page_is_seen_by_makers_and_teachers_only(client, scene, engine, person, status):
    client.force_login(getattr(scene, person))
    assert client.get(tool_url(scene)).status_code == status


def test_nobody_sees_anything_without_logging_in(client, scene, job):
    for url in (
        tool_url(scene),
        reverse("generation:job_list"),
        reverse("generation:job_events", args=[job.uuid]),
    ):
        assert client.get(url).status_code == 302


def test_an_unknown_tool_is_not_found(client, scene):
    client.force_login(scene.alice)
    assert client.get(tool_url(scene, "teleport")).status_code == 404


def test_a_form_becomes_a_job_and_leads_to_it(client, scene, engine):
    client.force_login(scene.alice)
    response = client.post(tool_url(scene), {"place": "a ferry landing", "shot": "wide", "steps": "10"})
    job = Job.objects.get()
    assert (response.status_code, response.url) == (302, f"{tool_url(scene)}?job={job.uuid}")
    assert job.request["prompt"] == "wide shot, a ferry landing"


def test_the_words_of_the_shown_job_are_in_the_form_again(client, scene, engine):
    client.force_login(scene.alice)
    client.post(tool_url(scene), {"place": "a ferry landing", "shot": "wide", "seed": "7"})
    form = client.get(f"{tool_url(scene)}?job={Job.objects.get().uuid}").context["form"]
    assert (form["place"].value(), form["shot"].value(), form["seed"].value(), form["prompt"].value()) == (
        "a ferry landing", "wide", None, "",
    )  # fmt: skip


def test_a_wrong_form_keeps_what_was_typed_and_says_what_is_wrong(client, scene, engine):
    client.force_login(scene.alice)
    response = client.post(tool_url(scene), {"place": "a ferry landing", "steps": "900"})
    form = response.context["form"]
    assert (response.status_code, Job.objects.count()) == (422, 0)
    assert form.errors == {"steps": ["900 is out of range: from 2 to 80."]}
    assert form["place"].value() == "a ferry landing"


def test_a_refusal_is_shown_above_the_form(client, scene, engine):
    scene.brief.gpu_seconds = 1
    scene.brief.save()
    client.force_login(scene.alice)
    response = client.post(tool_url(scene), {"place": "a ferry landing"})
    assert response.context["form"].non_field_errors()[0].startswith("This would take about 5.0 GPU-seconds")


def test_a_teacher_cannot_generate(client, scene, engine):
    client.force_login(scene.bob)
    assert client.post(tool_url(scene), {"place": "fog"}).status_code == 403


def test_a_locked_tool_leads_to_its_lesson(client, scene, engine):
    lesson = make_ethics_lesson(make_module(scene.course, slug="image"))
    client.force_login(scene.alice)
    page = client.get(tool_url(scene)).content.decode()
    assert reverse("courses:lesson_detail", args=[lesson.uuid]) in page
    assert 'id="tool-form"' not in page


def test_a_tool_outside_the_ai_rules_says_so(client, scene, engine):
    scene.brief.tools = ["voice"]
    scene.brief.save()
    client.force_login(scene.alice)
    assert "don’t allow “Text to image”" in client.get(tool_url(scene)).content.decode()


def test_the_sources_of_a_tool_are_the_pictures_of_the_work(client, scene):
    make_engine(tools=["image-to-video"])
    still = make_media(scene.work, MediaRole.STILL, mime="image/png")
    make_media(scene.work, MediaRole.SOUND, mime="audio/wav")
    client.force_login(scene.alice)
    response = client.get(f"{tool_url(scene, 'image-to-video')}?source={still.uuid}")
    assert (response.context["sources"], response.context["chosen_source"]) == ([still], str(still.uuid))


def test_a_finished_job_shows_its_file_its_label_and_its_recipe(client, scene, engine):
    job = finished(scene, engine=engine)
    client.force_login(scene.alice)
    page = client.get(reverse("generation:job_detail", args=[job.uuid])).content.decode()
    for words in ("cdcdcdcdcdcd", "GB 45438", f"{job.output.media.uuid}/original", "2.13.0"):
        assert words in page


def test_the_panel_tells_the_page_when_nothing_more_will_change(client, scene, engine, job):
    client.force_login(scene.alice)
    waiting = client.get(reverse("generation:job_panel", args=[job.uuid]))
    done = client.get(reverse("generation:job_panel", args=[finished(scene, engine=engine).uuid]))
    assert ("HX-Trigger" in waiting.headers, done.headers.get("HX-Trigger")) == (False, "made")


def test_progress_says_the_place_in_the_queue(client, scene, engine):
    for _number in range(2):
        make_job(scene.work, engine=engine, price_seconds=4)
    job = make_job(scene.work, engine=engine)
    client.force_login(scene.alice)
    assert client.get(reverse("generation:job_progress", args=[job.uuid])).json() == {
        "value": None, "max": 1, "label": "in the queue", "note": "2 jobs ahead, about 8 s",
        "state": "running", "done": False, "preview": "",
    }  # fmt: skip


def test_a_cancel_by_htmx_answers_with_the_panel(client, scene, job):
    client.force_login(scene.alice)
    url = reverse("generation:job_cancel", args=[job.uuid])
    response = client.post(url, headers={"HX-Request": "true"})
    assert (response.status_code, response.templates[0].name) == (200, "generation/job_panel.html")
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_failed_job_shows_its_sentence_and_is_tried_again(client, scene, engine):
    problem = {"template": "There is no engine folder %(folder)s.", "params": {"folder": "x"}}
    job = make_job(scene.work, engine=engine, state=JobState.FAILED, problem=problem)
    client.force_login(scene.alice)
    assert (
        "There is no engine folder x."
        in client.get(reverse("generation:job_detail", args=[job.uuid])).content.decode()
    )
    client.post(reverse("generation:job_retry", args=[job.uuid]))
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


@pytest.mark.parametrize("action", ["job_cancel", "job_retry"])
def test_a_stranger_reaches_no_action(client, scene, job, action):
    client.force_login(scene.charlie)
    assert client.post(reverse(f"generation:{action}", args=[job.uuid])).status_code == 404


def test_the_list_shows_ones_own_jobs_and_by_state(client, scene, engine, job):
    failed = make_job(scene.work, engine=engine, state=JobState.FAILED)
    foreign = make_job(engine=engine)
    client.force_login(scene.alice)
    url = reverse("generation:job_list")
    assert set(client.get(url).context["page"]) == {job, failed}
    assert list(client.get(f"{url}?state=failed").context["page"]) == [failed]
    client.force_login(make_administrator())
    assert foreign in client.get(url).context["page"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_tool_page_costs_the_same_for_one_and_three_jobs(
    client, scene, engine, count, django_assert_max_num_queries
):
    for _number in range(count):
        finished(scene, engine=engine)
    client.force_login(scene.alice)
    with django_assert_max_num_queries(20):
        client.get(tool_url(scene))


def test_engines_are_shown_to_teachers_and_not_to_students(client, scene, engine):
    url = reverse("generation:engine_list")
    client.force_login(scene.alice)
    assert client.get(url).status_code == 403
    client.force_login(scene.bob)
    assert "There is no engine folder" in client.get(url).content.decode()


def test_only_an_administrator_switches_engines(client, scene, engine):
    url = reverse("generation:engine_switch", args=[engine.slug])
    client.force_login(scene.bob)
    assert client.post(url).status_code == 403
    client.force_login(make_administrator())
    client.post(url)
    assert Engine.objects.get().is_enabled is False


def test_reading_a_folder_again_sets_the_revision(client, engines):
    Engine.objects.update(revision="")
    client.force_login(make_administrator())
    client.post(reverse("generation:engine_check", args=["practice-text"]))
    assert Engine.objects.get(slug="practice-text").revision == engines["practice-text"].revision != ""
