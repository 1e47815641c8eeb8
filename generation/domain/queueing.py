"""What a job will cost and how long it will wait, in GPU-seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

WEIGHT_OF_NEW = 0.3


def units(*, makes: str, request: Mapping[str, Any]) -> float:
    """Return how many units of an engine's pace a request takes.

    One unit is a step of a picture, a step over one second of a clip, a token of a text, 20 letters of a spoken line.
    """
    if makes == "text":
        return float(request["length"])
    if makes == "sound":
        return max(1.0, len(request["line"]) / 20)
    seconds = float(request["seconds"]) if makes == "video" else 1.0
    return float(request["steps"]) * seconds


def price(*, units: float, seconds_per_unit: float) -> float:
    """Return the GPU-seconds a job of so many units is expected to take, at least 0.1."""
    return max(0.1, round(units * seconds_per_unit, 2))


def wait(*, prices_ahead: Iterable[float], workers: int = 1) -> float:
    """Return the seconds until a job begins when those ahead are shared out among the workers."""
    return sum(prices_ahead) / max(1, workers)


def learned_pace(*, known: float, spent_seconds: float, units: float) -> float:
    """Return seconds per unit after one more finished job: a moving average that follows slowly."""
    measured = spent_seconds / max(1.0, units)
    return (1 - WEIGHT_OF_NEW) * known + WEIGHT_OF_NEW * measured


def fits_budget(*, budget_seconds: float, used_seconds: float, price_seconds: float) -> bool:
    return used_seconds + price_seconds <= budget_seconds
