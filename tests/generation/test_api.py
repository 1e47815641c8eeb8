"""The API asks through the same services and sees through the same queries."""

from __future__ import annotations

import pytest
from rest_framework.routers import DefaultRouter
from rest_framework.test import APIRequestFactory, force_authenticate

from assignments.choices import MediaRole
from generation.api import (
    EngineViewSet,
    HeldViewSet,
    JobViewSet,
    OutputViewSet,
    QueueViewSet,
    ToolViewSet,
    WorkerViewSet,
    register,
)
from generation.choices import JobState
from generation.domain.tools import TOOLS
from generation.models import GateVerdict, Job, Preview, Worker
from tests.factories import (
    NOW,
    make_administrator,
    make_engine,
    make_job,
    make_media,
    make_output,
    make_release,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
requests = APIRequestFactory()


def call(view, actions, *, user, data=None, method="get", **kwargs):
    request = getattr(requests, method)("/", data, format="json")
    force_authenticate(request, user=user)
    return view.as_view(actions)(request, **kwargs)


def ask(scene, user, **data):
    wish = {
        "work": str(scene.work.uuid),
        "tool": "text-to-image",
        "inputs": {"place": "fog", "seed": 1},
        **data,
    }
    return call(JobViewSet, {"post": "create"}, user=user, data=wish, method="post")


def test_a_job_is_asked_for(scene):
    make_engine()
    response = ask(scene, scene.alice)
    assert (response.status_code, response.data["state"], response.data["uuid"]) == (
        201, "queued", str(Job.objects.get().uuid),
    )  # fmt: skip


def test_a_refusal_is_its_sentence(scene):
    response = ask(scene, scene.alice)
    assert (response.status_code, response.data["detail"][:34]) == (409, "No engine is set up for “Text to i")


def test_bad_inputs_are_named(scene):
    make_engine()
    response = ask(scene, scene.alice, inputs={"place": "fog", "steps": 900})
    assert (response.status_code, response.data["detail"]) == (400, "900 is out of range: from 2 to 80.")


def test_a_stranger_finds_no_work_and_a_teacher_may_not_ask(scene):
    make_engine()
    assert ask(scene, scene.charlie).status_code == 404
    assert ask(scene, scene.bob).status_code == 403


def test_jobs_are_listed_and_cancelled_by_those_who_see_them(scene):
    job = make_job(scene.work)
    listed = {"get": "list"}
    assert call(JobViewSet, listed, user=scene.bob).data["count"] == 1
    assert call(JobViewSet, listed, user=scene.charlie).data["count"] == 0
    response = call(JobViewSet, {"post": "cancel"}, user=scene.alice, method="post", uuid=str(job.uuid))
    assert response.data["state"] == JobState.CANCELLED


def test_tools_and_engines_are_described(scene):
    engine = make_engine()
    tools = call(ToolViewSet, {"get": "list"}, user=scene.charlie).data
    assert [tool["slug"] for tool in tools] == list(TOOLS)
    assert call(EngineViewSet, {"get": "list"}, user=scene.charlie).data["results"][0]["slug"] == engine.slug


def test_outputs_come_with_their_recipes(scene):
    assert call(OutputViewSet, {"get": "list"}, user=scene.alice).data["results"] == []


def test_the_rooms_addresses_join_the_router():
    router = DefaultRouter()
    register(router)
    assert [prefix for prefix, _viewset, _name in router.registry] == [
        "tools", "engines", "jobs", "outputs", "held", "queue", "workers",
    ]  # fmt: skip


def test_candidates_are_asked_for_together(scene):
    make_engine()
    wish = {
        "work": str(scene.work.uuid),
        "tool": "text-to-image",
        "inputs": {"place": "fog", "seed": 7},
        "count": 3,
    }
    response = call(JobViewSet, {"post": "candidates"}, user=scene.alice, data=wish, method="post")
    assert (response.status_code, [job["request"]["seed"] for job in response.data]) == (201, [7, 8, 9])
    too_many = call(
        JobViewSet, {"post": "candidates"}, user=scene.alice, data={**wish, "count": 5}, method="post"
    )
    assert (too_many.status_code, Job.objects.count()) == (400, 3)


def test_a_job_is_asked_for_with_media_of_the_work_and_tells_them(scene):
    make_engine(tools=["image-to-image"])
    still = make_media(scene.work, MediaRole.STILL, mime="image/png")
    foreign = make_media(make_work(), MediaRole.STILL, mime="image/png")
    response = ask(scene, scene.alice, tool="image-to-image", source=str(still.uuid))
    assert (response.status_code, response.data["source"], response.data["media_used"]) == (
        201, str(still.uuid), [],
    )  # fmt: skip
    assert ask(scene, scene.alice, tool="image-to-image", source=str(foreign.uuid)).status_code == 404
    assert ask(scene, scene.alice, media={"mask": [str(foreign.uuid)]}).status_code == 404


def test_the_same_is_asked_for_again(scene):
    make_engine()
    first = ask(scene, scene.alice).data["uuid"]
    again = {"post": "again"}
    response = call(JobViewSet, again, user=scene.alice, method="post", uuid=first)
    assert (response.status_code, response.data["uuid"] != first) == (201, True)
    assert call(JobViewSet, again, user=scene.charlie, method="post", uuid=first).status_code == 404


def test_a_preview_is_a_jpeg_for_who_sees_the_job(scene):
    job = make_job(scene.work)
    shown = {"get": "preview"}
    assert call(JobViewSet, shown, user=scene.alice, uuid=str(job.uuid)).status_code == 404
    Preview.objects.create(job=job, step=3, jpeg=b"small", at=NOW)
    response = call(JobViewSet, shown, user=scene.alice, uuid=str(job.uuid))
    assert (response.content, response.headers["Content-Type"]) == (b"small", "image/jpeg")
    assert call(JobViewSet, shown, user=scene.charlie, uuid=str(job.uuid)).status_code == 404


def test_looks_are_kept_and_told(scene):
    output = make_output(scene.work)
    actions = {"get": "viewings", "post": "viewings"}
    where = {"job__uuid": str(output.job.uuid)}
    assert call(OutputViewSet, actions, user=scene.alice, method="post", **where).status_code == 201
    looks = call(OutputViewSet, actions, user=scene.bob, **where).data
    assert [(look["user"], look["times"]) for look in looks] == [("alice", 1)]
    assert call(OutputViewSet, actions, user=scene.charlie, method="post", **where).status_code == 404


def test_an_output_is_chosen_among_others_of_the_work(scene):
    one, two = make_output(scene.work), make_output(scene.work)
    among = {"among": [str(one.job.uuid), str(two.job.uuid)]}
    where = {"job__uuid": str(one.job.uuid)}
    choose = {"post": "choose"}
    assert call(OutputViewSet, choose, user=scene.bob, data=among, method="post", **where).status_code == 403
    assert (
        call(OutputViewSet, choose, user=scene.alice, data=among, method="post", **where).status_code == 200
    )
    jobs = call(JobViewSet, {"get": "list"}, user=scene.alice).data["results"]
    assert {job["uuid"]: job["is_chosen"] for job in jobs} == {
        str(one.job.uuid): True, str(two.job.uuid): False,
    }  # fmt: skip


def test_the_queue_names_jobs_to_who_may_see_them_only(scene):
    job = make_job(scene.work)
    told = [
        [(row["job"], row["whose"], row["place"]) for row in call(QueueViewSet, {"get": "list"}, user=person).data["next"]]
        for person in (scene.alice, scene.charlie)
    ]  # fmt: skip
    assert told == [[(str(job.uuid), "mine", 1)], [(None, "other", 1)]]


def test_workers_are_wished_things_by_administrators(scene):
    Worker.objects.create(name="gpu@1.school", device="H200", started_at=NOW, seen_at=NOW)
    actions = {"get": "list", "patch": "partial_update"}
    wish = {"wish": "pause", "device": "a toaster"}
    where = {"name": "gpu@1.school"}
    assert call(WorkerViewSet, actions, user=scene.bob).status_code == 403
    assert call(WorkerViewSet, actions, user=scene.bob, data=wish, method="patch", **where).status_code == 403
    response = call(WorkerViewSet, actions, user=make_administrator(), data=wish, method="patch", **where)
    assert (response.status_code, response.data["wish"], response.data["device"]) == (200, "pause", "H200")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_jobs_costs_the_same_for_one_and_three(scene, count, django_assert_num_queries):
    for _number in range(count):
        make_output(scene.work)
    with django_assert_num_queries(3):
        call(JobViewSet, {"get": "list"}, user=scene.alice).render()


def test_people_are_cited_by_their_releases(scene):
    make_engine()
    release = make_release(scene.work)
    assert ask(scene, scene.alice, releases=[str(release.uuid)]).status_code == 201
    assert list(Job.objects.get().releases.all()) == [release]
    elsewhere = make_release(make_work())
    assert ask(scene, scene.alice, releases=[str(elsewhere.uuid)]).status_code == 404


def test_a_teacher_decides_on_what_is_held(scene):
    make_engine()
    assert (
        ask(scene, scene.alice, inputs={"place": "a studio", "action": "a nude model", "seed": 1}).data[
            "state"
        ]
        == "held"
    )
    verdict = GateVerdict.objects.get()
    listed = {
        person.username: call(HeldViewSet, {"get": "list"}, user=person).data["count"]
        for person in (scene.alice, scene.bob, scene.charlie)
    }
    assert listed == {"alice": 0, "bob": 1, "charlie": 0}
    decision = {"is_allowed": False, "why": "Draw the room."}
    answers = [
        call(
            HeldViewSet, {"post": "decide"}, user=person, data=decision, method="post", uuid=str(verdict.uuid)
        )
        for person in (scene.charlie, scene.alice, scene.bob, scene.bob)
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 200, 404]
    assert answers[2].data["problem"].endswith("doesn’t let it through: Draw the room.")
