from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.serving import workloads
from bench.serving.measures import (
    Sample,
    Served,
    Span,
    fifo_finishes,
    greatest_gap,
    in_strict_turns,
    jain,
    normalised_service,
    percentile,
    service_of,
    spans_of,
    while_all_wait,
)

ALWAYS = Span(0, 100)


def samples(*rows):
    """Service of two people, second by second."""
    return [Sample(float(at), dict(enumerate(row))) for at, row in enumerate(rows)]


def test_equal_shares_have_jain_one_and_one_of_four_alone_a_quarter():
    assert jain([2.0, 2.0, 2.0]) == 1.0
    assert jain([5.0, 0.0, 0.0, 0.0]) == 0.25


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=30))
def test_jain_lies_between_one_nth_and_one_whatever_the_unit(values):
    index = jain([float(value) for value in values])
    exact = Fraction(sum(values)) ** 2 / (len(values) * sum(value * value for value in values))
    assert index == pytest.approx(float(exact))
    assert 1 / len(values) - 1e-9 <= index <= 1 + 1e-9
    assert jain([7.0 * value for value in values]) == pytest.approx(index)


def test_percentiles_are_nearest_ranks():
    assert [percentile([4, 1, 3, 2], share) for share in (0.25, 0.5, 0.95, 1)] == [1, 2, 4, 4]
    assert percentile([], 0.95) == 0.0


def test_first_come_first_served_waits_for_who_came_before_and_idles_until_someone_comes():
    assert fifo_finishes([(0, 10), (1, 2), (30, 1)]) == [10, 12, 31]


def test_who_gets_half_of_a_shared_device_has_what_they_are_entitled_to():
    assert normalised_service(samples((0, 0), (1, 1), (2, 2)), {0: ALWAYS, 1: ALWAYS}) == {0: 1.0, 1: 1.0}


def test_what_one_gets_while_alone_is_no_privilege():
    spans = {0: ALWAYS, 1: Span(0, 1)}
    assert normalised_service(samples((0, 0), (1, 1), (3, 1), (5, 1)), spans) == {0: 1.0, 1: 1.0}


def test_what_is_written_down_just_after_the_end_still_counts():
    spans = {0: ALWAYS, 1: Span(0, 1.5)}
    assert normalised_service(samples((0, 0), (1, 1), (2, 2)), spans) == {
        0: 2 / (1 + 2 / 1.5),
        1: 2 / (1 + 1 / 1.5),
    }


def test_three_quarters_for_one_of_two_is_half_too_much():
    assert normalised_service(samples((0, 0), (3, 1)), {0: ALWAYS, 1: ALWAYS}) == {0: 1.5, 1: 0.5}


def test_the_gap_counts_only_while_both_have_something_to_do():
    rows = samples((0, 0), (2, 1), (4, 1), (9, 1))
    assert greatest_gap(rows, {0: ALWAYS, 1: Span(0, 2)}) == 3
    assert greatest_gap(rows, {0: ALWAYS, 1: Span(0, 1)}) == 1


def test_the_hog_comes_first_and_everybody_else_asks_for_three():
    asks = workloads.hog(jobs=50, small=20, each=3, steps=4, rng=Random(1))
    people = [ask.person for ask in asks]
    assert people[:50] == [workloads.HOG] * 50
    assert [people.count(person) for person in range(1, 21)] == [3] * 20


def test_a_burst_is_heavy_tailed_in_order_of_time_and_the_same_each_run():
    asks = workloads.burst(people=40, span=10, most=8, lengths=(6, 10), rng=Random(2))
    people = [ask.person for ask in asks]
    counts = sorted(people.count(person) for person in range(40))
    assert (counts[0], counts[20] <= 2, counts[-1]) == (1, True, 8)
    assert [ask.at for ask in asks] == sorted(ask.at for ask in asks)
    assert asks == workloads.burst(people=40, span=10, most=8, lengths=(6, 10), rng=Random(2))


def test_what_a_job_received_is_spread_over_its_time_and_none_of_it_is_lost():
    served = [Served(0, 0.0, 4.0, 2.0), Served(1, 1.0, 3.0, 1.0)]

    assert service_of(served, spans_of(served)) == [
        Sample(0.0, {0: 0.0, 1: 0.0}),
        Sample(1.0, {0: 0.5, 1: 0.0}),
        Sample(3.0, {0: 1.5, 1: 1.0}),
        Sample(4.0, {0: 2.0, 1: 1.0}),
    ]


def test_while_all_wait_ends_when_the_first_has_nothing_left_to_wait_for():
    served = [
        Served(0, 0.0, 2.0, 2.0),
        Served(1, 2.0, 4.0, 2.0),
        Served(0, 4.0, 6.0, 2.0),
        Served(1, 6.0, 8.0, 2.0),
    ]

    assert while_all_wait(served, {0: Span(0.0, 6.0), 1: Span(0.0, 8.0)}) == {0: 2.0, 1: 2.0}


def test_strict_turns_serve_who_received_least():
    assert in_strict_turns({0: [2.0, 2.0], 1: [1.0, 1.0, 1.0]}) == [
        Served(0, 0.0, 2.0, 2.0),
        Served(1, 2.0, 3.0, 1.0),
        Served(1, 3.0, 4.0, 1.0),
        Served(0, 4.0, 6.0, 2.0),
        Served(1, 6.0, 7.0, 1.0),
    ]


@given(st.integers(2, 12), st.integers(1, 6))
def test_even_strict_turns_are_the_fairer_the_smaller_the_jobs(people, jobs):
    def index(count):
        served = in_strict_turns({person: [1.0 / count] * count for person in range(people)})
        spans = spans_of(served)
        return jain(list(normalised_service(service_of(served, spans), spans).values()))

    assert index(jobs) < index(2 * jobs) < 1.0
