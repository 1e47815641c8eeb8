"""Fitting a spoken line into its slot: first by the voice's pace, then by stretching what was spoken.

The limits are those of a dubbing script that still sounds like speech: a voice asked for up to 1.35 of its pace,
then at most 1.2 of tempo on the sound, which together make 1.62; slower down to 0.8 where lines are to fill their
slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from generation.domain.cues import Cue, shown

FASTEST_PACE = Fraction(27, 20)
SLOWEST_PACE = Fraction(4, 5)
FASTEST_TEMPO = Fraction(6, 5)
NEAR = Fraction(1, 50)
"""Seconds a line may be off its slot: half a frame at 25 frames per second."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a line came into its slot.

    Attributes:
        natural: Seconds it takes at the voice's own pace.
        pace: Asked of the voice, 1 its own.
        tempo: Of the sound afterwards, above 1 shorter; its pitch stays.
        seconds: What it takes in the end.
    """

    cue: Cue
    natural: Fraction
    pace: Fraction
    tempo: Fraction
    seconds: Fraction

    @property
    def over(self) -> Fraction:
        """Seconds by which it is longer than its slot; 0 when it fits."""
        return max(Fraction(0), self.seconds - self.cue.slot - NEAR)

    def facts(self) -> dict[str, object]:
        """What the recipe keeps of it."""
        return {
            "number": self.cue.number, "begin": float(self.cue.begin), "slot": float(self.cue.slot),
            "natural": round(float(self.natural), 3), "pace": round(float(self.pace), 3),
            "tempo": round(float(self.tempo), 3), "seconds": round(float(self.seconds), 3),
        }  # fmt: skip


def pace_for(*, natural: Fraction, slot: Fraction, fills: bool) -> Fraction:
    """Return the pace to ask of a voice whose line takes `natural` seconds, so that it takes `slot`.

    Args:
        fills: A short line is spoken slower, to fill its slot; else it keeps its pace and leaves silence.
    """
    wanted = natural / slot
    if wanted > 1:
        return min(wanted, FASTEST_PACE)
    return max(wanted, SLOWEST_PACE) if fills else Fraction(1)


def tempo_for(*, spoken: Fraction, slot: Fraction) -> Fraction:
    """Return the tempo of the sound that brings a line of `spoken` seconds into its slot, as far as it may go."""
    return min(spoken / slot, FASTEST_TEMPO) if spoken > slot + NEAR else Fraction(1)


def misfits(fits: Sequence[Fit]) -> str:
    """Return the lines that are longer than their slots, with what each is over: “3 (0:04.0): 0.8 s”; empty when all fit."""
    return "; ".join(
        f"{fit.cue.number} ({shown(fit.cue.begin)}): {float(fit.over):.1f} s" for fit in fits if fit.over
    )
