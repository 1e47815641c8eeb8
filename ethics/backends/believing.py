"""Which runs of strangers' material are believed, given how much was searched for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ethics.backends.tracer import Trace
from ethics.domain.assessment import number
from ethics.domain.chance import least_agreement


def believed(trace: Trace, *, frames: int) -> Trace:
    """The trace without runs of others' sources that chance alone may bring.

    Args:
        frames: Frames of others' references in the index that was asked; more than the few that were compared.
    """
    least = least_agreement(frames=_searched(trace, frames), seconds=trace.film.end)
    runs = [run for run in trace.runs if trace.sources[run.key].own or run.agreement >= least]
    return replace(trace, runs=tuple(runs))


def index_json(trace: Trace, *, frames: int) -> dict[str, Any]:
    """What the assessment tells of the index: frames searched, and the agreement that was asked for."""
    searched = _searched(trace, frames)
    least = least_agreement(frames=searched, seconds=trace.film.end)
    return {"index": {"frames": searched, "threshold": number(least)}}


def _searched(trace: Trace, frames: int) -> int:
    others = [len(trace.references[key].greys) for key, source in trace.sources.items() if not source.own]
    return max(frames, sum(others))
