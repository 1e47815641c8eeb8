"""People and workers at the same moment, on connections of their own: needs a database server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from generation import workers
from generation.choices import JobState, Pipeline
from generation.domain.fairness import Room
from generation.models import FairShare, Job, Output
from generation.queries import budgets_of
from generation.services import NotPossibleNow, OverBudget, cancel_job, request_job, retry_job
from generation.workers import charging, claiming, endings
from generation.workers.clock import DatabaseClock
from ledger.models import Entry
from tests.factories import (
    NOW,
    make_brief,
    make_course,
    make_crew,
    make_engine,
    make_enrolment,
    make_job,
    make_module,
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]


@pytest.fixture(autouse=True)
def server():
    if connection.vendor != "postgresql":
        pytest.skip("threads need a database server")


@pytest.fixture
def brief():
    return make_brief(make_module(make_course(), slug="image"))


def at_once(*calls):
    """Run the calls in threads at the same time; return what each gave, refusals included."""

    def one(call):
        try:
            return call()
        except (OverBudget, NotPossibleNow, endings.Overtaken) as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def maker(brief):
    user = make_user()
    make_enrolment(brief.module.course, user)
    return user


def ask(work, by):
    return request_job(
        work=work, tool="text-to-image", inputs={"place": "fog", "steps": 10}, source=None, by=by, now=NOW
    )


def test_workers_that_take_batches_at_once_take_each_job_exactly_once(brief):
    engine = make_engine()
    works = [make_work(brief, owner=make_user()) for _number in range(4)]
    waiting = {make_job(work, engine=engine).pk for work in works for _number in range(6)}

    def take_all(name):
        taken = []
        while jobs := claiming.claim_jobs(worker=name, now=NOW, room=Room(most=3)):
            taken += [job.pk for job in jobs]
        return taken

    taken = at_once(*(lambda name=name: take_all(name) for name in "abcd"))
    assert sorted(pk for each in taken for pk in each) == sorted(waiting)
    assert set(Job.objects.values_list("state", "generation", "attempts")) == {(JobState.RUNNING, 1, 1)}


@pytest.mark.parametrize("budget", ["gpu_seconds", "gpu_seconds_person", "gpu_seconds_all"])
def test_a_budget_raced_by_parallel_submits_is_never_overdrawn(brief, budget):
    make_engine(seconds_per_step=0.5)
    setattr(brief, budget, 12)
    brief.save()
    user = make_user()
    work = make_work(brief, crew=make_crew(brief.module.course, [user, make_user()]))
    asked = at_once(*[lambda: ask(work, user)] * 5)
    assert asked.count(OverBudget) == 3
    assert Job.objects.count() == 2
    assert [each.promised for each in budgets_of(work, user)[:3]] == [10, 10, 10]


def test_works_of_one_brief_race_for_what_they_share(brief):
    make_engine(seconds_per_step=0.5)
    brief.gpu_seconds_all = 17
    brief.save()
    people = [make_user() for _number in range(5)]
    works = [make_work(brief, crew=make_crew(brief.module.course, [user])) for user in people]
    asked = at_once(
        *(lambda work=work, user=user: ask(work, user) for work, user in zip(works, people, strict=True))
    )
    assert (asked.count(OverBudget), Job.objects.count()) == (2, 3)


def test_two_browsers_cancel_at_once_and_both_see_it_done(brief):
    user = maker(brief)
    job = make_job(make_work(brief, owner=user))
    cancelled = at_once(*[lambda: cancel_job(job=Job.objects.get(), by=user, now=NOW).state] * 4)
    assert cancelled == [JobState.CANCELLED] * 4
    assert Job.objects.get().pk == job.pk


def test_a_cancel_and_a_claim_at_once_leave_the_job_to_one_of_them(brief):
    user = maker(brief)
    work = make_work(brief, owner=user)
    for _round in range(8):
        job = make_job(work)
        at_once(
            lambda job=job: cancel_job(job=job, by=user, now=NOW),
            lambda: claiming.claim_next(worker="w", now=NOW),
        )
        job.refresh_from_db()
        assert (job.state, job.worker, job.cancel_asked_at) in {
            (JobState.CANCELLED, "", NOW), (JobState.RUNNING, "w", NOW),
        }  # fmt: skip
        Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED, finished_at=NOW)


def test_a_failed_job_tried_again_in_two_windows_waits_once(brief):
    user = maker(brief)
    job = make_job(make_work(brief, owner=user), state=JobState.FAILED)
    tried = at_once(*[lambda: retry_job(job=job, by=user, now=NOW).state] * 3)
    assert sorted(map(str, tried)) == sorted([str(NotPossibleNow)] * 2 + [JobState.QUEUED])


def test_someone_who_comes_back_in_two_windows_has_one_counter(brief):
    user = make_user()
    at_once(*[lambda: charging.arrive(user=user, now=NOW)] * 4)
    assert FairShare.objects.count() == 1


def test_workers_charge_the_same_people_at_once_without_waiting_in_a_ring(brief):
    engine = make_engine()
    works = [make_work(brief, owner=make_user()) for _number in range(3)]
    for _turn in range(4):
        for work in works:
            make_job(work, engine=engine)
    held = [claiming.claim_jobs(worker=name, now=NOW, room=Room(most=3)) for name in "abcd"]

    def charge_often(jobs):
        for _beat in range(10):
            claiming.charge(service=dict.fromkeys(jobs, 0.5), now=NOW)

    at_once(
        *(lambda jobs=jobs: charge_often(jobs) for jobs in (held[0], held[1][::-1], held[2], held[3][::-1]))
    )
    assert set(FairShare.objects.values_list("virtual_seconds", flat=True)) == {20.0}
    assert set(Job.objects.values_list("spent_seconds", flat=True)) == {5.0}


def test_the_reaper_does_not_wait_for_a_worker_that_froze_while_it_wrote(brief):
    work = make_work(brief, owner=make_user())
    frozen, other = make_job(work), make_job(work)
    claiming.claim_jobs(worker="w", now=NOW, room=Room(most=2))
    later = NOW + timedelta(minutes=5)
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=frozen.pk)
        at_once(lambda: workers.sweep_jobs(now=later))
        assert dict(Job.objects.values_list("pk", "state")) == {
            frozen.pk: JobState.RUNNING, other.pk: JobState.QUEUED,
        }  # fmt: skip
    assert workers.sweep_jobs(now=later) is True
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.QUEUED}


def test_a_reaper_and_a_late_worker_at_once_charge_the_job_once(brief):
    work = make_work(brief, owner=make_user())
    for _round in range(6):
        make_job(work, price_seconds=5)
        job = claiming.claim_next(worker="w", now=NOW)
        before = sum(FairShare.objects.values_list("virtual_seconds", flat=True))
        claiming.charge(service={job: 2.0}, now=NOW)
        at_once(
            lambda job=job: endings.finish(job, spent_seconds=3.0, now=NOW),
            lambda: workers.sweep_jobs(now=NOW + timedelta(minutes=5)),
        )
        job.refresh_from_db()
        charged = FairShare.objects.get().virtual_seconds - before
        assert (job.state, job.spent_seconds, charged) in {
            (JobState.DONE, 3.0, 3.0), (JobState.QUEUED, 0.0, 0.0),
        }  # fmt: skip
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE, finished_at=NOW)


def test_a_doorbell_rung_three_times_makes_and_charges_each_job_once(brief):
    engine = make_engine(slug="scene-writer", pipeline=Pipeline.SCENE_WRITER, folder="", tools=["text-draft"])
    request = {"premise": "A ferry is late.", "task": "logline", "length": 20, "language": "en"}
    for user in (make_user(), make_user()):
        work = make_work(brief, owner=user)
        for seed in range(3):
            make_job(work, engine=engine, tool="text-draft", request={**request, "seed": seed})
    at_once(*(lambda name=name: workers.run_jobs(worker=name, now=DatabaseClock()) for name in "abc"))
    assert set(Job.objects.values_list("state", "generation", "attempts")) == {(JobState.DONE, 1, 1)}
    assert (Output.objects.count(), Entry.objects.filter(kind="asset.generated").count()) == (6, 6)
    for share in FairShare.objects.all():
        spent = Job.objects.filter(created_by=share.user).aggregate(all=Sum("spent_seconds"))["all"]
        assert share.virtual_seconds == pytest.approx(spent)
