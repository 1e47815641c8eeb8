"""What a premise tells: who, where, when, with what, wanting what, against what; in the premise's own words.

Plain patterns over word lists, no language model: what they miss stays empty, and the writer says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generation.domain.languages import Language, language_of
from generation.domain.premise.chinese import PATTERNS as CHINESE
from generation.domain.premise.english import PATTERNS as ENGLISH
from generation.domain.premise.patterns import Patterns

PATTERNS: Mapping[Language, Patterns] = {"en": ENGLISH, "zh": CHINESE}


@dataclass(frozen=True, slots=True)
class Premise:
    """What was found; empty where the premise is silent.

    Attributes:
        who: People, in the order they are named: at most two.
        hour: dawn, day, dusk or night.
        is_inside: None when the place doesn't say.
        weather: rain, snow, fog or wind.
    """

    language: Language
    text: str
    who: tuple[str, ...] = ()
    place: str = ""
    hour: str = ""
    is_inside: bool | None = None
    thing: str = ""
    want: str = ""
    obstacle: str = ""
    weather: str = ""


def read_premise(text: str) -> Premise:
    """Return what the patterns find in a premise of either language."""
    flat = " ".join(text.split())
    language = language_of(flat)
    found = PATTERNS[language]
    place = found.place(flat)
    return Premise(
        language=language, text=flat, who=found.who(flat), place=place, hour=_first_key(found.hours, flat),
        is_inside=_side(place, found), thing=_first(found.thing, flat), want=found.short(found.wanted(flat)),
        obstacle=found.short(_first(found.obstacle, flat)), weather=_first_key(found.weather, flat),
    )  # fmt: skip


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1).strip(' ,，。.;；“”"') if found else ""


def _first_key(patterns: Mapping[str, re.Pattern[str]], text: str) -> str:
    """Return the key whose pattern stands first in the text; empty when none does."""
    places = {key: found.start() for key, pattern in patterns.items() if (found := pattern.search(text))}
    return min(places, key=lambda key: places[key], default="")


def is_inside(place: str, *, language: Language) -> bool | None:
    """Return whether a place is an interior; None when its words don't say."""
    return _side(place, PATTERNS[language])


def _side(place: str, found: Patterns) -> bool | None:
    if found.inside.search(place):
        return True
    return False if found.outside.search(place) else None
