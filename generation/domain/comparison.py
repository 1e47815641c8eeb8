"""What a person typed for a job, and what several jobs differ in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

FEWEST, MOST = 2, 4
"""Candidates laid side by side."""
MADE_BY_US = frozenset({"direction", "prompt_is_own"})


def typed(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a validated request as the form sends it: director's words among the rest, no prompt that was composed.

    The seed stays in; take it out to ask for another.
    """
    inputs = {**request, **request.get("direction", {})}
    if not request.get("prompt_is_own"):
        inputs.pop("prompt", None)
    return {name: value for name, value in inputs.items() if name not in MADE_BY_US}


def differing(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names whose values are not the same in all rows, in the order of the rows; a missing one is empty."""
    names = dict.fromkeys(name for row in rows for name in row)
    return tuple(name for name in names if any(row.get(name) != rows[0].get(name) for row in rows[1:]))


def successive_seeds(first: int, *, count: int, limit: int) -> list[int]:
    """Return `count` seeds from the first on, going on from 0 after `limit`."""
    return [(first + number) % (limit + 1) for number in range(count)]
