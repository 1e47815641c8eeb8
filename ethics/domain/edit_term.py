"""E, edit and arrangement: versions, arrangement over sources, shooting ratio, work in the timeline (MEASURE §4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from ethics.domain.segments import ANYTHING, ONE, ZERO, Interval
from ethics.domain.terms import Term, saturating

EDIT_WEIGHTS: Mapping[str, Fraction] = MappingProxyType(
    {
        "versions": Fraction(25, 100),
        "arrangement": Fraction(35, 100),
        "shooting_ratio": Fraction(25, 100),
        "timeline": Fraction(15, 100),
    }
)
VERSIONS_TO_HALF, CHANGES_TO_HALF, OPERATIONS_TO_HALF = 3, 8, 8


@dataclass(frozen=True, slots=True)
class EditFacts:
    """What is known of the edit; None where there is no record.

    Attributes:
        versions: Substantive cut versions up to this one.
        changes: Places where the cut moves from one source, or place in a source, to another.
        distinct: Distinct sources used.
        available: Seconds of all material at hand.
        used: Seconds of film that show it.
        operations: Trims, layers, retimes and sound edits in the timeline.
        open_versions: Further versions of which nobody can say yet whether they changed anything.
    """

    versions: int | None = None
    changes: int | None = None
    distinct: int | None = None
    available: Fraction | None = None
    used: Fraction | None = None
    operations: int | None = None
    open_versions: int = 0


def edit_term(facts: EditFacts) -> Term | None:
    """E: versions, arrangement over sources, shooting ratio and work in the timeline, each saturating.

    What has no record counts as anything between nothing and all; None when there is no record at all.
    """
    parts = {
        "versions": _versions(facts),
        "arrangement": _arrangement(facts),
        "shooting_ratio": _shooting_ratio(facts),
        "timeline": _known(facts.operations, lambda n: saturating(n, to_half=OPERATIONS_TO_HALF)),
    }
    if all(part is None for part in parts.values()):
        return None
    values = {name: part or ANYTHING for name, part in parts.items()}
    low = sum((EDIT_WEIGHTS[name] * part.low for name, part in values.items()), ZERO)
    high = sum((EDIT_WEIGHTS[name] * part.high for name, part in values.items()), ZERO)
    return Term("E", Interval(low, high), parts=values)


def _known(count: int | None, score: Callable[[int], Fraction]) -> Interval | None:
    if count is None:
        return None
    value = score(count)
    return Interval(value, value)


def _versions(facts: EditFacts) -> Interval | None:
    """The first version is no revision; versions that can't be compared raise the upper end only."""
    if facts.versions is None:
        return None
    first, last = facts.versions - 1, facts.versions - 1 + max(0, facts.open_versions)
    return Interval(saturating(first, to_half=VERSIONS_TO_HALF), saturating(last, to_half=VERSIONS_TO_HALF))


def _arrangement(facts: EditFacts) -> Interval | None:
    """Changes of place, halved when they all stay inside one source."""
    if facts.changes is None:
        return None
    value = saturating(facts.changes, to_half=CHANGES_TO_HALF)
    spread = ONE - Fraction(1, 2 ** max(1, facts.distinct or 1))
    return Interval(value * spread, value * spread)


def _shooting_ratio(facts: EditFacts) -> Interval | None:
    """1 - used / available: nothing left on the floor is 0, ten to one is .9."""
    if facts.available is None or facts.used is None:
        return None
    if facts.available <= 0:
        return Interval(ZERO, ZERO)
    value = max(ZERO, 1 - facts.used / facts.available)
    return Interval(value, value)
