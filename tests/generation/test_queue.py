"""How things stand in the queue: prices and waits before the click, places after it, what is left of budgets."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from generation.choices import JobState, Wish
from generation.domain.fairness import Place
from generation.domain.tools import TOOLS
from generation.models import FairShare, Job, Worker
from generation.queries import (
    budgets_of,
    dead_letters,
    expectation,
    live_workers,
    next_jobs,
    place_of,
    price_of,
)
from generation.services import (
    NotPossibleNow,
    OverBudget,
    cancel_job,
    request_candidates,
    request_job,
    retry_job,
)
from tests.factories import (
    NOW,
    make_administrator,
    make_crew,
    make_engine,
    make_enrolment,
    make_job,
    make_user,
    make_work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
TOOL = TOOLS["text-to-image"]


@pytest.fixture
def engine():
    return make_engine(options={"steps": 10}, seconds_per_step=0.5)


def ask(scene, by=None, **more):
    return request_job(
        work=scene.work, tool=TOOL.slug, inputs={"place": "a ferry landing"}, source=None,
        by=by or scene.alice, now=more.pop("now", NOW), **more,
    )  # fmt: skip


def waiting(work, engine, price=2.0, later=0, **fields):
    at = NOW + timedelta(seconds=later)
    return make_job(work, engine=engine, price_seconds=price, created_at=at, **fields)


# ---------------------------------------------------------------- before and after the click
def test_price_wait_and_place_are_told_before_the_click(scene, engine):
    for _number in range(3):
        waiting(scene.work, engine, price=4.0)
    waiting(make_work(), engine, price=9.0, state=JobState.RUNNING, lease_until=NOW, spent_seconds=8.0)
    told = expectation(tool=TOOL, engine=engine, request={"steps": 12}, user=scene.alice, now=NOW)
    assert (told.price_seconds, told.price_money, told.wait_seconds, told.ahead) == (6.0, 0, 13.0, 3)


def test_a_newcomer_is_told_to_wait_for_one_job_of_the_hog(scene, engine):
    for _number in range(20):
        waiting(scene.work, engine)
    told = expectation(
        tool=TOOL, engine=engine, request={"steps": 1}, user=make_user(), now=NOW + timedelta(1)
    )
    assert (told.ahead, told.wait_seconds) == (1, 2.0)


def test_what_was_told_before_the_click_is_the_place_after_it(scene, engine):
    other = make_work(scene.brief, owner=make_user())
    make_enrolment(scene.course, other.owner)
    for _number in range(3):
        waiting(other, engine)
    told = expectation(tool=TOOL, engine=engine, request={"steps": 10}, user=scene.alice, now=NOW)
    later = NOW + timedelta(seconds=1)
    place = place_of(ask(scene, now=later), now=later)
    assert (place.seconds, place.ahead) == (2.0, 1)
    assert (told.wait_seconds, told.ahead) == (0.0, 0)


def test_the_wait_is_shared_among_the_workers_that_are_alive(scene, engine):
    first = waiting(scene.work, engine, price=6.0)
    later = waiting(scene.work, engine, later=1)
    facts = {"device": "cpu", "started_at": NOW}
    Worker.objects.create(name="a", seen_at=NOW, **facts)
    Worker.objects.create(name="b", seen_at=NOW, **facts)
    Worker.objects.create(name="paused", seen_at=NOW, wish=Wish.PAUSE, **facts)
    Worker.objects.create(name="gone", seen_at=NOW - timedelta(hours=1), **facts)
    assert place_of(first, now=NOW) == Place(0, 0.0)
    assert place_of(later, now=NOW) == Place(1, 3.0)
    assert live_workers(now=NOW).count() == 2


def test_a_job_that_runs_or_is_done_waits_no_more(scene):
    assert place_of(make_job(scene.work, state=JobState.DONE), now=NOW) == Place(0, 0.0)


@pytest.mark.parametrize("count", [1, 30])
def test_telling_the_place_costs_the_same_however_many_wait(scene, engine, django_assert_num_queries, count):
    for number in range(count):
        waiting(scene.work, engine, later=number)
    job = waiting(make_work(), engine, later=99)
    with django_assert_num_queries(6):
        assert place_of(job, now=NOW).ahead == 1


@pytest.mark.parametrize("count", [1, 30])
def test_telling_the_wait_costs_the_same_however_many_wait(scene, engine, django_assert_num_queries, count):
    for number in range(count):
        waiting(scene.work, engine, later=number)
    with django_assert_num_queries(7):
        expectation(tool=TOOL, engine=engine, request={"steps": 1}, user=scene.bob, now=NOW)


def test_the_next_jobs_are_told_in_fair_order(scene, engine):
    hogs = [waiting(scene.work, engine, later=number) for number in range(3)]
    small = waiting(make_work(), engine, later=9)
    assert next_jobs(most=3, now=NOW) == [hogs[0], small, hogs[1]]


def test_jobs_that_no_machine_could_finish_are_listed_newest_first(scene, engine):
    make_job(scene.work, state=JobState.FAILED, attempts=1)
    lost = [
        make_job(scene.work, state=JobState.FAILED, attempts=3, finished_at=NOW + timedelta(days=day))
        for day in range(2)
    ]
    assert list(dead_letters()) == lost[::-1]


def test_an_administrator_tries_a_lost_job_again_for_whoever_asked(scene, engine):
    lost = make_job(scene.work, state=JobState.FAILED, attempts=3)
    again = retry_job(job=lost, by=make_administrator(), now=NOW)
    assert (again.state, again.attempts, again.created_by) == (JobState.QUEUED, 0, scene.alice)


# ---------------------------------------------------------------- coming back
def test_asking_lifts_who_was_away_and_not_who_is_here(scene, engine):
    busy = waiting(make_work(), engine)
    FairShare.objects.create(user=busy.created_by, virtual_seconds=50.0, updated_at=NOW)
    ask(scene)
    assert FairShare.objects.get(user=scene.alice).virtual_seconds == 50.0
    FairShare.objects.filter(user=busy.created_by).update(virtual_seconds=80.0)
    ask(scene)
    assert FairShare.objects.get(user=scene.alice).virtual_seconds == 50.0


# ---------------------------------------------------------------- budgets
def crew_scene(scene, **limits):
    """Alice and a friend make a work together; another crew works for the same brief."""
    for name, value in limits.items():
        setattr(scene.brief, name, value)
    scene.brief.save()
    friend = make_user()
    scene.work = make_work(scene.brief, crew=make_crew(scene.course, [scene.alice, friend]))
    return friend, make_work(scene.brief, crew=make_crew(scene.course))


def test_budgets_of_work_person_and_brief_are_read_at_once(scene, engine, django_assert_num_queries):
    friend, other = crew_scene(scene, gpu_seconds=100, gpu_seconds_person=50, gpu_seconds_all=500)
    make_job(scene.work, engine=engine, state=JobState.DONE, spent_seconds=7, price_seconds=99)
    waiting(scene.work, engine, price=2.0, created_by=friend)
    waiting(other, engine, price=3.5)
    with django_assert_num_queries(1):
        budgets = budgets_of(scene.work, scene.alice)
    assert [(each.scope, each.seconds, each.spent, each.promised) for each in budgets] == [
        ("work", 100, 7, 2), ("person", 50, 7, 0), ("all", 500, 7, Decimal("5.5")), ("money", 0, 0, 0),
    ]  # fmt: skip


def test_a_running_job_that_takes_longer_than_foretold_holds_what_it_took(scene, engine):
    waiting(scene.work, engine, price=2.0, state=JobState.RUNNING, lease_until=NOW, spent_seconds=6.0)
    assert budgets_of(scene.work, scene.alice)[0].promised == 6


def test_a_persons_own_budget_ends_before_the_crews(scene, engine):
    friend, _other = crew_scene(scene, gpu_seconds_person=8)
    ask(scene)
    with pytest.raises(
        OverBudget, match=r"about 5\.0 GPU-seconds; 3\.0 of your own 8 for this brief are left"
    ):
        ask(scene)
    assert ask(scene, by=friend).state == JobState.QUEUED


def test_all_works_of_a_brief_share_one_budget(scene, engine):
    _friend, other = crew_scene(scene, gpu_seconds_all=12)
    waiting(other, engine, price=9.0)
    with pytest.raises(OverBudget, match=r"3\.0 of the 12 that all works of this brief share are left"):
        ask(scene)


def remote(**fields):
    facts = {"url": "https://engines.example/v1", "seconds_per_step": 0.5, "money_per_unit": Decimal("0.02")}
    return make_engine(slug="elsewhere", options={"steps": 10}, **{**facts, **fields})


def test_engines_elsewhere_are_paid_in_money_and_use_no_gpu_seconds(scene):
    remote()
    scene.brief.money_limit, scene.brief.gpu_seconds = Decimal("0.50"), 1
    scene.brief.save()
    first, _second = ask(scene, engine="elsewhere"), ask(scene, engine="elsewhere")
    assert (first.price_seconds, first.price_money) == (5.0, Decimal("0.2"))
    work, _person, _all, money = budgets_of(scene.work, scene.alice)
    assert (work.promised, money.promised, money.left) == (0, Decimal("0.4"), Decimal("0.1"))
    with pytest.raises(OverBudget, match=r"about 0\.20; 0\.10 of the 0\.50 .* engines elsewhere"):
        ask(scene, engine="elsewhere")


def test_an_engine_elsewhere_that_costs_nothing_needs_no_money(scene):
    remote(money_per_unit=0)
    assert ask(scene, engine="elsewhere").state == JobState.QUEUED


def test_a_price_is_seconds_and_money(engine):
    price = price_of(TOOL, remote(), {"steps": 7})
    assert (price.seconds, price.money, price.gpu_seconds) == (3.5, Decimal("0.14"), 0)
    assert price_of(TOOL, engine, {"steps": 7}).gpu_seconds == Decimal("3.5")


def test_candidates_are_all_paid_or_none_is_asked_for(scene, engine):
    scene.brief.gpu_seconds = 12
    scene.brief.save()
    asked = {"work": scene.work, "tool": TOOL.slug, "source": None, "by": scene.alice, "now": NOW}
    with pytest.raises(OverBudget, match="3 candidates together are too much"):
        request_candidates(count=3, inputs={"place": "fog"}, **asked)
    assert Job.objects.count() == 0


def test_a_retry_needs_the_budget_of_the_person_who_asked(scene, engine):
    _friend, _other = crew_scene(scene, gpu_seconds_person=4)
    failed = waiting(scene.work, engine, price=5.0, state=JobState.FAILED, created_by=scene.alice)
    with pytest.raises(OverBudget, match="of your own 4"):
        retry_job(job=failed, by=scene.alice, now=NOW)


# ---------------------------------------------------------------- cancelling
def test_who_cancels_second_finds_it_done(scene):
    job = make_job(scene.work)
    cancel_job(job=job, by=scene.alice, now=NOW)
    again = cancel_job(job=job, by=scene.bob, now=NOW + timedelta(seconds=1))
    assert (again.state, again.cancel_asked_at) == (JobState.CANCELLED, NOW)


def test_the_first_wish_to_stop_a_running_job_counts(scene):
    job = make_job(scene.work, state=JobState.RUNNING, lease_until=NOW)
    for second in range(2):
        cancel_job(job=job, by=scene.alice, now=NOW + timedelta(seconds=second))
    job.refresh_from_db()
    assert (job.state, job.cancel_asked_at) == (JobState.RUNNING, NOW)


def test_a_job_held_for_a_teacher_can_be_withdrawn(scene):
    job = cancel_job(job=make_job(scene.work, state=JobState.HELD), by=scene.alice, now=NOW)
    assert (job.state, job.finished_at) == (JobState.CANCELLED, NOW)


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED])
def test_what_is_over_is_not_cancelled(scene, state):
    with pytest.raises(NotPossibleNow, match="finished already"):
        cancel_job(job=make_job(scene.work, state=state), by=scene.alice, now=NOW)
