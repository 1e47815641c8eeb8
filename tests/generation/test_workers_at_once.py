"""Workers at the same time, on connections of their own: needs a database server."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from generation import workers
from generation.choices import JobState
from generation.models import Job
from tests.factories import NOW, make_job, make_work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]


@pytest.fixture(autouse=True)
def server():
    if connection.vendor != "postgresql":
        pytest.skip("threads need a database server")


def claim_all(name):
    taken = []
    try:
        while job := workers.claim_next(worker=name, now=NOW):
            taken.append(job.pk)
    finally:
        connection.close()
    return taken


def test_workers_at_once_take_each_job_exactly_once():
    work = make_work()
    waiting = {make_job(work).pk for _number in range(12)}
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(claim_all, ["a", "b", "c", "d"]))
    assert sorted(pk for each in taken for pk in each) == sorted(waiting)
    assert set(Job.objects.values_list("state", "generation", "attempts")) == {(JobState.RUNNING, 1, 1)}


def beat_until(job, *, done, change=lambda: None):
    """Let a heart beat quickly until `done()`; give up after five seconds."""
    later = NOW + timedelta(hours=1)
    with workers.Heartbeat(job, now=lambda: later, every=0.01) as heart:
        change()
        pause = threading.Event()
        for _look in range(500):
            if done(heart):
                break
            pause.wait(0.01)
    return heart


def test_the_heart_renews_the_lease_of_a_silent_engine():
    make_job()
    job = workers.claim_next(worker="w", now=NOW)
    expected = NOW + timedelta(hours=1) + workers.LEASE
    beat_until(job, done=lambda heart: Job.objects.get().lease_until == expected)
    assert Job.objects.get().lease_until == expected


def test_the_heart_notices_that_the_row_went_to_another_worker():
    make_job()
    job = workers.claim_next(worker="w", now=NOW)
    heart = beat_until(
        job, done=lambda heart: heart.is_lost.is_set(), change=lambda: Job.objects.update(generation=9)
    )
    assert heart.is_lost.is_set()
