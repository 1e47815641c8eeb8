"""The queue under kills, doubled messages and cancels, with a real engine at the end of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assignments.backends import store
from assignments.models import Media
from footage.credentials import SchoolCa, read_credentials
from footage.labels import read_labels
from generation import workers
from generation.backends.base import Breakdown, Produced
from generation.choices import JobState, Wish
from generation.domain.recipe import recipe_hash
from generation.models import Job, Output, Worker
from generation.services import cancel_job, request_job
from generation.workers import serving
from generation.workers.clerk import Clerk
from ledger.models import Entry
from tests.factories import NOW, make_job

pytestmark = [pytest.mark.django_db, pytest.mark.servers, pytest.mark.xdist_group("engines")]
WORDS = {"place": "a ferry landing in the rain", "shot": "wide", "seed": 7, "steps": 2}


class Clock:
    """A clock that goes on by a second with every look."""

    def __init__(self, at=NOW):
        self.at = at

    def __call__(self):
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def job(scene, engines):
    return request_job(
        work=scene.work, tool="text-to-image", inputs=WORDS, source=None, by=scene.alice, now=NOW
    )


def produce_text(tmp_path, words="Dawn."):
    path = tmp_path / "draft.txt"
    path.write_text(words)
    return Produced(path, "text", {"device": "cpu"})


def test_a_waiting_job_is_run_stored_labelled_and_logged(job, scene):
    assert workers.run_jobs(worker="w1", now=Clock()) == 1
    job.refresh_from_db()
    output = job.output
    assert (job.state, job.step, job.attempts, job.generation) == (JobState.DONE, 2, 1, 1)
    assert output.media.work == scene.work
    assert output.media.name == f"text-to-image-{job.uuid.hex[:8]}.png"
    entry = Entry.objects.get(index=output.ledger_index)
    assert (entry.kind, entry.subject) == ("asset.generated", f"media:{output.media.uuid}")
    assert entry.opening.payload["sha256"] == output.media.sha256
    assert entry.opening.payload["recipe_sha256"] == recipe_hash(output.recipe) == output.recipe_hash


def test_the_stored_file_carries_the_label_and_trusted_credentials(job, settings):
    workers.run_jobs(worker="w1", now=Clock())
    path = store.path(Output.objects.get().media.sha256)
    labels = read_labels(path)
    assert (labels.aigc.label, labels.aigc.producer, labels.aigc.produce_id) == (
        "1", settings.PROVIDER_CODE, job.uuid.hex,
    )  # fmt: skip
    assert labels.digital_source_type == "trainedAlgorithmicMedia"
    found = read_credentials(path, anchors=SchoolCa(settings.SCHOOL_CA_DIR).anchor)
    assert (found.integrity, found.trust) == ("intact", "trusted")


def test_a_doubled_doorbell_runs_the_job_once(job):
    assert workers.run_jobs(worker="w1", now=Clock()) == 1
    assert workers.run_jobs(worker="w2", now=Clock()) == 0
    assert (Output.objects.count(), Media.objects.count()) == (1, 1)


def test_jobs_are_taken_in_the_order_they_were_asked_for(scene):
    later = make_job(scene.work, created_at=NOW + timedelta(seconds=1))
    first = make_job(scene.work, created_at=NOW)
    taken = [workers.claim_next(worker="w", now=NOW).pk for _ in range(2)]
    assert taken == [first.pk, later.pk]
    assert workers.claim_next(worker="w", now=NOW) is None


def test_a_killed_workers_job_is_taken_again_and_its_late_commit_changes_nothing(scene, tmp_path):
    make_job(
        scene.work,
        tool="text-draft",
        request={"premise": "a ferry", "task": "scene", "length": 20, "seed": 1},
    )
    killed = workers.claim_next(worker="killed", now=NOW)
    assert workers.sweep_jobs(now=NOW + timedelta(minutes=1)) is True
    second = workers.claim_next(worker="second", now=NOW + timedelta(minutes=1))
    assert (second.pk, second.generation, second.attempts) == (killed.pk, 2, 2)
    with pytest.raises(workers.Overtaken):
        workers.commit(killed, produce_text(tmp_path, "late"), spent_seconds=1, now=Clock())
    assert (Output.objects.count(), Media.objects.count(), Entry.objects.count()) == (0, 0, 0)
    workers.commit(
        second, produce_text(tmp_path, "in time"), spent_seconds=1, now=Clock(NOW + timedelta(minutes=2))
    )
    assert Job.objects.get().state == JobState.DONE
    assert "in time" in store.path(Output.objects.get().media.sha256).read_text()


def test_a_lease_that_still_runs_is_left_alone(scene):
    make_job(scene.work)
    workers.claim_next(worker="w", now=NOW)
    assert workers.sweep_jobs(now=NOW + timedelta(seconds=5)) is False
    assert Job.objects.get().state == JobState.RUNNING


def test_after_three_attempts_the_job_fails_with_a_sentence(scene):
    make_job(scene.work)
    at = NOW
    for _attempt in range(3):
        workers.claim_next(worker="w", now=at)
        at += timedelta(minutes=1)
        workers.sweep_jobs(now=at)
    job = Job.objects.get()
    assert (job.state, job.attempts) == (JobState.FAILED, 3)
    assert job.problem == {"template": workers.VANISHED, "params": {"attempts": 3}}


def test_a_job_out_of_memory_goes_back_into_the_queue(job, monkeypatch):
    def out_of_memory(spec, *, in_use):
        raise Breakdown("out of memory")

    monkeypatch.setattr(serving, "loaded_engine", out_of_memory)
    workers.run_claimed(workers.claim_next(worker="w", now=NOW), now=Clock())
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (JobState.QUEUED, 1, None)


def test_a_worker_whose_device_is_dead_stops_before_it_has_spoilt_the_queue(scene, monkeypatch):
    def no_device(spec, *, in_use):
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(serving, "loaded_engine", no_device)
    monkeypatch.setattr(serving, "AT_FIRST", 1)
    for _job in range(8):
        make_job(scene.work)
    workers.run_jobs(worker="w", now=Clock())

    worker = Worker.objects.get()
    assert worker.wish == Wish.PAUSE
    assert 3 <= len(worker.broken_jobs) <= 4  # one was claimed already when the third broke down
    assert worker.trouble == "RuntimeError: CUDA error: unspecified launch failure"
    assert Job.objects.filter(state=JobState.QUEUED).count() == 8
    assert Job.objects.filter(attempts=0).count() >= 4


def test_an_engine_without_a_folder_fails_the_job_with_a_sentence(job):
    job.engine.folder = "nowhere"
    job.engine.save()
    workers.run_jobs(worker="w", now=Clock())
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.problem["template"].startswith("There is no engine folder")


def test_a_cancel_while_running_is_seen_within_a_step(job, scene):
    claimed = workers.claim_next(worker="w", now=NOW)
    cancel_job(job=job, by=scene.alice, now=NOW)
    workers.run_claimed(claimed, now=Clock())
    job.refresh_from_db()
    assert (job.state, job.lease_until, Output.objects.count()) == (JobState.CANCELLED, None, 0)


def clerk_with(job, *, now=None):
    clerk = Clerk(worker=job.worker, now=now or Clock(), standing=lambda: None)
    clerk.take(job)
    return clerk, clerk.watches[0]


def test_progress_is_written_and_the_lease_renewed(scene):
    make_job(scene.work)
    clerk, watch = clerk_with(workers.claim_next(worker="w", now=NOW))
    watch.progress(3, 12)
    clerk.write()
    job = Job.objects.get()
    assert (job.step, job.steps) == (3, 12)
    assert job.lease_until > NOW + workers.LEASE


def test_a_silent_engine_keeps_its_job(scene):
    make_job(scene.work)
    clerk, _watch = clerk_with(workers.claim_next(worker="w", now=NOW), now=lambda: NOW + timedelta(hours=1))
    clerk.write()
    assert Job.objects.get().lease_until == NOW + timedelta(hours=1) + workers.LEASE


def test_an_engine_that_hangs_loses_its_job_in_the_end(scene):
    make_job(scene.work)
    clerk, _watch = clerk_with(workers.claim_next(worker="w", now=NOW), now=lambda: NOW + timedelta(hours=1))
    clerk.write(is_alive=False)
    assert Job.objects.get().lease_until == NOW + workers.LEASE


def test_a_worker_that_lost_its_row_stops(scene):
    make_job(scene.work)
    _clerk, watch = clerk_with(workers.claim_next(worker="w", now=NOW))
    Job.objects.update(generation=9)
    with pytest.raises(workers.Overtaken):
        watch.cancelled()


def test_a_cancelled_job_of_a_killed_worker_ends_cancelled(scene):
    make_job(scene.work)
    workers.claim_next(worker="w", now=NOW)
    Job.objects.update(cancel_asked_at=NOW)
    workers.sweep_jobs(now=NOW + timedelta(minutes=1))
    assert Job.objects.get().state == JobState.CANCELLED


def test_the_engines_pace_is_learned_from_finished_jobs(job, engines):
    known = job.engine.seconds_per_step
    workers.run_jobs(worker="w", now=Clock())
    job.refresh_from_db()
    expected = 0.7 * known + 0.3 * job.spent_seconds / 2
    assert job.engine.__class__.objects.get(pk=job.engine_id).seconds_per_step == pytest.approx(expected)
