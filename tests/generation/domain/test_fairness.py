"""Fair turns: gaps are bounded, nobody starves, nothing idles while something waits, and affinity owes only so much."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain import fairness
from generation.domain.fairness import (
    Line,
    Place,
    Room,
    Waiting,
    choose,
    forecast,
    in_order,
    lifted,
    may_take,
    shortlist,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOST_SECONDS, LEAST_WEIGHT, BOUND = 8.0, 0.5, 20.0
DAY = 24 * 3600.0

jobs = st.lists(
    st.tuples(
        st.integers(1, 4), st.sampled_from("abc"), st.sampled_from([0.5, 1.0, 3.0, MOST_SECONDS]),
        st.sampled_from([LEAST_WEIGHT, 1.0, 2.0]),
    ),
    min_size=1, max_size=40,
)  # fmt: skip
counters = st.dictionaries(st.integers(1, 4), st.sampled_from([0.0, 1.0, 5.0, 50.0]))
rooms = st.builds(
    Room,
    loaded=st.sets(st.sampled_from("abc"), max_size=2),
    free=st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=2),
    most=st.integers(1, 6),
    beside=st.sets(st.sampled_from("abc"), max_size=1),
    begin=st.sampled_from([None, 0, 1, 2]),
    rows=st.sampled_from([None, 1, 2]),
)


def job(number, person, engine="a", seconds=1.0, weight=1.0):
    return Waiting(number, person, engine, seconds, weight, NOW + timedelta(seconds=number))


def queue_of(rows):
    return [job(number, *row) for number, row in enumerate(rows)]


def lines_of(waiting):
    of: dict[tuple[int, str], list[Waiting]] = defaultdict(list)
    for each in waiting:
        of[each.person, each.engine].append(each)
    return [
        Line(person, engine, len(each), sum(one.seconds for one in each), 1.0, min(one.asked_at for one in each))
        for (person, engine), each in of.items()
    ]  # fmt: skip


class School:
    """Workers with one engine in memory each; every job runs to its end and is charged what it was expected to need."""

    def __init__(self, waiting, *, workers=1, most=1, weights=None):
        self.waiting = {each.job: each for each in waiting}
        self.loaded, self.debts = [()] * workers, [0.0] * workers
        self.most = most
        self.counters: dict[int, float] = defaultdict(float)
        self.served: list[Waiting] = []

    def turn(self, worker):
        room = Room(loaded=self.loaded[worker], most=self.most)
        choice = choose(
            self.waiting.values(), counters=self.counters, room=room, debt=self.debts[worker], bound=BOUND
        )
        self.debts[worker] = choice.debt
        for number in choice.jobs:
            taken = self.waiting.pop(number)
            self.loaded[worker] = (taken.engine,)
            self.counters[taken.person] += taken.seconds / taken.weight
            self.served.append(taken)
        return choice.jobs


# ---------------------------------------------------------------- weights and counters
def test_a_deadline_weighs_more_as_it_comes_near_and_nothing_once_it_is_past():
    days = [30, 3, 1.5, 0, -0.1]
    assert [fairness.deadline_weight(seconds_left=days_left * DAY) for days_left in days] == [
        1.0, 1.0, 1.5, 2.0, 1.0,
    ]  # fmt: skip


@given(st.floats(-1e9, 1e9))
def test_a_deadline_weighs_one_to_two(seconds_left):
    assert 1.0 <= fairness.deadline_weight(seconds_left=seconds_left) <= 2.0


def test_weights_of_course_crew_and_deadline_are_multiplied():
    assert fairness.weight(course=2.0, crew=1.5, seconds_left=0) == 6.0


@pytest.mark.parametrize(("course", "expected"), [(0.0, 0.01), (-3.0, 0.01), (1e9, 100.0)])
def test_a_weight_stays_within_reason(course, expected):
    assert fairness.weight(course=course, crew=1.0, seconds_left=-1) == expected


def test_who_comes_back_begins_where_the_least_served_stands():
    assert lifted(3.0, active=[40.0, 25.0], greatest=90.0) == 25.0


def test_who_comes_back_with_more_keeps_what_they_had():
    assert lifted(60.0, active=[40.0, 25.0], greatest=90.0) == 60.0


def test_gpu_time_that_nobody_else_wanted_is_not_held_against_anyone():
    assert lifted(5.0, active=[], greatest=900.0) == 900.0


# ---------------------------------------------------------------- whose turn it is
def test_the_least_served_person_goes_first_and_then_in_turns():
    waiting = queue_of([(1, "a"), (1, "a"), (1, "a"), (2, "a"), (2, "a")])
    assert in_order(waiting, counters={1: 0.0, 2: 0.0}, most=9) == [0, 3, 1, 4, 2]


def test_of_equals_the_one_that_waits_longest_goes_first():
    waiting = [job(2, person=7), job(1, person=8)]
    assert in_order(waiting, counters={}, most=1) == [1]


def test_one_persons_jobs_stay_in_their_order_across_engines():
    waiting = [job(1, 1, "b"), job(2, 1, "a")]
    assert in_order(waiting, counters={}, most=2) == [1, 2]


def test_several_jobs_of_a_hog_do_not_fill_a_batch_while_others_wait():
    waiting = queue_of([(1, "a")] * 8 + [(2, "a"), (3, "a")])
    choice = choose(waiting, counters={}, room=Room(most=4), debt=0)
    assert choice.jobs == (0, 8, 9, 1)


def test_a_running_batch_is_joined_only_where_there_is_room():
    waiting = queue_of([(1, "a"), (2, "b"), (3, "a"), (4, "a")])
    choice = choose(waiting, counters={}, room=Room(free={"a": 2}, most=8), debt=0)
    assert choice.jobs == (0, 2)


def test_a_full_worker_takes_nothing():
    waiting = queue_of([(1, "a"), (2, "b")])
    assert choose(waiting, counters={}, room=Room(free={"a": 0}, most=8), debt=0).jobs == ()


def test_an_idle_worker_takes_jobs_of_one_engine():
    waiting = queue_of([(1, "a"), (2, "b"), (3, "a")])
    assert choose(waiting, counters={}, room=Room(most=8), debt=0).jobs == (0, 2)


def test_a_loaded_engine_goes_ahead_and_the_debt_is_remembered():
    waiting = queue_of([(1, "b", 5.0), (2, "a", 5.0)])
    choice = choose(waiting, counters={2: 1.0}, room=Room(loaded={"a"}), debt=3.0, bound=10.0)
    assert (choice.jobs, choice.debt) == ((1,), 8.0)


def test_a_debt_at_its_bound_is_paid_by_changing_engines():
    waiting = queue_of([(1, "b", 5.0), (2, "a", 5.0)])
    choice = choose(waiting, counters={2: 1.0}, room=Room(loaded={"a"}), debt=6.0, bound=10.0)
    assert (choice.jobs, choice.debt) == ((0,), 0.0)


def test_a_running_batch_runs_empty_when_its_debt_is_at_the_bound():
    waiting = queue_of([(1, "b", 5.0), (2, "a", 5.0)])
    room = Room(loaded={"a"}, free={"a": 4}, most=4)
    choice = choose(waiting, counters={2: 1.0}, room=room, debt=6.0, bound=10.0)
    assert (choice.jobs, choice.debt) == ((), 6.0)


def test_jobs_whose_turn_it_is_do_not_wipe_out_what_is_owed_to_others():
    waiting = queue_of([(1, "a", 0.1), (2, "b", 5.0), (3, "a", 5.0)])
    room = Room(loaded={"a"}, free={"a": 4}, most=4)
    choice = choose(waiting, counters={2: 1.0, 3: 2.0}, room=room, debt=6.0, bound=10.0)
    assert (choice.jobs, choice.debt) == ((0,), 6.0)


def test_nothing_is_owed_when_nobody_waits_for_another_engine():
    waiting = queue_of([(1, "a", 5.0)])
    assert choose(waiting, counters={}, room=Room(loaded={"a"}), debt=9.0, bound=10.0).debt == 0.0


def test_a_turn_that_waits_for_a_place_only_holds_nobody_else_back():
    waiting = queue_of([(1, "a", 5.0), (2, "b", 5.0)])
    room = Room(loaded={"a", "b"}, free={"a": 0, "b": 2}, most=2)
    choice = choose(waiting, counters={2: 50.0}, room=room, debt=10.0, bound=10.0)
    assert (choice.jobs, choice.debt) == ((1,), 0.0)


def test_far_machines_go_on_while_the_device_runs_empty():
    waiting = queue_of([(1, "b", 5.0), (2, "a", 5.0), (3, "far", 30.0)])
    room = Room(loaded={"a"}, free={"a": 4, "far": 2}, most=4, beside={"far"})
    choice = choose(waiting, counters={2: 1.0, 3: 9.0}, room=room, debt=10.0, bound=10.0)
    assert (choice.jobs, choice.debt) == ((2,), 10.0)


def test_an_engine_begins_beside_those_at_work_where_there_is_memory_for_it():
    waiting = queue_of([(1, "b", 5.0), (2, "a", 5.0)])
    room = Room(loaded={"a"}, free={"a": 1}, begin=1, most=4)
    choice = choose(waiting, counters={2: 1.0}, room=room, debt=0.0, bound=10.0)
    assert (choice.jobs, choice.debt) == ((0, 1), 0.0)


def test_no_more_engines_begin_than_there_is_memory_for():
    waiting = queue_of([(1, "a"), (2, "b"), (3, "c")])
    assert choose(waiting, counters={}, room=Room(begin=2, most=8), debt=0).jobs == (0, 1)


def test_a_far_machine_at_work_does_not_keep_the_device_from_changing():
    waiting = queue_of([(1, "b", 5.0), (2, "far", 5.0)])
    room = Room(loaded={"a"}, free={"far": 1}, beside={"far"}, most=4)
    assert choose(waiting, counters={}, room=room, debt=10.0, bound=10.0).jobs == (0, 1)


# ---------------------------------------------------------------- what always holds
@given(jobs, counters, rooms, st.floats(0, BOUND))
def test_the_debt_of_a_worker_never_exceeds_its_bound(rows, reached, room, debt):
    choice = choose(queue_of(rows), counters=reached, room=room, debt=debt, bound=BOUND)
    assert 0.0 <= choice.debt <= BOUND


@given(jobs, counters, rooms)
def test_a_worker_with_nothing_at_work_never_leaves_a_job_waiting(rows, reached, room):
    idle = replace(room, free={}, begin=None)
    assert choose(queue_of(rows), counters=reached, room=idle, debt=BOUND, bound=BOUND).jobs


@given(jobs, counters, rooms)
def test_no_job_is_chosen_twice_nor_more_than_there_is_room_for(rows, reached, room):
    waiting = {each.job: each for each in queue_of(rows)}
    chosen = choose(waiting.values(), counters=reached, room=room, debt=0, bound=BOUND).jobs
    used = Counter(waiting[number].engine for number in chosen)
    assert len(set(chosen)) == len(chosen) <= room.most
    for engine, jobs_taken in used.items():
        assert jobs_taken <= room.free.get(engine, room.most if room.rows is None else room.rows)
    begin = int(not set(room.free) - set(room.beside)) if room.begin is None else room.begin
    assert len(used.keys() - room.free.keys()) <= begin


@given(jobs, counters, rooms, st.floats(0, BOUND))
def test_only_where_there_is_no_room_at_all_the_queue_need_not_be_looked_at(rows, reached, room, debt):
    chosen = choose(queue_of(rows), counters=reached, room=room, debt=debt, bound=BOUND).jobs

    if not may_take({engine for _person, engine, *_rest in rows}, room=room):
        assert chosen == ()


@given(jobs, counters, rooms, st.floats(0, BOUND))
def test_a_short_list_is_as_good_as_the_entire_queue(rows, reached, room, debt):
    waiting = queue_of(rows)
    named = shortlist(lines_of(waiting), counters=reached, most=room.most)
    shown: dict[tuple[int, str], list[Waiting]] = defaultdict(list)
    for each in waiting:
        shown[each.person, each.engine].append(each)
    short = [each for key in named for each in shown[key][: room.most]]
    whole = choose(waiting, counters=reached, room=room, debt=debt, bound=BOUND)
    assert choose(short, counters=reached, room=room, debt=debt, bound=BOUND) == whole


@settings(max_examples=60)
@given(st.data(), st.integers(1, 3), st.integers(1, 4))
def test_between_two_people_who_wait_all_along_the_gap_is_bounded(data, workers, most):
    sizes = st.sampled_from([0.5, 2.0, MOST_SECONDS])
    weights = data.draw(st.tuples(*[st.sampled_from([LEAST_WEIGHT, 1.0, 2.0])] * 3))
    rows = [
        (person, data.draw(st.sampled_from("ab")), data.draw(sizes), weights[person])
        for _turn in range(12)
        for person in range(3)
    ]
    school = School(queue_of(rows), workers=workers, most=most)
    allowed = (MOST_SECONDS + workers * BOUND) / min(weights)
    while len({each.person for each in school.waiting.values()}) == 3:
        school.turn(len(school.served) % workers)
        if len({each.person for each in school.waiting.values()}) == 3:
            reached = [school.counters[person] for person in range(3)]
            assert max(reached) - min(reached) <= allowed


@given(st.integers(1, 3), st.sampled_from("ab"))
def test_nobody_starves_however_much_others_go_on_asking(others, engine):
    school = School([job(0, 99, engine)], most=2)
    number = 0
    while 0 in school.waiting:
        for person in range(others):
            number += 1
            school.waiting[number] = job(number, person, "a", MOST_SECONDS)
        school.turn(0)
        assert sum(each.seconds for each in school.served) <= others * MOST_SECONDS + BOUND + 1


def test_weights_share_out_the_gpu():
    rows = [(person, "a", 1.0, weight) for _turn in range(60) for person, weight in [(1, 1.0), (2, 3.0)]]
    school = School(queue_of(rows))
    for _turn in range(40):
        school.turn(0)
    got = [sum(each.seconds for each in school.served if each.person == person) for person in (1, 2)]
    assert got == [10.0, 30.0]


@given(st.floats(0, 1e6), st.lists(st.floats(0, 1e6), min_size=1))
def test_staying_away_earns_nothing(own, active):
    came_back = lifted(own, active=active, greatest=max([own, *active]))
    assert came_back >= min(active)
    assert came_back in {own, min(active)}


# ---------------------------------------------------------------- places and waits
def test_a_new_job_of_an_equal_waits_for_one_of_the_others_jobs_each():
    hog = Line(1, "a", jobs=50, seconds=500.0, weight=1.0, asked_at=NOW)
    place = forecast([hog], counters={1: 20.0, 2: 20.0}, person=2, asked_at=NOW + timedelta(seconds=1))
    assert place == Place(ahead=1, seconds=10.0)


def test_a_job_waits_for_all_that_is_less_served():
    poor = Line(1, "a", jobs=3, seconds=30.0, weight=1.0, asked_at=NOW)
    assert forecast([poor], counters={1: 0.0, 2: 90.0}, person=2, asked_at=NOW) == Place(3, 30.0)


def test_own_jobs_and_running_ones_come_before_and_workers_share_them():
    own = Line(2, "a", jobs=2, seconds=8.0, weight=2.0, asked_at=NOW)
    place = forecast([own], counters={}, person=2, asked_at=NOW, running_seconds=4.0, workers=2)
    assert place == Place(ahead=2, seconds=6.0)


def test_with_nobody_waiting_the_job_is_next():
    assert forecast([], counters={}, person=1, asked_at=NOW) == Place(0, 0.0)


@given(
    st.lists(st.integers(0, 20), min_size=2, max_size=5),
    st.lists(st.sampled_from([0.0, 3.0, 7.0]), min_size=5, max_size=5),
)
def test_the_forecast_agrees_with_the_order_when_a_persons_jobs_are_alike(counts, reached):
    rows = [(person, "a", 1.0 + person) for person, count in enumerate(counts) for _job in range(count)]
    waiting, mine = queue_of(rows), job(10_000, len(counts))
    known = dict(enumerate(reached)) | {mine.person: 4.5}
    order = in_order([*waiting, mine], counters=known, most=len(waiting) + 1)
    before = order[: order.index(mine.job)]
    place = forecast(lines_of(waiting), counters=known, person=mine.person, asked_at=mine.asked_at)
    assert place.ahead == len(before)
    assert place.seconds == pytest.approx(sum(waiting[number].seconds for number in before))
