"""Caps are learned from what forwards took; everybody's call goes in time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generation.domain import batching
from generation.domain.batching import (
    GAIN,
    MOST_ROWS,
    PATIENCE,
    PROBES,
    Curve,
    Waiting,
    bucket_of,
    how_many,
    jobs_at_once,
    measured,
    out_of_memory,
    shares,
    trace,
    untrace,
    whose_turn,
)

SIZES = [1 << power for power in range(7)]


def learned(cost, *, rounds=60, rows=2, curve=None, memory=MOST_ROWS):
    """A curve after so many forwards with plenty of calls waiting; `cost` gives the seconds of a bucket."""
    curve = curve or Curve()
    for _round in range(rounds):
        count = how_many(curve, [rows] * 64)
        size = bucket_of(count * rows)
        fits = size <= memory
        curve = measured(curve, size=size, seconds=cost(size)) if fits else out_of_memory(curve, size=size)
    return curve


def test_rows_that_cost_nothing_more_fill_the_largest_bucket():
    assert learned(lambda size: 1.0).cap == MOST_ROWS


def test_rows_that_cost_their_full_price_stay_alone():
    curve = learned(lambda size: float(size))
    assert (curve.cap, how_many(curve, [2] * 9)) == (2, 1)


def test_the_cap_stops_where_doubling_no_longer_pays():
    """The curve of a 20-billion transformer at 512 × 512 on an H200 (sglang #22183)."""
    seconds = {1: 0.167, 2: 0.183, 4: 0.240, 8: 0.425, 16: 0.832, 32: 1.7, 64: 3.4}
    assert learned(seconds.__getitem__, rows=1).cap == 8


def test_memory_that_runs_out_is_not_asked_for_again():
    curve = learned(lambda size: 1.0, memory=8)
    assert (curve.cap, curve.limit, curve.failures) == (8, 16, 1)


def test_a_slow_first_forward_does_not_spoil_the_measure():
    curve = Curve()
    for seconds in (9.0, 1.0, 1.1):
        curve = measured(curve, size=4, seconds=seconds)
    assert curve.seconds[4] == 1.0


def test_six_rows_go_as_four_and_two_where_rows_cost_and_as_eight_where_they_do_not():
    counts = dict.fromkeys(SIZES, PROBES)
    linear = Curve({size: 1.0 + 0.9 * size for size in SIZES}, counts)
    flat = Curve(dict.fromkeys(SIZES, 1.0), counts)
    assert (how_many(linear, [2] * 3), how_many(flat, [2] * 3)) == (2, 3)


def test_a_call_with_more_rows_than_the_cap_goes_all_the_same():
    assert how_many(learned(lambda size: float(size), rows=1), [3, 3]) == 1


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=40), st.integers(0, 6), st.sampled_from([0.0, 0.5, 1.0])
)
def test_a_forward_takes_at_least_one_call_and_never_more_than_memory_holds(calls, power, slope):
    limit = 1 << power
    curve = learned(lambda size: 1 + slope * size, rows=1, memory=limit)
    count = how_many(curve, calls)
    assert 1 <= count <= len(calls)
    assert count == 1 or bucket_of(sum(calls[:count])) <= max(limit, bucket_of(calls[0]))


@given(st.dictionaries(st.sampled_from(SIZES), st.floats(0.001, 100), min_size=1))
def test_no_doubling_that_did_not_pay_is_below_the_cap(seconds):
    curve = Curve(seconds, dict.fromkeys(seconds, PROBES))
    first = min(seconds)
    size = 2 * first
    while size in seconds and size <= curve.cap:
        paid = size / seconds[size] >= GAIN * (size // 2) / seconds[size // 2]
        assert paid
        size *= 2


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.floats(0.01, 10))
def test_what_is_charged_is_what_it_took(rows, seconds):
    assert abs(sum(shares(seconds, rows)) - seconds) < 1e-9


def test_one_job_more_than_fits_is_kept_ready():
    curve = Curve(dict.fromkeys(SIZES, 1.0), dict.fromkeys(SIZES, PROBES))
    assert jobs_at_once(curve, rows=2) == MOST_ROWS // 2 + 1


def test_short_forwards_go_before_a_long_one():
    assert whose_turn([Waiting(10.0, 5.0), Waiting(0.1, 0.0)]) == 1


def test_a_long_forward_goes_when_its_patience_is_at_an_end():
    assert whose_turn([Waiting(10.0, PATIENCE * 10.0), Waiting(0.1, 3.0)]) == 0


@given(st.lists(st.floats(0.01, 20), min_size=1, max_size=6))
def test_every_group_is_served_within_its_patience(costs):
    """Always waiting groups: none is passed over for longer than its own patience and one forward of each other."""
    waited = [0.0] * len(costs)
    bound = max(PATIENCE, 1) * max(costs) + 2 * sum(costs) + batching.LONG * max(costs)
    for _forward in range(400):
        turn = whose_turn([Waiting(cost, passed) for cost, passed in zip(costs, waited, strict=True)])
        waited = [0.0 if index == turn else passed + costs[turn] for index, passed in enumerate(waited)]
        assert max(waited) <= bound


@given(st.lists(st.tuples(st.sampled_from(SIZES), st.integers(0, 62)), max_size=50))
def test_places_survive_the_recipe(places):
    assert untrace(trace(places)) == places


def test_places_are_written_as_runs():
    assert trace([(8, 0), (8, 0), (4, 2), (8, 0)]) == [[8, 0, 2], [4, 2, 1], [8, 0, 1]]
