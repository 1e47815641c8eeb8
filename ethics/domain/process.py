"""The making of generated assets as the job record tells it: which steps led to one, and what was chosen from (MEASURE §4).

Pure bookkeeping: how like two results are is measured elsewhere and handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ethics.domain.segments import ONE, ZERO

LEAST_SHARED = Fraction(1, 2)
"""Two wishes that share less of what was asked are wishes for different pictures, and none is a step to the other."""

NEAR_DUPLICATE = Fraction(97, 100)
"""Likeness of two results from which they show the same: re-encodes reach 0.998, other seeds of the painter's scenes
0.94 at most."""

MOST_ANCESTORS = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One result of a tool.

    Attributes:
        id: Id of the medium it made.
        tool: Slug of the tool.
        wish: What was asked for, without the seed: (name, value) pairs, values split into words.
        inputs: Ids of the pictures and films it was made from.
        direction: Part of the director's form that was filled in, [0, 1].
        is_viewed: Its makers had it large before them.
        is_listed: The tool's request is known well enough to compare wishes.
    """

    id: str
    tool: str
    wish: tuple[tuple[str, str], ...]
    inputs: tuple[str, ...] = ()
    direction: Fraction = ZERO
    is_viewed: bool = False


Alike = Callable[[str, str], bool | None]
"""Whether two results, by id, show next to the same; None when one of them can't be compared."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many are proven, and how many there may be."""

    least: int
    most: int


def wish_of(request: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """A request as comparable pairs: every setting, and every word of what was typed; the seed is none of it."""
    return tuple(
        sorted({pair for name, value in request.items() if name != "seed" for pair in _pairs(name, value)})
    )


def _pairs(name: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [pair for key, inner in value.items() for pair in _pairs(f"{name}.{key}", inner)]
    if isinstance(value, str):
        spaced = "".join(f" {sign} " if "㐀" <= sign <= "鿿" else sign for sign in value.casefold())
        return [(name, word) for word in spaced.split()]
    return [] if value is None else [(name, str(value))]


def shared(one: Step, other: Step) -> Fraction:
    """Part of both wishes that they have in common, [0, 1]."""
    mine, theirs = set(one.wish), set(other.wish)
    return Fraction(len(mine & theirs), len(mine | theirs)) if mine | theirs else ONE


def candidates(step: Step, steps: Sequence[Step], alike: Alike) -> Count:
    """Distinct results of the same wish that the makers looked at; one alone was no choice.

    Near-duplicates are one. A result that can't be compared may be one of the others, so it counts in the upper end.
    """
    seen = [one for one in steps if one.is_viewed and _same_wish(one, step)]
    found = _distinct([one.id for one in seen], alike)
    return Count(*(count if count > 1 else 0 for count in (found.least, found.most)))


def _same_wish(one: Step, other: Step) -> bool:
    return (one.tool, one.wish, one.inputs) == (other.tool, other.wish, other.inputs)


def _distinct(ids: Sequence[str], alike: Alike) -> Count:
    least: list[str] = []
    open_ones = 0
    for each in ids:
        answers = [alike(each, other) for other in least]
        if True in answers:
            continue
        if alike(each, each) is None:
            open_ones += 1
        else:
            least.append(each)
    return Count(len(least), len(least) + open_ones)


def iterations(step: Step, earlier: Sequence[Step], alike: Alike, *, depth: int = 0) -> Count:
    """Steps towards a result that changed what was asked and changed what came of it.

    Earlier results of the tool from the same inputs, for a wish that has at least half in common; and the steps
    towards the result it was made from, with the making of it. Another seed alone is none, and neither is another
    setting that changed nothing.

    Args:
        earlier: All results before it, oldest first.
    """
    own = _variants(step, earlier, alike)
    parents = [(place, one) for place, one in enumerate(earlier) if one.id in step.inputs]
    if not parents or depth >= MOST_ANCESTORS:
        return own
    found = [iterations(one, earlier[:place], alike, depth=depth + 1) for place, one in parents]
    return Count(
        own.least + 1 + max(count.least for count in found), own.most + 1 + max(count.most for count in found)
    )


def _variants(step: Step, earlier: Sequence[Step], alike: Alike) -> Count:
    wishes: dict[tuple[tuple[str, str], ...], str] = {}
    for one in earlier:
        is_towards = (one.tool, one.inputs) == (step.tool, step.inputs) and one.wish != step.wish
        if is_towards and shared(one, step) >= LEAST_SHARED:
            wishes[one.wish] = one.id
    found = _distinct([step.id, *reversed(wishes.values())], alike)
    return Count(max(0, found.least - 1), max(0, found.most - 1))
