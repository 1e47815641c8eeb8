"""A, sound and performance; S, story and script: the human part of planes that are not the picture (MEASURE §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ethics.domain.segments import ZERO, Interval, Segment
from ethics.domain.share import share_of
from ethics.domain.terms import Term

SOUND_PLANES = ("voice", "music", "effects")


def human_part(segments: Sequence[Segment]) -> Interval | None:
    """What of a plane is proven human, and what could be; None when nothing in it counts."""
    measured = share_of(segments)
    return Interval(1 - measured.share.high, 1 - measured.share.low) if measured.active else None


def script_term(segments: Sequence[Segment] | None) -> Term | None:
    """S: the human-written share of the script's characters; None without a script."""
    value = human_part(segments or ())
    if value is None:
        return None
    drafted = 1 - value.high
    parts = {"written": value.low, "drafted": drafted, "unrecorded": 1 - value.low - drafted}
    return Term("S", value, parts={name: Interval(share, share) for name, share in parts.items()})


def sound_term(planes: Mapping[str, Sequence[Segment]]) -> Term | None:
    """A: the human share of every sound plane there is, by the seconds in which it is heard."""
    parts, low, high, active = {}, ZERO, ZERO, ZERO
    for name in SOUND_PLANES:
        measured = share_of(planes.get(name, ()))
        if not measured.active:
            continue
        parts[name] = Interval(1 - measured.share.high, 1 - measured.share.low)
        low += measured.active * parts[name].low
        high += measured.active * parts[name].high
        active += measured.active
    return Term("A", Interval(low / active, high / active), parts=parts) if active else None
