"""The event stream: what it says, that it ends, and that it is held for nobody who may not see the job."""

from __future__ import annotations

import json

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from django.urls import reverse

from generation.choices import JobState
from generation.models import Job
from generation.views.events import progress_events
from tests.factories import NOW, make_job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]


async def collected(job, *, looks, between=lambda number: None):
    found = []
    async for event in progress_events(job.pk, language="en", looks=looks, every=0):
        found.append(event)
        await between(len(found))
    return found


def test_it_tells_each_change_once_and_ends_with_the_job(scene):
    job = make_job(scene.work, state=JobState.RUNNING, lease_until=NOW, step=1, steps=4)

    async def go_on(number):
        changes = {1: {"step": 3}, 2: {"state": JobState.DONE, "step": 4, "finished_at": NOW}}
        if number in changes:
            await Job.objects.filter(pk=job.pk).aupdate(**changes[number])

    events = async_to_sync(collected)(job, looks=50, between=go_on)
    reports = [json.loads(event.removeprefix("data: ")) for event in events]
    assert [(report["value"], report["note"], report["done"]) for report in reports] == [
        (1, "step 1 of 4", False), (3, "step 3 of 4", False), (4, "", True),
    ]  # fmt: skip


def test_it_keeps_the_line_open_with_comments_and_ends_in_time(scene):
    async def wait(number):
        return None

    events = async_to_sync(collected)(make_job(scene.work), looks=45, between=wait)
    assert [event.startswith("data:") for event in events] == [True, False, False]
    assert events[1] == ": still here\n\n"


def test_under_asgi_it_is_a_stream_of_the_persons_language(scene):
    job = make_job(scene.work, state=JobState.CANCELLED)
    scene.alice.language = "zh-hans"
    scene.alice.save()
    client = AsyncClient()
    client.force_login(scene.alice)

    async def read():
        response = await client.get(reverse("generation:job_events", args=[job.uuid]))
        return response.headers["Content-Type"], [part async for part in response.streaming_content]

    kind, parts = async_to_sync(read)()
    assert kind == "text/event-stream"
    assert json.loads(parts[0].decode().removeprefix("data: "))["done"] is True


def test_a_threaded_server_is_not_held_up(client, scene):
    client.force_login(scene.alice)
    response = client.get(reverse("generation:job_events", args=[make_job(scene.work).uuid]))

    async def read():
        return [part async for part in response.streaming_content]

    assert [part[:6] for part in async_to_sync(read)()] == [b"data: "]
