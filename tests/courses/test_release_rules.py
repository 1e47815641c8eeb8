from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from courses.domain.release_rules import Gate, ModuleFacts, Release, releases


def facts(number: int, *, lessons: int = 2, done: int = 0, published: bool = True, after: int | None = None):
    return ModuleFacts(number, published, lessons, done, after)


def test_the_first_module_is_open():
    assert releases([facts(1)]) == {1: Release(Gate.OPEN)}


def test_the_next_module_waits_for_every_lesson_of_the_one_before():
    assert releases([facts(1, done=1), facts(2, after=1)])[2] == Release(
        Gate.WAITS, waits_for=1, lessons_left=1
    )


def test_the_next_module_opens_when_the_one_before_is_finished():
    assert releases([facts(1, done=2), facts(2, after=1)])[2].is_open


def test_an_unpublished_module_is_hidden_even_when_its_turn_has_come():
    assert releases([facts(1, done=2), facts(2, published=False, after=1)])[2] == Release(Gate.HIDDEN)


def test_an_unpublished_module_holds_nobody_up():
    assert releases([facts(1, published=False), facts(2, after=1)])[2].is_open


def test_a_module_without_lessons_holds_nobody_up():
    assert releases([facts(1, lessons=0), facts(2, after=1)])[2].is_open


def test_a_prerequisite_of_another_course_holds_nobody_up():
    assert releases([facts(2, after=1)])[2].is_open


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), min_size=1, max_size=7))
def test_finishing_a_lesson_never_closes_a_module(rows):
    chain = [facts(n, lessons=total, done=done, published=seen, after=n - 1 or None)
             for n, (total, done, seen) in enumerate(rows, start=1)]  # fmt: skip
    ahead = [
        ModuleFacts(m.number, m.is_published, m.lessons, m.lessons_done + 1, m.prerequisite) for m in chain
    ]
    before, after = releases(chain), releases(ahead)
    assert all(after[n].is_open for n, release in before.items() if release.is_open)
