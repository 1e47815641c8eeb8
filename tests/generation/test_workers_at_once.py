"""Workers at the same time, on connections of their own: needs a database server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

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
