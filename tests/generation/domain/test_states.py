"""The life of a job as data."""

from __future__ import annotations

import pytest

from generation.choices import JobState
from generation.domain import states


def test_every_state_of_the_rows_is_known_to_the_table():
    named = {state for move in states.MOVES for state in move}
    assert named == set(JobState.values)


def test_what_is_done_stays_done():
    assert [move for move in states.MOVES if move[0] == states.DONE] == []


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("queued", "running", True),
        ("queued", "done", False),
        ("running", "queued", True),
        ("failed", "queued", True),
        ("failed", "running", False),
        ("cancelled", "done", False),
    ],
)
def test_moves(before, after, allowed):
    assert states.can_move(before, after) is allowed


def test_a_breakdown_is_tried_again_until_the_third_attempt():
    assert [states.after_breakdown(attempt) for attempt in (1, 2, 3)] == ["queued", "queued", "failed"]
