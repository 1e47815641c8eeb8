"""What a job will cost and how long it will wait, in GPU-seconds."""

from __future__ import annotations

from collections.abc import Iterable

WEIGHT_OF_NEW = 0.3


def price(*, steps: int, seconds_per_step: float) -> float:
    """Return the GPU-seconds a job of so many steps is expected to take, at least 0.1."""
    return max(0.1, round(steps * seconds_per_step, 2))


def wait(*, prices_ahead: Iterable[float], workers: int = 1) -> float:
    """Return the seconds until a job begins when those ahead are shared out among the workers."""
    return sum(prices_ahead) / max(1, workers)


def learned_pace(*, known: float, spent_seconds: float, steps: int) -> float:
    """Return seconds per step after one more finished job: a moving average that follows slowly."""
    measured = spent_seconds / max(1, steps)
    return (1 - WEIGHT_OF_NEW) * known + WEIGHT_OF_NEW * measured


def fits_budget(*, budget_seconds: float, used_seconds: float, price_seconds: float) -> bool:
    return used_seconds + price_seconds <= budget_seconds
