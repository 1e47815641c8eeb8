"""The template writer's words: what a scene, a dialogue, a breakdown and a logline are put together from.

Templates name their slots in braces: {who} and {other} people, {thing}, {place}, {want}, {obstacle}; with a capital
({Who}) at the beginning of a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Lines = tuple[str, ...]
Speech = tuple[int, str, str]
"""Who speaks (0 or 1), how (empty: as it comes), and what."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A kind of shot: what it is for, its possible sizes, lenses and moves, and what may be seen in it."""

    sizes: Lines
    lenses: Lines
    moves: Lines
    contents: Lines


@dataclass(frozen=True, slots=True)
class SceneWords:
    """All words of one language.

    Attributes:
        head: First line of every draft; {seed}.
        quoted: Second line; {premise}.
        filled: Says what brackets mean.
        inside, outside, either: The slugline's beginnings.
        hours: Names of dawn, day, dusk and night in a slugline.
        light: First impressions by hour.
        weather: First impressions by weather.
        exchanges: Dialogues that talk of something else.
        under: What the dialogue leaves unsaid.
        shots: The kinds of shot in the order of a scene.
        theme: Asked where the premise names an idea and nothing that could be filmed.
        spare_*: What is filled in, in brackets, where the premise is silent.
    """

    head: str
    quoted: str
    filled: str
    decide: str
    inside: str
    outside: str
    either: str
    slug: str
    speech: str
    aside: str
    shot: str
    hours: Mapping[str, str]
    light: Mapping[str, Lines]
    weather: Mapping[str, Lines]
    openings: Lines
    arrivals: Lines
    tactics: Lines
    turns: Lines
    buttons: Lines
    exchanges: tuple[tuple[Speech, ...], ...]
    under: Lines
    shots: tuple[Shot, ...]
    loglines: Lines
    questions: Lines
    theme: str
    spare_who: Lines
    spare_other: Lines
    spare_place: Lines
    spare_hour: Lines
    spare_thing: Lines
    spare_want: Lines
    spare_obstacle: Lines
