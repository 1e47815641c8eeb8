"""Life of a job as data: which state may follow which, and who moves it there."""

from __future__ import annotations

from collections.abc import Mapping

HELD, QUEUED, RUNNING, DONE, FAILED, CANCELLED = "held", "queued", "running", "done", "failed", "cancelled"

MOVES: Mapping[tuple[str, str], str] = {
    (HELD, QUEUED): "a teacher lets its words through",
    (HELD, DONE): "a teacher lets its output through",
    (HELD, FAILED): "a teacher refuses its words or its output",
    (HELD, CANCELLED): "a person cancels it while it waits for a teacher",
    (RUNNING, HELD): "a gate holds its output for a teacher",
    (QUEUED, RUNNING): "a worker claims it",
    (QUEUED, CANCELLED): "a person cancels it before it began",
    (RUNNING, DONE): "its output is stored, labelled and logged",
    (RUNNING, FAILED): "the request can't be carried out, or the last attempt broke",
    (RUNNING, CANCELLED): "the worker sees that a person cancelled it",
    (RUNNING, QUEUED): "the lease ran out or the machine failed, and attempts are left",
    (FAILED, QUEUED): "a person tries again",
    (CANCELLED, QUEUED): "a person tries again",
}
FINISHED = frozenset({DONE, FAILED, CANCELLED})
MOST_ATTEMPTS = 3


def can_move(before: str, after: str) -> bool:
    return (before, after) in MOVES


def after_breakdown(attempts: int) -> str:
    """Return where a job goes whose machine failed during attempt number `attempts` (1 and up)."""
    return QUEUED if attempts < MOST_ATTEMPTS else FAILED
