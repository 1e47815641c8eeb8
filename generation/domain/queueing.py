"""What a job will cost, in GPU-seconds, and what finished jobs teach about it."""

from __future__ import annotations

WEIGHT_OF_NEW = 0.3


def price(*, units: float, seconds_per_unit: float) -> float:
    """Return the GPU-seconds a job of so many units is expected to take, at least 0.1."""
    return max(0.1, round(units * seconds_per_unit, 2))


def learned_pace(*, known: float, spent_seconds: float, units: float) -> float:
    """Return seconds per unit after one more finished job: a moving average that follows slowly.

    Less than nothing (a clock that jumped back) teaches nothing.
    """
    if spent_seconds <= 0:
        return known
    return (1 - WEIGHT_OF_NEW) * known + WEIGHT_OF_NEW * spent_seconds / max(1.0, units)
