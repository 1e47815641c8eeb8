"""A director's words: shot, lens, light, time, place, action; and the engine's prompt made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from footage.problems import gettext_noop


@dataclass(frozen=True, slots=True)
class Word:
    """One choice of a director.

    Attributes:
        slug: What is kept with the job.
        label: What the person reads; a key of the message catalogue.
        prompt: What the engine reads.
    """

    slug: str
    label: str
    prompt: str


SHOTS = (
    Word("extreme-wide", gettext_noop("extreme wide shot"), "extreme wide shot"),
    Word("wide", gettext_noop("wide shot"), "wide shot"),
    Word("medium", gettext_noop("medium shot"), "medium shot"),
    Word("close-up", gettext_noop("close-up"), "close-up"),
    Word("extreme-close-up", gettext_noop("extreme close-up"), "extreme close-up"),
    Word("over-shoulder", gettext_noop("over the shoulder"), "over-the-shoulder shot"),
)
LENSES = (
    Word("18", gettext_noop("18 mm, very wide"), "18 mm lens, deep space"),
    Word("28", gettext_noop("28 mm, wide"), "28 mm lens"),
    Word("35", gettext_noop("35 mm, reportage"), "35 mm lens"),
    Word("50", gettext_noop("50 mm, like the eye"), "50 mm lens"),
    Word("85", gettext_noop("85 mm, portrait"), "85 mm lens, shallow focus"),
    Word("135", gettext_noop("135 mm, compressed"), "135 mm lens, compressed perspective"),
)
LIGHTS = (
    Word("window", gettext_noop("soft window light"), "soft window light from the side"),
    Word("sun", gettext_noop("hard sun"), "hard sunlight, sharp shadows"),
    Word("backlight", gettext_noop("backlight"), "backlight, rim of light"),
    Word("lamps", gettext_noop("lamps in the picture"), "practical lamps in frame, warm tungsten"),
    Word("neon", gettext_noop("neon"), "neon signs, mixed colour"),
    Word("overcast", gettext_noop("overcast"), "overcast sky, flat light"),
    Word("candle", gettext_noop("candle or lantern"), "lantern light, deep shadows"),
)
TIMES = (
    Word("dawn", gettext_noop("dawn"), "dawn"),
    Word("day", gettext_noop("day"), "day"),
    Word("dusk", gettext_noop("dusk"), "dusk"),
    Word("night", gettext_noop("night"), "night"),
)
MOVES = (
    Word("static", gettext_noop("locked off"), "static camera"),
    Word("push-in", gettext_noop("push in"), "slow push in"),
    Word("pull-out", gettext_noop("pull out"), "slow pull out"),
    Word("pan-left", gettext_noop("pan left"), "pan left"),
    Word("pan-right", gettext_noop("pan right"), "pan right"),
    Word("tilt-up", gettext_noop("tilt up"), "tilt up"),
    Word("tilt-down", gettext_noop("tilt down"), "tilt down"),
)
CHOICES: Mapping[str, tuple[Word, ...]] = {
    "shot": SHOTS,
    "lens": LENSES,
    "light": LIGHTS,
    "time": TIMES,
    "camera": MOVES,
}
ORDER = ("shot", "lens", "camera", "light", "time", "place", "action")


def compose_prompt(direction: Mapping[str, str]) -> str:
    """Return the engine's prompt of a director's words, in the order a shot list names them.

    Choices that were left open and words unknown to the list of their field are skipped.
    """
    parts = [_prompt_of(name, direction.get(name, "")) for name in ORDER]
    return ", ".join(part for part in parts if part)


def _prompt_of(name: str, value: str) -> str:
    words = CHOICES.get(name)
    if words is None:
        return " ".join(value.split()).rstrip(".。")
    return next((word.prompt for word in words if word.slug == value), "")
