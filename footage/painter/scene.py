"""A scene as nine film words, drawn at random or read from a caption."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache

import numpy as np

from footage.painter.attributes import (
    PEOPLE,
    Accent,
    Carried,
    Hour,
    Lens,
    Move,
    Place,
    Shot,
    Subject,
    Weather,
)
from footage.painter.words import VOCABULARY, Language
from footage.problems import Problem, gettext_noop

__all__ = [
    "PEOPLE",
    "Accent",
    "Carried",
    "Hour",
    "Lens",
    "Move",
    "Place",
    "Scene",
    "Shot",
    "Subject",
    "Weather",
    "parse_scene",
    "random_scene",
]

KINDS: dict[str, type[StrEnum]] = {
    "shot": Shot,
    "place": Place,
    "hour": Hour,
    "weather": Weather,
    "subject": Subject,
    "carried": Carried,
    "accent": Accent,
    "move": Move,
    "lens": Lens,
}

# A boat in a living room paints (as a model ship), but nobody draws that lot by chance.
UNLIKELY = frozenset(
    {
        (Place.ROOM, Subject.BOAT),
        (Place.ROOM, Subject.TRAIN),
        (Place.ROOM, Subject.HOUSE),
        (Place.ROOM, Subject.BIRD),
    }
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be painted. The defaults are what a caption leaves unsaid."""

    shot: Shot = Shot.WIDE
    place: Place = Place.FIELD
    hour: Hour = Hour.DAY
    weather: Weather = Weather.CLEAR
    subject: Subject = Subject.NONE
    carried: Carried = Carried.NONE
    accent: Accent = Accent.RED
    move: Move = Move.STILL
    lens: Lens = Lens.CLEAN

    def words(self) -> dict[str, str]:
        """Attribute name to value, as plain strings."""
        return {field.name: str(getattr(self, field.name)) for field in fields(self)}


def random_scene(rng: np.random.Generator, **fixed: str) -> Scene:
    """Draw a scene; `fixed` holds attribute values that are already decided.

    Raises:
        Problem: an attribute or value the painter doesn't know.
    """
    decided = _decided(fixed)
    chosen = {name: decided.get(name) or _draw(rng, kind) for name, kind in KINDS.items()}
    while (chosen["place"], chosen["subject"]) in UNLIKELY and not {"place", "subject"} <= decided.keys():
        loose = "subject" if "place" in decided else "place"
        chosen[loose] = _draw(rng, KINDS[loose])
    if "carried" in decided and "subject" not in decided and chosen["carried"] != Carried.NONE:
        chosen["subject"] = Subject.FIGURE
    if chosen["subject"] not in PEOPLE and "carried" not in decided:
        chosen["carried"] = Carried.NONE
    return Scene(**chosen)  # type: ignore[arg-type]


def _draw(rng: np.random.Generator, kind: type[StrEnum]) -> StrEnum:
    values = list(kind)
    return values[int(rng.integers(len(values)))]


def _decided(fixed: dict[str, str]) -> dict[str, StrEnum]:
    for name, value in fixed.items():
        if name not in KINDS or value not in list(KINDS[name]):
            raise Problem(
                gettext_noop("The painter knows no %(name)s “%(value)s”. Known words: %(known)s."),
                name=name,
                value=value,
                known=", ".join(KINDS.get(name, KINDS)),
            )
    return {name: KINDS[name](value) for name, value in fixed.items()}


def parse_scene(words: str) -> Scene:
    """Read a scene from an English or Chinese caption; what isn't said stays at its default."""
    found: dict[str, StrEnum] = {}
    for name, value in _mentions(words.lower()):
        found.setdefault(name, value)
    someone = found.get("subject") in PEOPLE or "subject" not in found
    if "lantern" in found:
        lantern = found.pop("lantern")
        if found.get("subject") in PEOPLE:
            found.setdefault("carried", lantern)
        else:
            found.setdefault("subject", Subject.LANTERN)
    if someone and "carried" in found:
        found.setdefault("subject", Subject.FIGURE)
    return Scene(**found)  # type: ignore[arg-type]


def _mentions(text: str) -> Iterator[tuple[str, StrEnum]]:
    """Attribute values in order of mention; the longest word at a place wins ("雪山" isn't "雪")."""
    language: Language = "zh" if re.search(r"[\u4e00-\u9fff]", text) else "en"
    pattern, meanings = _reader(language)
    for match in pattern.finditer(text):
        yield meanings[match.group(0)]


@cache
def _reader(language: Language) -> tuple[re.Pattern[str], dict[str, tuple[str, StrEnum]]]:
    meanings: dict[str, tuple[str, StrEnum]] = {}
    for name, values in VOCABULARY[language].items():
        for value, words in values.items():
            for word in words:
                # Said of both a subject and a carried thing: who holds it is decided by the reader.
                meanings[word] = ("lantern", value) if word in meanings else (name, value)
    longest_first = sorted(meanings, key=len, reverse=True)
    body = "|".join(re.escape(word) for word in longest_first)
    return re.compile(rf"\b(?:{body})\b" if language == "en" else body), meanings
