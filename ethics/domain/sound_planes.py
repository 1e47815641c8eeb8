"""Which plane a sound belongs to, and the AI fraction of several sounds at once (MEASURE §1, energy in the mix)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from ethics.domain.segments import ANYTHING, NOTHING, ONE, ZERO, Interval, State
from ethics.domain.sound_term import SOUND_PLANES

ALL_PLANES = SOUND_PLANES
TAKE_PLANES = ("voice", "effects")
"""What a take's own sound may hold, and any recording of which nothing else is said."""

TOOL_PLANES: Mapping[str, str] = MappingProxyType(
    {"voice": "voice", "dub": "voice", "music": "music", "effects": "effects"}
)
"""The plane each sound tool makes a sound for, by its slug."""

LEAST_REST = Fraction(3, 25)
"""Share of the mix's energy, about 9 dB under it, that no source explains before that counts as something unknown. Of
sources that explain everything, after re-encoding, equaliser and fades, it stays below .10 nine times in ten."""

LEAST_PART = Fraction(1, 50)
"""A source that makes up less of the mix than this, 17 dB under it, is not heard."""

MARGIN = Fraction(1, 10)
"""How far off the share of a sound may be when several are heard at once; twice as far beside something unknown."""

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "voice": "voice voices vox vo dialog dialogue dia dx adr dub narration narrator speech",
        "music": "music mus mx score song bgm soundtrack",
        "effects": "effects effect fx sfx foley ambience ambiance atmos atmo roomtone wildtrack",
    }
)
MARKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "voice": ("人声", "对白", "配音", "旁白", "台词", "解说"),
        "music": ("音乐", "配乐", "歌曲", "主题曲"),
        "effects": ("音效", "拟音", "环境声", "效果声", "同期环境"),
    }
)


def plane_named(*texts: str) -> str | None:
    """The plane that a track or a file is named after; None when it names none, or several.

    A name is the makers' word: it says what a sound is, never who made it.
    """
    for text in texts:
        words = set(re.findall(r"[a-z]+", text.lower()))
        named = {
            plane
            for plane in SOUND_PLANES
            if words & set(WORDS[plane].split()) or any(mark in text for mark in MARKS[plane])
        }
        if len(named) == 1:
            return named.pop()
    return None


@dataclass(frozen=True, slots=True)
class Sounding:
    """One source heard in one plane.

    Attributes:
        energy: Its share of the mix's energy, [0, 1].
        alpha: Its own AI fraction.
        is_certain: It is known to belong to this plane, not only by its makers' word or as one of several.
    """

    energy: Fraction
    alpha: Interval
    is_certain: bool = True


def sounding_alpha(heard: Sequence[Sounding], rest: Fraction) -> Interval:
    """AI fraction of a plane in which several sources sound, and a rest of energy that none explains.

    Human sound that may belong to another plane counts in the lower end, where there is AI, and is left out of the upper
    one: an atmosphere under a generated voice doesn't thin the voice out, whatever track it is laid on.
    """
    rest = rest if rest >= LEAST_REST else ZERO
    together = sum((one.energy for one in heard), ZERO)
    if not together:
        return ANYTHING if rest else NOTHING
    low = sum((one.energy * one.alpha.low for one in heard), ZERO)
    high = sum((one.energy * one.alpha.high for one in heard), ZERO)
    elsewhere = sum((one.energy for one in heard if one.alpha == NOTHING and not one.is_certain), ZERO)
    upper = together + rest - (elsewhere if low else ZERO)
    margin = _margin(heard, together) + (2 * MARGIN if rest else ZERO)
    return Interval(max(ZERO, low / (together + rest) - margin), min(ONE, (high + rest) / upper + margin))


def _margin(heard: Sequence[Sounding], together: Fraction) -> Fraction:
    """How far off the shares may be: not at all when all sources have one fraction, little beside a far louder one."""
    if len({one.alpha for one in heard}) == 1:
        return ZERO
    return min(MARGIN, 1 - max(one.energy for one in heard) / together)


def state_of(alpha: Interval, states: Sequence[State]) -> State:
    """The state of a plane with this fraction whose sources have these states."""
    if State.CONFLICT in states:
        return State.CONFLICT
    if alpha.high == 0:
        return State.HUMAN
    if alpha.low == 1:
        return State.AI
    return State.MIXED if alpha.low else State.UNKNOWN
