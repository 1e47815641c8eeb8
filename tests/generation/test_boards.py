"""The queue page says what everybody may know and no more; the fleet page is the administrators'."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generation.choices import JobState, Wish
from generation.models import BatchCap, FairShare, Job, Worker
from generation.queries.board import board, budgets_on_show, load_by, machines, spent_by_course
from generation.queries.budgets import budgets_of_briefs
from ledger.models import Entry
from tests.factories import (
    NOW,
    make_administrator,
    make_brief,
    make_crew,
    make_engine,
    make_enrolment,
    make_job,
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
QUEUE, FLEET = "/queue/", "/fleet/"


@pytest.fixture
def engine(scene):
    return make_engine(title_en="Lantern engine")


def running(work, **fields):
    lease = NOW + timedelta(days=9000)
    return make_job(work, state=JobState.RUNNING, lease_until=lease, started_at=NOW, worker="gpu1", **fields)


def worker(name="gpu1", **fields):
    facts = {"device": "H200", "memory_gb": 141, "started_at": NOW, "seen_at": timezone.now()}
    return Worker.objects.create(name=name, **{**facts, **fields})


# ---------------------------------------------------------------- the queue
def test_who_has_received_least_is_next(scene, engine):
    hog, newcomer = scene.alice, make_user("dora")
    make_enrolment(scene.course, newcomer)
    FairShare.objects.create(user=hog, virtual_seconds=50, updated_at=NOW)
    FairShare.objects.create(user=newcomer, virtual_seconds=0, updated_at=NOW)
    early = make_job(scene.work, engine=engine, price_seconds=4)
    late = make_job(make_work(scene.brief, owner=newcomer), engine=engine, price_seconds=2,
                    created_at=NOW + timedelta(minutes=1))  # fmt: skip
    worker()
    seen = board(hog, now=timezone.now())
    assert [(row.job, row.place, row.wait_seconds) for row in seen.next] == [(late, 1, 0.0), (early, 2, 2.0)]
    assert [row.job for row in seen.mine] == [early]
    assert (seen.turn.before, seen.turn.after, seen.turn.is_waiting) == (1, 0, True)


@pytest.mark.parametrize(
    ("person", "whose"), [("alice", "mine"), ("bob", "named"), ("classmate", "course"), ("charlie", "other")]
)
def test_each_person_is_told_no_more_than_they_may_know(scene, engine, person, whose):
    scene.classmate = make_user("classmate")
    make_enrolment(scene.course, scene.classmate)
    make_job(scene.work, engine=engine)
    assert [row.whose for row in board(getattr(scene, person), now=NOW).next] == [whose]


def test_a_crew_knows_its_own(scene, engine):
    crew = make_crew(scene.course)
    first, second = (member.user for member in crew.members.order_by("pk")[:2])
    make_job(make_work(scene.brief, crew=crew), engine=engine, created_by=first)
    assert [row.whose for row in board(second, now=NOW).next] == ["crew"]


def test_nobodys_words_names_or_titles_reach_a_stranger(client, scene, engine):
    scene.work.title = "The lamp ship"
    scene.work.save()
    for job in (make_job(scene.work, engine=engine), running(scene.work, engine=engine)):
        job.request = {"prompt": "a secret pier"}
        job.save()
    client.force_login(scene.charlie)
    page = client.get(QUEUE).content.decode()
    told = [word in page for word in ("secret pier", "alice", "lamp ship", scene.course.title, "/jobs/")]
    assert "someone of another course" in page
    assert told[:4] == [False] * 4


def test_the_page_says_my_place_and_offers_to_cancel(client, scene, engine):
    worker()
    job = make_job(scene.work, engine=engine, price_seconds=4)
    client.force_login(scene.alice)
    page = client.get(QUEUE).content.decode()
    assert "Your next job is number 1 and begins at once." in page
    assert reverse("generation:job_cancel", args=[job.uuid]) in page


def test_a_job_far_back_is_told_all_the_same(scene, engine):
    worker()
    for number in range(31):
        owner = make_user()
        FairShare.objects.create(user=owner, virtual_seconds=0, updated_at=NOW)
        make_job(make_work(scene.brief, owner=owner), engine=engine, price_seconds=1,
                 created_at=NOW + timedelta(seconds=number))  # fmt: skip
    FairShare.objects.create(user=scene.alice, virtual_seconds=100, updated_at=NOW)
    job = make_job(scene.work, engine=engine, price_seconds=1)
    seen = board(scene.alice, now=timezone.now())
    assert [(row.job, row.place) for row in seen.mine] == [(job, 32)]


@pytest.mark.parametrize(("waited", "is_said"), [(timedelta(hours=1), True), (timedelta(seconds=5), False)])
def test_when_no_worker_comes_for_long_the_page_says_so(client, scene, engine, waited, is_said):
    worker(seen_at=NOW)
    make_job(scene.work, engine=engine, created_at=timezone.now() - waited)
    client.force_login(scene.alice)
    assert ("No engine worker comes for what waits" in client.get(QUEUE).content.decode()) == is_said


def test_an_idle_fleet_asleep_worries_nobody(client, scene):
    worker(seen_at=NOW)
    client.force_login(scene.alice)
    assert "The queue is empty." in client.get(QUEUE).content.decode()


def test_htmx_gets_the_moving_part_alone(client, scene):
    client.force_login(scene.alice)
    response = client.get(QUEUE, headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith('<div id="live"')


def test_budgets_of_ones_own_works_are_shown(scene, engine):
    scene.brief.gpu_seconds, scene.brief.gpu_seconds_person = 100, 40
    scene.brief.save()
    make_job(scene.work, engine=engine, state=JobState.DONE, spent_seconds=7, price_seconds=9)
    make_job(scene.work, engine=engine, price_seconds=5)
    make_job(make_work(scene.brief, owner=make_user()), engine=engine, price_seconds=3)
    [(work, budgets)] = budgets_on_show(scene.alice, now=NOW)
    assert work == scene.work
    assert [(each.scope, each.seconds, each.spent, each.promised) for each in budgets[:3]] == [
        ("work", 100, 7, 5), ("person", 40, 7, 5), ("all", None, 7, 8),
    ]  # fmt: skip
    assert budgets_on_show(scene.bob, now=NOW) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_one_and_three(client, scene, engine, count, django_assert_num_queries):
    for _number in range(count):
        work = make_work(make_brief(scene.brief.module), owner=scene.alice)
        make_job(work, engine=engine, created_at=timezone.now())
        running(make_work(scene.brief, owner=make_user()), engine=engine)
    client.force_login(scene.alice)
    with django_assert_num_queries(22):
        client.get(QUEUE)


# ---------------------------------------------------------------- the fleet
def test_workers_are_told_by_what_they_do(scene, engine):
    worker("busy", jobs_running=1)
    worker("calm")
    worker("gone", seen_at=NOW, jobs_running=2)
    worker("naps", seen_at=NOW)
    worker("halt", wish=Wish.PAUSE)
    worker("last", wish=Wish.DRAIN)
    job = running(scene.work, engine=engine)
    Job.objects.filter(pk=job.pk).update(worker="busy")
    told = {machine.worker.name: (machine.state, machine.jobs) for machine in machines(now=timezone.now())}
    assert told == {
        "busy": ("working", [job]), "calm": ("idle", []), "gone": ("lost", []), "halt": ("paused", []),
        "last": ("draining", []), "naps": ("asleep", []),
    }  # fmt: skip


def test_what_waits_is_told_by_engine_and_course(scene, engine):
    make_job(scene.work, engine=engine, price_seconds=4)
    running(scene.work, engine=engine)
    make_job(scene.work, price_seconds=9, engine=make_engine(slug="other"))
    assert [(each.name, each.waiting, each.running, each.seconds) for each in load_by("engine__slug")] == [
        ("other", 1, 0, 9.0), (engine.slug, 1, 1, 4.0),
    ]  # fmt: skip
    courses = load_by("work__brief__module__course__code")
    assert [(each.name, each.waiting) for each in courses] == [(scene.course.code, 2)]


def test_what_courses_spent_lately_is_told(scene, engine):
    for seconds, finished in ((7, NOW), (5, NOW - timedelta(days=9))):
        make_job(scene.work, engine=engine, state=JobState.DONE, spent_seconds=seconds, finished_at=finished)
    assert spent_by_course(since=NOW - timedelta(days=7)) == [(scene.course.code, 7.0, 1)]


def test_budgets_of_assignments_asked_for_lately_are_told(scene, engine):
    scene.brief.gpu_seconds_all = 100
    scene.brief.save()
    make_job(scene.work, engine=engine, state=JobState.DONE, spent_seconds=7)
    make_job(scene.work, engine=engine, price_seconds=5)
    old = make_brief(scene.brief.module)
    make_job(make_work(old, owner=scene.alice), engine=engine, created_at=NOW - timedelta(days=60))
    [(brief, budget)] = budgets_of_briefs(since=NOW - timedelta(days=30))
    assert (brief, budget.seconds, budget.spent, budget.promised) == (scene.brief, 100, 7, 5)


def test_given_up_jobs_stand_with_their_reason_and_are_tried_again(client, scene, engine):
    problem = {"template": "The engine broke down %(attempts)d times.", "params": {"attempts": 3}}
    job = make_job(scene.work, engine=engine, state=JobState.FAILED, attempts=3, problem=problem)
    client.force_login(make_administrator())
    assert "The engine broke down 3 times." in client.get(FLEET).content.decode()
    client.post(reverse("generation:job_retry", args=[job.uuid]))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


@pytest.mark.parametrize("person", ["alice", "bob"])
def test_the_fleet_is_for_administrators(client, scene, person):
    row = worker()
    client.force_login(getattr(scene, person))
    wish = client.post(reverse("generation:worker_wish", args=[row.name]), {"wish": "drain"})
    row.refresh_from_db()
    assert (client.get(FLEET).status_code, wish.status_code, row.wish) == (403, 403, Wish.WORK)


def test_an_administrator_pauses_and_resumes_and_the_ledger_tells(client, scene):
    row = worker("host:7")
    client.force_login(make_administrator())
    url = reverse("generation:worker_wish", args=[row.name])
    seen = []
    for wish in ("pause", "work"):
        client.post(url, {"wish": wish})
        row.refresh_from_db()
        seen.append(row.wish)
    assert seen == [Wish.PAUSE, Wish.WORK]
    assert Entry.objects.filter(kind="worker.wish", subject="worker:host:7").count() == 2
    assert client.post(url, {"wish": "explode"}).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_the_fleet_costs_the_same_for_one_and_three(client, scene, engine, count, django_assert_num_queries):
    for number in range(count):
        worker(f"gpu{number}")
        running(scene.work, engine=engine)
        make_job(scene.work, engine=engine, state=JobState.FAILED, attempts=3)
        BatchCap.objects.create(
            engine=engine, revision="", device="H200", shape=f"64x{number}", cap=8, updated_at=NOW
        )
    client.force_login(make_administrator())
    with django_assert_num_queries(11):
        client.get(FLEET)


def test_a_wish_by_htmx_answers_with_the_moving_part_and_a_sentence(client, scene):
    row = worker("host:7")
    client.force_login(make_administrator())
    url = reverse("generation:worker_wish", args=[row.name])
    response = client.post(url, {"wish": "pause"}, headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith('<div id="live"')
    assert "host:7 pauses" in response.headers["HX-Trigger"]


def test_who_cancels_in_the_queue_stays_there(client, scene, engine):
    job = make_job(scene.work, engine=engine)
    client.force_login(scene.alice)
    response = client.post(reverse("generation:job_cancel", args=[job.uuid]), {"next": "queue"})
    assert (response.status_code, response.url) == (302, QUEUE)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
