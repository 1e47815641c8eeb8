"""What the two languages bring for reading a premise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns of one language.

    Attributes:
        hours, weather: By what they tell.
        inside, outside: Looked for in a place.
        thing, obstacle: The first group is the phrase.
        who: Returns at most two people, each as one person.
        place: Returns a place without its preposition, or nothing.
        wanted: Returns what somebody wants, or nothing; in English an infinitive keeps its "to".
        short: Shortens a phrase to what a sentence can carry.
    """

    hours: Mapping[str, re.Pattern[str]]
    weather: Mapping[str, re.Pattern[str]]
    inside: re.Pattern[str]
    outside: re.Pattern[str]
    thing: re.Pattern[str]
    obstacle: re.Pattern[str]
    who: Callable[[str], tuple[str, ...]]
    place: Callable[[str], str]
    wanted: Callable[[str], str]
    short: Callable[[str], str]


def alternatives(*lists: str) -> str:
    """Return a pattern of words, the longer first, so that none hides behind its beginning."""
    return "|".join(sorted((word for text in lists for word in text.split()), key=len, reverse=True))


def distinct(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return the first two phrases that don't name the same."""
    kept: list[str] = []
    for phrase in phrases:
        if phrase and not any(_same(phrase, other) for other in kept):
            kept.append(phrase)
    return tuple(kept[:2])


def _same(one: str, other: str) -> bool:
    heads = [re.sub(r"^(?:an?|the|his|her|their|my|our) ", "", each.lower()) for each in (one, other)]
    return heads[0].endswith(heads[1]) or heads[1].endswith(heads[0])
