"""Taking jobs in fair order, charging what they receive, giving back what our side lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from django.db import OperationalError

from footage.problems import Problem
from generation import workers
from generation.choices import JobState, Wish
from generation.domain.fairness import AFFINITY_SECONDS, Room
from generation.models import FairShare, Job, Worker
from generation.queries.queue import first_jobs, standing
from generation.workers import charging, claiming, endings, fleet
from generation.workers.clock import DatabaseClock, database_time
from tests.factories import (
    NOW,
    make_brief,
    make_course,
    make_crew,
    make_engine,
    make_job,
    make_module,
    make_work,
    someone_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
LATER = NOW + timedelta(minutes=1)


@dataclass
class School:
    """Two engines, and people with works of their own for one brief that is due in two weeks."""

    def __post_init__(self):
        self.drawing, self.dreaming = make_engine(slug="drawing"), make_engine(slug="dreaming")
        self.brief = make_brief()
        self.seconds = count()

    def person(self):
        crew = make_crew(self.brief.module.course)
        return make_work(self.brief, crew=crew)

    def ask(self, work, engine=None, price=1.0, **fields):
        asked_at = NOW + timedelta(seconds=next(self.seconds))
        return make_job(
            work, engine=engine or self.drawing, price_seconds=price, created_at=asked_at, **fields
        )


@pytest.fixture
def school(db):
    return School()


def claim(worker="w", now=LATER, **room):
    return claiming.claim_jobs(worker=worker, now=now, room=Room(**{"most": 1, **room}))


def counter(job):
    return FairShare.objects.get(user=job.created_by).virtual_seconds


def set_counter(work, seconds):
    user = work.crew.members.order_by("pk").first().user
    FairShare.objects.create(user=user, virtual_seconds=seconds, updated_at=NOW)


def check_in(name="w", memory_gb=0.0, now=NOW, **facts):
    known = {"device": "cpu", "loaded": [], "running": 0, "busy_share": 0.0}
    return fleet.check_in(name=name, memory_gb=memory_gb, now=now, **{**known, **facts})


# ---------------------------------------------------------------- whose turn it is
def test_the_least_served_person_is_served_first(school):
    hog, small = school.person(), school.person()
    set_counter(hog, 40.0)
    set_counter(small, 10.0)
    first, second = school.ask(hog), school.ask(small)
    assert [claim()[0], claim()[0]] == [second, first]


def test_a_batch_is_filled_with_a_job_of_everyone_before_a_second_of_anyone(school):
    hog, small, other = school.person(), school.person(), school.person()
    hogs = [school.ask(hog) for _number in range(6)]
    smalls = school.ask(small), school.ask(other)
    assert claim(most=4) == [hogs[0], *smalls, hogs[1]]


def test_what_runs_already_counts_before_a_second_of_it_is_charged(school):
    hog, small = school.person(), school.person()
    hogs = [school.ask(hog, price=30.0) for _number in range(2)]
    assert claim() == [hogs[0]]
    smalls = [school.ask(small) for _number in range(3)]
    assert claim(most=3, free={"drawing": 3}) == smalls


def test_a_claimed_job_comes_with_all_that_its_charge_needs(school, django_assert_num_queries):
    school.ask(school.person())
    (job,) = claim()
    with django_assert_num_queries(0):
        assert (job.work.brief.module.course.gpu_weight, job.work.crew.gpu_weight, job.engine.slug) == (
            1.0, 1.0, "drawing",
        )  # fmt: skip


def test_a_claimed_job_has_a_new_lease_attempt_and_number(school):
    school.ask(school.person())
    (job,) = claim()
    assert (job.state, job.worker, job.lease_until, job.started_at, job.attempts, job.generation) == (
        JobState.RUNNING, "w", LATER + endings.LEASE, LATER, 1, 1,
    )  # fmt: skip


@pytest.mark.parametrize("waiting", [3, 60])
def test_a_claim_costs_the_same_however_many_jobs_wait(school, django_assert_num_queries, waiting):
    work = school.person()
    for _number in range(waiting):
        school.ask(work)
    with django_assert_num_queries(14):
        assert len(claim(most=2)) == 2


def test_of_a_long_queue_only_what_could_be_taken_is_read(school):
    works = [school.person() for _number in range(3)]
    for work in works:
        asks = {"work": work, "created_by": someone_of(work), "engine": school.drawing, "created_at": NOW}
        Job.objects.bulk_create(Job(tool="text-to-image", request={}, **asks) for _number in range(100))
    state = standing(now=NOW)
    assert sum(line.jobs for line in state.lines) == 300
    assert len(first_jobs({(line.person, line.engine) for line in state.lines}, most=2, now=NOW)) == 6


def test_nothing_is_taken_for_an_engine_without_room(school):
    school.ask(school.person(), school.dreaming)
    assert claim(free={"drawing": 2}) == []
    assert claim(free={"dreaming": 0}) == []


def test_a_job_that_may_have_brought_down_two_machines_runs_alone(school):
    lost, other = school.ask(school.person(), attempts=2), school.ask(school.person())
    assert claim(most=4) == [lost]
    assert claim(most=3, free={"drawing": 3}) == []
    assert claim(worker="another", most=4) == [other]


def test_a_running_batch_does_not_take_in_what_may_bring_it_down(school):
    school.ask(school.person(), attempts=2)
    other = school.ask(school.person())
    assert claim(most=3, free={"drawing": 3}, loaded=["drawing"]) == [other]


def test_who_was_in_a_batch_with_a_job_that_kills_machines_does_not_fail_with_it(school):
    killer = school.ask(school.person())
    others = {school.ask(school.person()).pk for _number in range(3)}
    now = LATER
    while taken := claim(now=now, most=4):
        if killer in taken:
            now += timedelta(minutes=5)
            workers.sweep_jobs(now=now)
            continue
        for job in taken:
            endings.finish(job, spent_seconds=1.0, now=now)
    killer.refresh_from_db()
    assert (killer.state, killer.attempts) == (JobState.FAILED, 3)
    assert set(Job.objects.filter(state=JobState.DONE).values_list("pk", flat=True)) == others


def test_held_jobs_wait_for_their_teacher(school):
    school.ask(school.person(), state=JobState.HELD)
    assert claim() == []


# ---------------------------------------------------------------- what a worker is and what is wished of it
def test_a_worker_keeps_its_engine_only_until_its_debt_is_at_the_bound(school):
    check_in()
    poor, rich = school.person(), school.person()
    set_counter(poor, 0.0)
    set_counter(rich, 500.0)
    waiting = school.ask(poor, school.dreaming, price=5.0)
    for _number in range(4):
        school.ask(rich, price=AFFINITY_SECONDS / 2)
    loaded = [claim(loaded=["drawing"])[0].engine.slug for _turn in range(2)]
    assert (loaded, Worker.objects.get().affinity_debt_seconds) == (["drawing"] * 2, AFFINITY_SECONDS)
    assert claim(loaded=["drawing"]) == [waiting]
    assert Worker.objects.get().affinity_debt_seconds == 0.0


@pytest.mark.parametrize("wish", [Wish.PAUSE, Wish.DRAIN])
def test_a_worker_that_is_to_pause_takes_nothing(school, wish):
    school.ask(school.person())
    check_in()
    Worker.objects.update(wish=wish)
    assert claim() == []
    assert len(claim(worker="another")) == 1


def test_a_worker_leaves_engines_alone_that_it_has_no_memory_for(school):
    school.dreaming.memory_gb = 57.0
    school.dreaming.save()
    school.ask(school.person(), school.dreaming)
    small = school.ask(school.person())
    check_in(memory_gb=24.0)
    assert claim(most=4) == [small]
    check_in("large", memory_gb=139.0)
    assert len(claim(worker="large")) == 1


def test_a_worker_checks_in_and_learns_what_is_wished_of_it():
    assert check_in(loaded=["drawing"], running=3, busy_share=1.2) == Wish.WORK
    Worker.objects.update(wish=Wish.DRAIN)
    assert check_in(now=LATER) == Wish.DRAIN
    row = Worker.objects.get()
    assert (row.started_at, row.seen_at, row.jobs_running) == (NOW, LATER, 0)


def test_a_worker_that_stops_holds_nothing():
    check_in(loaded=["drawing"], running=3, busy_share=0.9)
    fleet.check_out(name="w", now=LATER)
    assert Worker.objects.values_list("loaded", "jobs_running", "busy_share").get() == ([], 0, 0.0)


def test_workers_of_yesterday_are_forgotten_unless_something_is_wished_of_them():
    check_in("gone")
    check_in("paused")
    Worker.objects.filter(name="paused").update(wish=Wish.PAUSE)
    workers.sweep_jobs(now=NOW + timedelta(days=2))
    assert list(Worker.objects.values_list("name", flat=True)) == ["paused"]


# ---------------------------------------------------------------- charging
def test_seconds_received_are_written_on_the_job_and_on_the_persons_counter(school):
    school.ask(school.person())
    (job,) = claim()
    for _beat in range(2):
        claiming.charge(service={job: 0.75}, now=LATER)
    assert (Job.objects.get().spent_seconds, counter(job)) == (1.5, 1.5)


def test_weights_of_course_and_crew_make_seconds_cheaper(school):
    course = make_course(gpu_weight=2.0)
    work = make_work(make_brief(make_module(course)), crew=make_crew(course, gpu_weight=1.5))
    school.ask(work)
    (job,) = claim()
    claiming.charge(service={job: 6.0}, now=LATER)
    assert (Job.objects.get().spent_seconds, counter(job)) == (6.0, 2.0)


def test_seconds_are_cheaper_right_before_the_deadline(school):
    school.brief.due_at = LATER
    school.brief.save()
    school.ask(school.person())
    (job,) = claim()
    claiming.charge(service={job: 6.0}, now=LATER + timedelta(hours=5))
    assert counter(job) == 3.0


def test_several_jobs_are_charged_at_once_whoever_they_belong_to(school, django_assert_num_queries):
    hog, small = school.person(), school.person()
    school.ask(hog), school.ask(hog), school.ask(small)
    jobs = claim(most=3)
    with django_assert_num_queries(7):
        claiming.charge(service={job: float(number) for number, job in enumerate(jobs, 1)}, now=LATER)
    charged = {job.pk: job.spent_seconds for job in Job.objects.all()}
    assert [charged[job.pk] for job in jobs] == [1.0, 2.0, 3.0]
    assert [counter(jobs[0]), counter(jobs[1])] == [4.0, 2.0]


def test_a_worker_that_was_overtaken_charges_nothing(school):
    school.ask(school.person())
    (late,) = claim()
    workers.sweep_jobs(now=LATER + timedelta(minutes=5))
    (job,) = claim(worker="second", now=LATER + timedelta(minutes=5))
    claiming.charge(service={late: 9.0}, now=LATER)
    assert (Job.objects.get().spent_seconds, FairShare.objects.exists()) == (0.0, False)
    claiming.charge(service={job: 2.0}, now=LATER)
    assert counter(job) == 2.0


def test_a_clock_that_went_back_charges_nothing(school):
    school.ask(school.person())
    (job,) = claim()
    claiming.charge(service={job: -3600.0}, now=LATER)
    assert (Job.objects.get().spent_seconds, FairShare.objects.exists()) == (0.0, False)


# ---------------------------------------------------------------- how a job ends
def charged_job(school, seconds=4.0):
    school.ask(school.person(), price=5.0)
    (job,) = claim()
    claiming.charge(service={job: seconds}, now=LATER)
    return job


def test_what_our_side_lost_is_paid_back(school):
    job = charged_job(school)
    assert endings.give_back(job, Problem("x"), now=LATER) is True
    assert (Job.objects.get().state, Job.objects.get().spent_seconds, counter(job)) == (
        JobState.QUEUED, 0.0, 0.0,
    )  # fmt: skip


def test_a_failed_job_costs_nothing(school):
    job = charged_job(school)
    endings.end(job, JobState.FAILED, now=LATER, problem={"template": "x", "params": {}})
    assert (Job.objects.get().spent_seconds, counter(job)) == (0.0, 0.0)


def test_who_cancels_pays_for_what_was_received(school):
    job = charged_job(school)
    endings.end(job, JobState.CANCELLED, now=LATER)
    assert (Job.objects.get().spent_seconds, counter(job)) == (4.0, 4.0)


@pytest.mark.parametrize("spent", [3.0, 4.0, 6.5])
def test_a_finished_job_is_settled_to_what_it_really_took(school, spent):
    job = charged_job(school)
    endings.finish(job, spent_seconds=spent, now=LATER)
    assert (Job.objects.get().spent_seconds, counter(job)) == (spent, spent)


def test_an_output_held_for_a_teacher_is_charged_and_leaves_the_queue(school):
    job = charged_job(school)
    endings.hold(job, spent_seconds=4.5, now=LATER)
    assert Job.objects.values_list("state", "spent_seconds", "lease_until").get() == (
        JobState.HELD,
        4.5,
        None,
    )


def test_endings_of_an_overtaken_worker_change_and_charge_nothing(school):
    late = charged_job(school)
    Job.objects.update(generation=9)
    with pytest.raises(endings.Overtaken):
        endings.finish(late, spent_seconds=50.0, now=LATER)
    with pytest.raises(endings.Overtaken):
        endings.hold(late, spent_seconds=50.0, now=LATER)
    assert endings.end(late, JobState.FAILED, now=LATER) is False
    assert endings.give_back(late, Problem("x"), now=LATER) is False
    assert (Job.objects.get().state, counter(late)) == (JobState.RUNNING, 4.0)


def test_a_job_that_breaks_after_its_cancel_was_asked_for_ends_cancelled(school):
    job = charged_job(school)
    Job.objects.update(cancel_asked_at=LATER)
    endings.give_back(job, Problem("x"), now=LATER)
    assert (Job.objects.get().state, counter(job)) == (JobState.CANCELLED, 0.0)


def test_a_worker_that_stops_puts_its_job_back_without_an_attempt_or_a_charge(school):
    job = charged_job(school)
    assert endings.put_back(job, now=LATER) is True
    row = Job.objects.get()
    assert (row.state, row.attempts, row.generation, row.spent_seconds, counter(job)) == (
        JobState.QUEUED, 0, 1, 0.0, 0.0,
    )  # fmt: skip


def test_a_job_that_was_to_stop_is_not_put_back(school):
    job = charged_job(school)
    Job.objects.update(cancel_asked_at=LATER)
    endings.put_back(job, now=LATER)
    assert Job.objects.get().state == JobState.CANCELLED


def test_an_output_that_a_gate_refuses_is_charged(school):
    job = charged_job(school)
    endings.refuse(job, problem={"template": "x", "params": {}}, spent_seconds=4.5, now=LATER)
    row = Job.objects.get()
    assert (row.state, row.spent_seconds, counter(job)) == (JobState.FAILED, 4.5, 4.5)


# ---------------------------------------------------------------- coming back
def test_who_stayed_away_begins_where_the_least_served_stands(school):
    busy, away = school.person(), school.person()
    set_counter(busy, 100.0)
    school.ask(busy)
    user = away.crew.members.first().user
    charging.arrive(user=user, now=NOW)
    assert FairShare.objects.get(user=user).virtual_seconds == 100.0


def test_who_comes_back_into_an_empty_school_stands_beside_the_most_served(school):
    set_counter(school.person(), 900.0)
    user = school.person().crew.members.first().user
    charging.arrive(user=user, now=NOW)
    assert FairShare.objects.get(user=user).virtual_seconds == 900.0


def test_who_is_here_already_is_not_lifted(school):
    busy, slow = school.person(), school.person()
    set_counter(busy, 100.0)
    set_counter(slow, 3.0)
    job = school.ask(slow)
    charging.arrive(user=job.created_by, now=NOW)
    assert counter(job) == 3.0


# ---------------------------------------------------------------- clocks
def test_a_lease_from_before_the_clock_was_set_back_is_shortened(school):
    school.ask(school.person())
    ahead = LATER + timedelta(hours=3)
    (job,) = claim(now=ahead)
    assert workers.sweep_jobs(now=LATER) is False
    assert Job.objects.get().lease_until == LATER + endings.LEASE
    assert endings.mine(job).exists() is True
    assert workers.sweep_jobs(now=LATER + timedelta(minutes=1)) is True


def test_a_worker_whose_clock_is_late_loses_its_job_once_and_doubles_nothing(school):
    school.ask(school.person())
    (late,) = claim(now=NOW - timedelta(hours=1))
    assert workers.sweep_jobs(now=LATER) is True
    (job,) = claim(worker="second")
    with pytest.raises(endings.Overtaken):
        endings.finish(late, spent_seconds=1.0, now=NOW - timedelta(hours=1))
    endings.finish(job, spent_seconds=1.0, now=LATER)
    assert (Job.objects.get().state, counter(job)) == (JobState.DONE, 1.0)


def test_the_workers_clock_goes_on_evenly_while_a_machines_clock_jumps():
    ticks, told = iter([0.0, 10.0, 20.0, 45.0, 45.0, 50.0]), iter([NOW, NOW + timedelta(hours=1)])
    clock = DatabaseClock(read=lambda: next(told), ticks=lambda: next(ticks), every=30.0)
    assert [clock() - NOW for _look in range(4)] == [
        timedelta(seconds=10), timedelta(seconds=20), timedelta(hours=1), timedelta(hours=1, seconds=5),
    ]  # fmt: skip


def test_the_workers_clock_goes_on_while_the_database_is_away():
    ticks, told = iter([0.0, 40.0, 40.0, 45.0]), iter([NOW])

    def read():
        for at in told:
            return at
        raise OperationalError("the server closed the connection")

    clock = DatabaseClock(read=read, ticks=lambda: next(ticks), every=30.0)
    assert [clock() - NOW for _look in range(2)] == [timedelta(seconds=40), timedelta(seconds=45)]


def test_the_database_tells_the_time():
    before = database_time()
    assert DatabaseClock()() >= before


# ---------------------------------------------------------------- workers on which everything breaks
def test_a_worker_on_which_three_jobs_in_a_row_break_down_takes_no_more(school):
    fleet.check_in(name="w", device="", memory_gb=0, loaded=[], running=0, busy_share=0, now=NOW)
    gone = [fleet.broke_down(name="w", job=number, reason="device lost") for number in (1, 1, 1, 2, 3)]
    school.ask(school.person())

    worker = Worker.objects.get(name="w")
    assert gone == [False, False, False, False, True]
    assert (worker.wish, worker.broken_jobs, worker.trouble) == (Wish.PAUSE, [1, 2, 3], "device lost")
    assert claiming.claim_jobs(worker="w", now=NOW, room=Room(most=4)) == []


def test_a_job_that_comes_through_clears_its_worker(school):
    fleet.check_in(name="w", device="", memory_gb=0, loaded=[], running=0, busy_share=0, now=NOW)
    for number in (1, 2):
        fleet.broke_down(name="w", job=number, reason="device lost")
    fleet.came_through(name="w")

    assert not fleet.broke_down(name="w", job=3, reason="device lost")
    assert Worker.objects.get(name="w").wish == Wish.WORK
