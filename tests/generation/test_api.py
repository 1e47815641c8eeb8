"""The API asks through the same services and sees through the same queries."""

from __future__ import annotations

import pytest
from rest_framework.routers import DefaultRouter
from rest_framework.test import APIRequestFactory, force_authenticate

from generation.api import EngineViewSet, JobViewSet, OutputViewSet, ToolViewSet, register
from generation.choices import JobState
from generation.domain.tools import TOOLS
from generation.models import Job
from tests.factories import make_engine, make_job

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
    assert [prefix for prefix, _viewset, _name in router.registry] == ["tools", "engines", "jobs", "outputs"]
