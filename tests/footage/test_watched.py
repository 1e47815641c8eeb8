"""The caller of a sandboxed call hears how far it is, and its exceptions stop the waiting."""

from __future__ import annotations

import pytest

from footage.problems import Problem
from footage.watched import run_watched

CALLS = "tests.footage.misbehaving"


def test_the_answer_comes_back_and_progress_grows():
    heard: list[float] = []

    answer = run_watched(f"{CALLS}:count_up", "ab", progress=heard.append, seconds=30, memory_mb=512)

    assert answer == "abab"
    assert heard == sorted(heard)
    assert heard[-1] > 0


def test_a_problem_comes_back_as_itself():
    with pytest.raises(Problem, match=r"film\.mp4 has a hole\."):
        run_watched(f"{CALLS}:trip", progress=lambda share: None, seconds=30, memory_mb=512)


def test_what_progress_raises_reaches_the_caller():
    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        run_watched(f"{CALLS}:count_up", "ab", progress=stop, seconds=5, memory_mb=512)
