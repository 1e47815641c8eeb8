"""A flat edit: its clips, and the rates editors count in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from footage.problems import Problem, gettext_noop

TimelineKind = Literal["otio", "edl", "fcp7", "fcpxml", "aaf"]
ClipKind = Literal["video", "audio"]
DEEPEST_NESTING = 200
RATE_TOLERANCE = Fraction(1, 4000)
NTSC = Fraction(1000, 1001)
EDL_RATES = (Fraction(24), Fraction(25), Fraction(30), 30 * NTSC, Fraction(50), Fraction(60))
KNOWN_RATES = (*EDL_RATES, 24 * NTSC, 60 * NTSC, Fraction(48), Fraction(100), Fraction(120))
NO_CUT = gettext_noop(
    "%(name)s holds no cut: there is no clip on its timeline. Export the sequence that was edited."
)


@dataclass(frozen=True, slots=True)
class Clip:
    """One use of a source.

    Attributes:
        track: Number of the track of its kind, from 1, bottom to top for pictures.
        name: Clip name as written.
        source: File name, or reel where the format knows only reels; as written, never to be opened as a
            path.
        source_start: Seconds into the source; see `source_is_timecode`.
        start: Seconds on the timeline where its cut stands, without transitions.
        duration: Seconds on the timeline; it plays duration·|speed| seconds of the source.
        speed: 1 normal, 0 a freeze frame, negative backwards.
        transition_in: Seconds before `start` in which it already fades or wipes in.
        transition_out: Seconds after its end in which it still fades or wipes out.
        layer: Order inside a compound clip, from 0; higher lies on top.
        source_is_timecode: The timeline doesn't say at which timecode the source begins, so
            `source_start` counts from timecode 0.
        box: Left, top, right and bottom of where it lies in the frame, as shares of the frame's sides; None when it fills the
            frame or the timeline doesn't say.
        track_name: What the editor called the track, or the role given to the clip; empty where the format keeps neither.
    """

    track: int
    kind: ClipKind
    name: str
    source: str
    source_start: Fraction
    start: Fraction
    duration: Fraction
    speed: Fraction = Fraction(1)
    transition_in: Fraction = Fraction(0)
    transition_out: Fraction = Fraction(0)
    layer: int = 0
    source_is_timecode: bool = False
    track_name: str = ""
    box: tuple[Fraction, Fraction, Fraction, Fraction] | None = None

    @property
    def end(self) -> Fraction:
        return self.start + self.duration


@dataclass(frozen=True, slots=True)
class Timeline:
    """A flat edit. `duration` in seconds includes gaps; `notes` are problems that didn't stop the reading."""

    name: str
    fps: Fraction
    duration: Fraction
    clips: tuple[Clip, ...]
    notes: tuple[Problem, ...] = ()
    kind: TimelineKind = "otio"

    @property
    def operations(self) -> int:
        """How many edits it records: every clip placed, every change of speed."""
        return len(self.clips) + sum(1 for clip in self.clips if clip.speed != 1)


def shown(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


_NUMBER = re.compile(r"-?\d{1,30}(?:\.\d{1,12}|/\d{1,30})?")


def exact(text: str) -> Fraction:
    """A number as timelines write it, such as "25", "23.98" or "1001/30000".

    Raises:
        ValueError: for anything else; an exponent, which Python reads too, could fill the memory.
        ZeroDivisionError: for a ratio with nothing below.
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"{text.strip()[:40]!r} is no number")
    return Fraction(text.strip())
