"""Steps that led to a result and candidates it was chosen from."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ethics.domain.process import Count, Step, candidates, iterations, shared, wish_of

ids = st.sampled_from("abcdefgh")


def step(name: str, words: str = "a pier at dusk", *, viewed: bool = True, inputs=(), tool="draw") -> Step:
    return Step(name, tool, wish_of({"prompt": words, "seed": 1}), tuple(inputs), is_viewed=viewed)


def all_differ(one: str, other: str) -> bool:
    return one == other


def same_letter(one: str, other: str) -> bool:
    return one[0] == other[0]


def unknown(one: str, other: str) -> None:
    return None


def test_a_wish_is_every_setting_and_every_word_but_the_seed():
    wish = wish_of(
        {"prompt": "A pier", "seed": 7, "steps": 8, "direction": {"place": "码头 A"}, "none": None}
    )
    assert wish == (
        ("direction.place", "a"), ("direction.place", "头"), ("direction.place", "码"),
        ("prompt", "a"), ("prompt", "pier"), ("steps", "8"),
    )  # fmt: skip


def test_wishes_share_what_is_in_both():
    assert shared(step("a", "a pier at dusk"), step("b", "a pier at dawn")) == Fraction(3, 5)


def test_near_duplicates_are_one_candidate():
    steps = [step("a1"), step("a2"), step("b1"), step("c1", viewed=False)]
    assert candidates(steps[0], steps, same_letter) == Count(2, 2)


def test_what_cannot_be_compared_counts_in_the_upper_end_only():
    steps = [step("a"), step("b"), step("c")]
    assert candidates(steps[0], steps, unknown) == Count(0, 3)


def test_iterations_are_steps_that_changed_what_was_asked_and_what_came():
    earlier = [step("a1", "a pier at dusk"), step("a2", "a pier at dusk"), step("b1", "a pier at dawn")]
    last = step("c1", "a pier at dawn, rain")
    assert iterations(last, earlier, same_letter) == Count(2, 2)
    assert iterations(step("a9", "a pier at dawn, rain"), earlier, same_letter) == Count(1, 1)


def test_a_hundred_seeds_are_no_iteration():
    earlier = [step(f"{number}") for number in range(100)]
    assert iterations(step("last"), earlier, all_differ) == Count(0, 0)


def test_another_shot_with_the_same_tool_is_no_step_to_this_one():
    earlier = [step("a", "red lanterns in the snow"), step("b", "two cats on a roof")]
    assert iterations(step("c", "a pier at dusk"), earlier, all_differ) == Count(0, 0)


def test_reworking_a_result_counts_the_steps_to_it_and_one():
    first = step("a", "a pier at dusk")
    second = step("b", "a pier at dawn")
    redrawn = step("c", "as an etching", inputs=("b",), tool="redraw")
    assert iterations(redrawn, [first, second], all_differ) == Count(2, 2)


steps_drawn = st.lists(
    st.builds(step, ids, st.sampled_from(["a pier", "a pier at night", "a cat"]), viewed=st.booleans()),
    max_size=9,
)


@given(steps_drawn, ids)
def test_one_more_result_never_takes_a_candidate_or_a_step_away(steps, name):
    last = step("z")
    more = [*steps, step(name)]
    assert candidates(last, more, same_letter).least >= candidates(last, steps, same_letter).least
    assert iterations(last, more, same_letter).least >= iterations(last, steps, same_letter).least


@given(steps_drawn)
def test_less_is_known_the_wider_the_count(steps):
    last = step("z")
    for count in (candidates(last, [*steps, last], unknown), iterations(last, steps, unknown)):
        assert 0 <= count.least <= count.most
