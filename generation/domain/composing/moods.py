"""Moods as data: scale, harmony and texture of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from footage.problems import gettext_noop

KEYS: Mapping[str, int] = MappingProxyType(
    {
        "C": 48,
        "Db": 49,
        "D": 50,
        "Eb": 51,
        "E": 52,
        "F": 53,
        "F#": 54,
        "G": 55,
        "Ab": 56,
        "A": 57,
        "Bb": 58,
        "B": 59,
    }
)
"""MIDI pitch of the tonic."""
MAJOR, DORIAN, AEOLIAN, PHRYGIAN = (
    (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 9, 10), (0, 2, 3, 5, 7, 8, 10), (0, 1, 3, 5, 7, 8, 10),
)  # fmt: skip
GONG = (0, 2, 4, 7, 9)
"""宫调式, the pentatonic mode of Chinese music on its first degree."""
Rhythm = tuple[float, ...]
"""Lengths in beats; a rest is negative."""


@dataclass(frozen=True, slots=True)
class Mood:
    """How a mood is written.

    Attributes:
        title: A key of the message catalogue.
        words: For engines that read words.
        tempo: Beats a minute.
        scale: Semitones over the tonic.
        chord: Degrees over a chord's root that sound together.
        progressions: Roots of four bars, 0 the tonic; at least two.
        bass: (beat, length in beats, 1 for the fifth) of a bar.
        plucks: Patterns over a bar: rungs of the chord and its octave (0 the lowest, 5 the highest), -1 a rest.
        rhythms: Of the melody; without any there is none.
    """

    title: str
    words: str
    tempo: int
    scale: tuple[int, ...]
    scale_name: str
    chord: tuple[int, ...]
    progressions: tuple[tuple[int, int, int, int], ...]
    bass: tuple[tuple[float, float, int], ...]
    plucks: tuple[tuple[int, ...], ...]
    rhythms: tuple[Rhythm, ...] = ()
    has_bells: bool = False


TRIAD, OPEN = (0, 2, 4), (0, 3, 4)
LONG, PAIR, WALK = (
    ((0.0, 4.0, 0),),
    ((0.0, 2.0, 0), (2.0, 2.0, 1)),
    ((0.0, 1.0, 0), (1.5, 0.5, 0), (2.0, 1.0, 1), (3.5, 0.5, 0)),
)
MOODS: Mapping[str, Mood] = MappingProxyType(
    {
        "calm": Mood(
            gettext_noop("calm"), "calm, warm, gentle", 68, MAJOR, "major", TRIAD,
            ((0, 4, 5, 3), (0, 3, 0, 4), (0, 5, 3, 4)), LONG, ((0, 2, 3, 5, 3, 2, -1, 1), (0, 1, 2, 3, -1, 2, 1, -1)),
            ((1.5, 0.5, 2.0), (2.0, 1.0, 1.0)),
        ),
        "hopeful": Mood(
            gettext_noop("hopeful"), "hopeful, bright, rising", 92, MAJOR, "major", TRIAD,
            ((0, 4, 5, 3), (3, 0, 4, 5), (0, 2, 3, 4)), PAIR, ((0, 2, 1, 3, 2, 4, 3, 5), (0, 3, 2, 3, 1, 3, 2, 3)),
            ((1.0, 0.5, 0.5, 2.0), (1.5, 0.5, 1.0, 1.0)), has_bells=True,
        ),
        "sad": Mood(
            gettext_noop("sad"), "sad, slow, lonely", 60, AEOLIAN, "minor", TRIAD,
            ((0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 4)), LONG, ((0, -1, 2, -1, 3, -1, 2, -1), (0, 1, 2, -1, 3, 2, -1, 1)),
            ((2.0, 1.0, 1.0), (-0.5, 1.5, 2.0)),
        ),
        "tense": Mood(
            gettext_noop("tense"), "tense, dark, pulsing suspense", 104, PHRYGIAN, "phrygian", OPEN,
            ((0, 0, 1, 0), (0, 5, 1, 0), (0, 1, 0, 6)), WALK, ((0, 0, 1, 0, 0, 1, 0, 2), (0, -1, 0, 0, 1, -1, 0, 0)),
        ),
        "mysterious": Mood(
            gettext_noop("mysterious"), "mysterious, floating, nocturnal", 76, DORIAN, "dorian", TRIAD,
            ((0, 3, 0, 6), (0, 1, 3, 0), (0, 4, 3, 6)), LONG, ((0, 3, -1, 2, -1, 4, -1, 1), (-1, 2, -1, 5, -1, 3, -1, 2)),
            ((-1.0, 1.0, 2.0), (3.0, 1.0)), has_bells=True,
        ),
        "playful": Mood(
            gettext_noop("playful"), "playful, light, pizzicato", 116, MAJOR, "major", TRIAD,
            ((0, 3, 4, 0), (0, 5, 1, 4), (0, 4, 0, 4)), PAIR, ((0, -1, 3, 2, -1, 3, 1, -1), (0, 3, -1, 3, 1, 4, -1, 4)),
            ((0.5, 0.5, 1.0, 0.5, 0.5, 1.0), (1.0, 0.5, 0.5, -1.0, 1.0)),
        ),
        "festive": Mood(
            gettext_noop("festive, in the Chinese gong mode"), "festive Chinese folk music, pentatonic", 108, GONG, "gong",
            (0, 2, 3), ((0, 3, 4, 0), (0, 1, 3, 0), (4, 3, 1, 0)), PAIR,
            ((0, 2, 3, 2, 4, 3, 2, 1), (0, 3, 2, 4, 3, 5, 4, 3)), ((1.0, 0.5, 0.5, 1.0, 1.0), (0.5, 0.5, 1.0, 0.5, 0.5, 1.0)),
            has_bells=True,
        ),
    }
)  # fmt: skip
