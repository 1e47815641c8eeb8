"""What is different between two measurings of a work, as codes that pages put into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """What one measuring rested on.

    Attributes:
        version: Of the cut.
        film: SHA-256 of the film, hex.
        ruleset: Hash of the rules.
        cap: [0, 1].
        share: Lower and upper end, [0, 1].
        degree: Lower and upper end, [0, 100].
    """

    version: int
    film: str
    ruleset: str
    cap: Fraction
    share: tuple[float, float]
    degree: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Event:
    """Something people did between two measurings: media, declaration, decision; with the names it is told by."""

    code: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: first, cut, film, ruleset, cap, an event's code, narrower, wider, lower, higher, same."""

    code: str
    params: Mapping[str, Any]


def changes(before: Facts | None, after: Facts, events: Sequence[Event] = ()) -> list[Change]:
    """Why a measuring differs from the one before, and what it did to the share; the oldest has none before it."""
    if before is None:
        return [Change("first", {})]
    return [
        *_inputs(before, after),
        *(Change(event.code, {"names": event.names}) for event in events),
        _effect(before.share, after.share),
    ]


def _inputs(before: Facts, after: Facts) -> Iterator[Change]:
    if after.version != before.version:
        code = "cut" if after.film != before.film else "recut"
        yield Change(code, {"version": after.version})
    if after.ruleset != before.ruleset:
        yield Change("ruleset", {})
    if after.cap != before.cap:
        yield Change("cap", {"cap": after.cap})


def _effect(before: tuple[float, float], after: tuple[float, float]) -> Change:
    params = {"before": before, "after": after}
    if before == after:
        return Change("same", params)
    if before[0] <= after[0] and after[1] <= before[1]:
        return Change("narrower", params)
    if after[0] <= before[0] and before[1] <= after[1]:
        return Change("wider", params)
    return Change("higher" if sum(after) > sum(before) else "lower", params)
