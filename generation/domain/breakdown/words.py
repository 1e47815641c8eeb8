"""What the rules of a breakdown look for in a language, and how it says what it found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language.

    Attributes:
        wide, medium, close, two_shot, over_shoulder: Sizes; {name} is who listens.
        still, follow: Camera.
        sizes_named, moves_named: What the script itself calls a size or a move, by what the list says.
        sizes_shown: What calls for a size, nearest first.
        moving: Verbs of somebody going somewhere.
        sounds: Words of sound, by what the list says.
        unseen: A voice without its face: V.O., O.S., 画外音.
        two, speaks, how, listening, no_speaker, said: Sentences of the list.
        short: Letters up to which a sentence may share a shot.
        sentence_end: Where a paragraph is cut into sentences.
        space, comma, stop, line_end: What stands between words, parts, sentences, speeches.
        read_speed, speech_speed: Letters a second, of action and of speech.
    """

    wide: str
    medium: str
    close: str
    two_shot: str
    over_shoulder: str
    still: str
    follow: str
    sizes_named: Mapping[str, re.Pattern[str]]
    moves_named: Mapping[str, re.Pattern[str]]
    sizes_shown: Mapping[str, re.Pattern[str]]
    moving: re.Pattern[str]
    sounds: Mapping[str, re.Pattern[str]]
    unseen: re.Pattern[str]
    two: str
    speaks: str
    how: str
    listening: str
    no_speaker: str
    said: str
    short: int
    sentence_end: str
    space: str
    comma: str
    stop: str
    line_end: str
    read_speed: float
    speech_speed: float
