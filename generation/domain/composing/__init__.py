"""A rule-based composer: mood, tempo, key and seconds become the notes of a bed of music. No trained model.

Harmony moves in phrases of four bars, A A B A, and ends on its tonic; chords move by the nearest voices; a melody is one
motif, heard again over each chord. Parts come in one after another and go out before the end, so that a scene can begin
and end over it. The last bar ends exactly with the seconds asked for: the tempo gives way by a few per cent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from generation.domain.composing.moods import KEYS, MOODS, Mood

Part = Literal["pad", "bass", "pluck", "lead", "bell"]
BEATS = 4
"""Beats of a bar."""
PHRASE = 4
"""Bars of a phrase."""
PAD_LOW, BASS_LOW, LEAD_LOW = 53, 36, 67
"""Lowest MIDI pitches of the parts."""
RING_SECONDS = 1.5
"""Time in which the last chord dies away, at most a fifth of the whole."""
Chord = tuple[int, ...]
"""MIDI pitches, lowest first."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note.

    Attributes:
        begin, seconds: When and how long.
        pitch: MIDI number, 69 is a' at 440 Hz.
        loudness: 0..1.
    """

    part: Part
    begin: float
    seconds: float
    pitch: int
    loudness: float


@dataclass(frozen=True, slots=True)
class Score:
    """A piece.

    Attributes:
        tempo: Beats a minute as they came out.
        key: Such as "D dorian".
        degrees: Root of each bar's chord, 0 the tonic.
    """

    notes: tuple[Note, ...]
    seconds: float
    tempo: float
    key: str
    degrees: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The piece's measure and scale, while it is written."""

    mood: Mood
    tonic: int
    bars: int
    beat: float

    def pitch(self, degree: int, *, low: int) -> int:
        """Return the pitch of a degree of the scale (0 the tonic; below and above as well), the first at or over `low`."""
        octave, step = divmod(degree, len(self.mood.scale))
        pitch = self.tonic + self.mood.scale[step]
        return pitch + 12 * (octave + -(-(low - pitch) // 12))

    def at(self, bar: int, beat: float = 0) -> float:
        return (bar * BEATS + beat) * self.beat


def compose(*, mood: str, tempo: int, key: str, seconds: float, seed: int) -> Score:
    """Return a piece.

    Args:
        mood: Slug of a mood.
        tempo: Beats a minute; 0 takes the mood's own.
        key: A key of KEYS; empty draws one.
        seconds: Its length, at least 6.
    """
    found, dice = MOODS[mood], Random(f"{mood} {seed}")  # noqa: S311  # music, not keys
    drawn = dice.choice(sorted(KEYS))
    tonic = KEYS[key or drawn]
    frame = _frame(found, tonic, tempo=tempo or found.tempo, seconds=seconds)
    degrees = tuple(_degrees(frame, dice))
    chords = _chords(frame, degrees)
    notes = [
        *_pads(frame, chords), *_basses(frame, degrees), *_plucks(frame, chords, dice),
        *_melody(frame, degrees, dice), *_bells(frame, chords),
    ]  # fmt: skip
    name = f"{key or drawn} {found.scale_name}"
    return Score(tuple(sorted(notes, key=_order)), seconds, round(60 / frame.beat, 2), name, degrees)


def _order(note: Note) -> tuple[float, str, int]:
    return note.begin, note.part, note.pitch


def _frame(mood: Mood, tonic: int, *, tempo: int, seconds: float) -> Frame:
    """Return whole bars that fill the seconds but for the ring of the last chord."""
    played = seconds - min(RING_SECONDS, seconds / 5)
    bars = max(2, round(played * tempo / 60 / BEATS))
    return Frame(mood, tonic, bars, played / bars / BEATS)


def _degrees(frame: Frame, dice: Random) -> Iterator[int]:
    """Yield each bar's root: phrases A A B A of the mood's progressions, home at the end."""
    first, second = dice.sample(frame.mood.progressions, 2)
    form = [first, first, second, first]
    for bar in range(frame.bars - 1):
        yield form[bar // PHRASE % len(form)][bar % PHRASE]
    yield 0


def _chords(frame: Frame, degrees: Sequence[int]) -> list[Chord]:
    chords: list[Chord] = []
    for degree in degrees:
        chords.append(_voiced(frame, degree, chords[-1] if chords else ()))
    return chords


def _voiced(frame: Frame, degree: int, last: Chord) -> Chord:
    """Return the chord on a degree in the inversion whose voices move least from the last one."""
    tones = [frame.pitch((degree + step) % len(frame.mood.scale), low=PAD_LOW) for step in frame.mood.chord]
    inversions = [tuple(sorted(tone + 12 * (tone < lowest) for tone in tones)) for lowest in tones]
    return min(inversions, key=lambda chord: _distance(chord, last)) if last else inversions[0]


def _distance(chord: Chord, last: Chord) -> int:
    return sum(abs(one - other) for one, other in zip(chord, last, strict=True))


# ---------------------------------------------------------------- parts
def _is_in(frame: Frame, bar: int, *, after: int, before: int = 1) -> bool:
    """Whether a part plays in a bar: it comes in after so many phrases (bars in short pieces), and goes before the end."""
    wait = after * (PHRASE if frame.bars >= 4 * PHRASE else frame.bars // 8)
    return wait <= bar < frame.bars - before


def _pads(frame: Frame, chords: Sequence[Chord]) -> Iterator[Note]:
    for bar, chord in enumerate(chords):
        is_last = bar == frame.bars - 1
        length = frame.beat * (BEATS * (1.5 if is_last else 1.04))
        for pitch in chord:
            yield Note("pad", frame.at(bar), length, pitch, 0.42)


def _basses(frame: Frame, degrees: Sequence[int]) -> Iterator[Note]:
    for bar, degree in enumerate(degrees):
        root = frame.pitch(degree, low=BASS_LOW)
        if bar == frame.bars - 1:
            yield Note("bass", frame.at(bar), frame.beat * BEATS, root, 0.6)
        elif _is_in(frame, bar, after=1):
            for beat, length, fifth in frame.mood.bass:
                yield Note("bass", frame.at(bar, beat), length * frame.beat, root + 7 * fifth, 0.6)


def _plucks(frame: Frame, chords: Sequence[Chord], dice: Random) -> Iterator[Note]:
    drawn = dice.choice(frame.mood.plucks)
    turned = 2 * dice.randrange(len(drawn) // 2)
    pattern, step = drawn[turned:] + drawn[:turned], BEATS / len(drawn)
    for bar, chord in enumerate(chords):
        if not _is_in(frame, bar, after=1):
            continue
        ladder = [*chord, *(pitch + 12 for pitch in chord)]
        for number, rung in enumerate(pattern):
            if rung >= 0:
                accent = 0.5 if number == 0 else 0.34
                yield Note("pluck", frame.at(bar, number * step), 2 * frame.beat, ladder[rung], accent)


def _melody(frame: Frame, degrees: Sequence[int], dice: Random) -> Iterator[Note]:
    """One motif over each bar's chord, each phrase's last bar left open to breathe."""
    if not frame.mood.rhythms:
        return
    rhythm = dice.choice(frame.mood.rhythms)
    motif = _motif(len(rhythm), frame.mood, dice)
    for bar, degree in enumerate(degrees):
        if not _is_in(frame, bar, after=2, before=2) or bar % PHRASE == PHRASE - 1:
            continue
        beat = 0.0
        for length, step in zip(rhythm, motif, strict=True):
            if length > 0:
                pitch = frame.pitch(degree + step, low=LEAD_LOW)
                yield Note("lead", frame.at(bar, beat), length * frame.beat * 0.95, pitch, 0.4)
            beat += abs(length)


def _motif(count: int, mood: Mood, dice: Random) -> list[int]:
    """Return degrees over a chord's root: a note of the chord first and last, small steps between."""
    steps = [dice.choice(mood.chord)]
    while len(steps) < count:
        steps.append(min(6, max(-1, steps[-1] + dice.choice((-2, -1, -1, 1, 1, 2)))))
    steps[-1] = min(mood.chord, key=lambda tone: abs(tone - steps[-1]))
    return steps


def _bells(frame: Frame, chords: Sequence[Chord]) -> Iterator[Note]:
    if not frame.mood.has_bells:
        return
    for bar, chord in enumerate(chords):
        if bar % 2 == 0 and _is_in(frame, bar, after=0):
            yield Note("bell", frame.at(bar), 3 * frame.beat, max(chord) + 12, 0.22)
