"""A worker with all its threads, several people's jobs at one device: needs a database server."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone
from PIL import Image

from generation import workers
from generation.choices import JobState
from generation.models import BatchCap, Job, Output, Preview, Worker
from generation.services import cancel_job, request_job
from generation.workers import serving
from ledger.models import Entry
from tests.factories import make_brief, make_course, make_enrolment, make_module, make_user, make_work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.servers,
    pytest.mark.xdist_group("engines"),
]


@pytest.fixture(autouse=True)
def server():
    if connection.vendor != "postgresql":
        pytest.skip("threads need a database server")


def test_a_workers_threads_carry_two_peoples_jobs_to_their_ends(engines):
    works = [make_open_work() for _person in range(2)]
    jobs = [ask(work, seed=seed, steps=2 + seed) for seed, work in enumerate(works * 2)]
    assert workers.run_jobs(worker="w", now=timezone.now, stop=threading.Event()) == 4
    done = Job.objects.filter(state=JobState.DONE, step=F("steps"), spent_seconds__gt=0, lease_until=None)
    assert (
        done.count()
        == len(jobs)
        == Output.objects.count()
        == Entry.objects.filter(kind="asset.generated").count()
    )
    assert Preview.objects.count() == 0
    assert BatchCap.objects.filter(engine__slug="atelier-sketch").count() == 1
    assert Worker.objects.get().jobs_running == 0


def test_a_cancel_reaches_a_running_engine(engines):
    work = make_open_work()
    job = ask(work, seed=1, steps=80)
    server = ThreadPoolExecutor(1)
    serving = server.submit(serve_and_hang_up)
    until(lambda: Preview.objects.filter(job=job).exists())
    preview = Image.open(io.BytesIO(Preview.objects.get().jpeg))
    assert (preview.format, max(preview.size)) == ("JPEG", 256)
    cancel_job(job=job, by=work.owner, now=timezone.now())
    serving.result(timeout=20)
    job.refresh_from_db()
    assert (job.state, Output.objects.count(), Preview.objects.count()) == (JobState.CANCELLED, 0, 0)
    assert job.step < 80


def test_a_worker_that_is_stopped_gives_its_jobs_back_with_all_attempts(engines, monkeypatch):
    monkeypatch.setattr(serving, "GRACE_SECONDS", 0.0)
    job = ask(make_open_work(), seed=1, steps=80)
    stop = threading.Event()
    server = ThreadPoolExecutor(1)
    served = server.submit(serve_and_hang_up, stop)
    until(lambda: Job.objects.get().step > 0)
    stop.set()
    served.result(timeout=20)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until, job.spent_seconds) == (JobState.QUEUED, 0, None, 0)


def serve_and_hang_up(stop=None):
    try:
        return workers.run_jobs(worker="w", now=timezone.now, stop=stop or threading.Event())
    finally:
        connection.close()


def until(come_true):
    """Wait for something another thread does; give up after twenty seconds."""
    pause = threading.Event()
    for _look in range(1000):
        if come_true():
            return
        pause.wait(0.02)
    raise AssertionError("it never came true")


def make_open_work():
    """A work of a student who may use every tool."""
    course, student = make_course(), make_user()
    make_enrolment(course, student)
    return make_work(make_brief(make_module(course, slug="image")), owner=student)


def ask(work, *, seed, steps):
    given = {"place": "a ferry landing", "seed": seed, "steps": steps}
    return request_job(
        work=work, tool="text-to-image", inputs=given, source=None, engine="atelier-sketch", by=work.owner,
        now=timezone.now(),
    )  # fmt: skip
