"""What was typed comes back as it was typed; what differs is named; seeds follow each other."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.domain.comparison import differing, successive_seeds, typed
from generation.domain.tools import MOST_SEED, TOOLS, validate

ROWS = st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2)), min_size=1, max_size=4)


def request_of(**given):
    request, problems = validate(TOOLS["text-to-image"], given, has_source=False)
    assert problems == ()
    return request


def test_a_composed_prompt_is_left_out_and_ones_own_stays():
    assert "prompt" not in typed(request_of(place="a pier", shot="wide"))
    assert typed(request_of(place="a pier", prompt="a quay"))["prompt"] == "a quay"


def test_what_was_typed_makes_the_same_request_again():
    for given_words in ({"place": "a pier", "shot": "wide", "seed": 7}, {"prompt": "a quay", "steps": 9}):
        request = request_of(**given_words)
        assert request_of(**typed(request)) == request


def test_the_names_of_what_differs_stand_in_the_order_of_the_form():
    rows = [
        {"tool": "t", "shot": "wide", "seed": 1},
        {"tool": "t", "shot": "close", "seed": 2, "mood": "calm"},
    ]
    assert differing(rows) == ("shot", "seed", "mood")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_a_name_is_told_exactly_when_its_values_are_not_all_the_same(rows):
    names = {name for row in rows for name in row}
    assert set(differing(rows)) == {name for name in names if len({row.get(name) for row in rows}) > 1}


@given(st.integers(0, MOST_SEED), st.integers(1, 4))
def test_seeds_are_distinct_in_range_and_begin_with_the_first(first, count):
    seeds = successive_seeds(first, count=count, limit=MOST_SEED)
    assert (seeds[0], len(set(seeds))) == (first, count)
    assert all(0 <= seed <= MOST_SEED for seed in seeds)
