"""Real worker processes that are killed, paused and rung three times: needs a database server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from kombu import Connection

from bench.servers import Redis
from bench.serving.audit import Audit, audit
from generation import tasks, workers
from generation.choices import JobState
from generation.models import Job
from generation.services import request_job

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.servers,
    pytest.mark.engine,
    pytest.mark.xdist_group("engines"),
]
ROOT = Path(__file__).resolve().parent.parent.parent
LEASE_SECONDS = 4
LIMIT_SECONDS = 120
LONG, SHORT = 40, 2


@pytest.fixture(autouse=True)
def server():
    if connection.vendor != "postgresql":
        pytest.skip("processes need a database server")


@pytest.fixture
def broker(tmp_path):
    redis = Redis(tmp_path)
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture
def pair(broker, settings, engines_folder, tmp_path):
    """Two Celery workers on the test's own database, broker and folder, by name."""
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://{USER}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict),
        "DAILIES_BROKER": broker.url,
        "DAILIES_DATA": str(settings.DATA_DIR),
        "DAILIES_ENGINES": str(engines_folder),
        "DAILIES_SECRET_KEY": settings.SECRET_KEY,
        "DAILIES_LEASE_SECONDS": str(LEASE_SECONDS),
        "DAILIES_IDLE_TRANSACTION_SECONDS": str(5 * LEASE_SECONDS),
    }
    started = {name: start_worker(name, environment, tmp_path) for name in ("a", "b")}
    yield started
    for process in started.values():
        process.kill()
        process.wait()


def start_worker(name, environment, folder):
    command = ["-m", "celery", "-A", "config", "worker", "--pool", "solo", "-Q", "gpu", "-n", f"{name}@chaos"]
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *command, "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )


def ask(scene, *, steps, seed):
    return request_job(
        work=scene.work, tool="text-to-image", inputs={"prompt": "a pier", "steps": steps, "seed": seed},
        source=None, by=scene.alice, now=timezone.now(), engine="atelier-sketch",
    )  # fmt: skip


def ring(broker, *, times=1):
    with Connection(broker.url) as link:
        for _time in range(times):
            tasks.run_jobs.apply_async(connection=link)


def wait_until(true, *, meanwhile=lambda: None):
    """Look four times a second until it is true; fail after two minutes."""
    end = time.monotonic() + LIMIT_SECONDS
    while not true():
        assert time.monotonic() < end, list(Job.objects.values_list("state", "step", "attempts", "problem"))
        meanwhile()
        time.sleep(0.25)


def sweep_and_ring(broker):
    if workers.sweep_jobs(now=timezone.now()):
        ring(broker, times=3)


def running():
    return Job.objects.filter(state=JobState.RUNNING, step__gte=1).first()


def process_of(job, pair):
    return pair[job.worker.split("@")[0]]


def all_done(jobs):
    return Job.objects.filter(state=JobState.DONE).count() == len(jobs)


def test_jobs_survive_a_killed_worker_and_a_broker_that_forgot_everything(scene, engines, broker, pair):
    jobs = [ask(scene, steps=LONG, seed=1), *(ask(scene, steps=SHORT, seed=seed) for seed in (2, 3, 4))]
    ring(broker, times=3)
    wait_until(running)
    victim = running()
    process_of(victim, pair).kill()
    broker.restart()
    wait_until(lambda: all_done(jobs), meanwhile=lambda: sweep_and_ring(broker))
    assert audit([job.uuid for job in jobs]) == Audit(lost=0, doubled=0, overcharged=0, dead_lettered=0)
    assert Job.objects.get(pk=victim.pk).attempts == 2


def test_a_worker_that_wakes_up_late_changes_nothing(scene, engines, broker, pair):
    jobs = [ask(scene, steps=LONG, seed=1)]
    ring(broker)
    wait_until(running)
    late = process_of(running(), pair)
    late.send_signal(signal.SIGSTOP)
    wait_until(lambda: all_done(jobs), meanwhile=lambda: sweep_and_ring(broker))
    done = Job.objects.get()
    late.send_signal(signal.SIGCONT)
    after = ask(scene, steps=SHORT, seed=5)
    other = next(process for process in pair.values() if process is not late)
    other.kill()
    wait_until(lambda: all_done([*jobs, after]), meanwhile=lambda: sweep_and_ring(broker))
    unchanged = Job.objects.get(pk=done.pk)
    assert (unchanged.worker, unchanged.finished_at, unchanged.attempts) == (done.worker, done.finished_at, 2)
    assert process_of(Job.objects.get(pk=after.pk), pair) is late
    assert audit([done.uuid, after.uuid]) == Audit(lost=0, doubled=0, overcharged=0, dead_lettered=0)
