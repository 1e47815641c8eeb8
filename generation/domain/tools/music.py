"""A bed of music."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from footage.problems import gettext_noop
from generation.domain.composing.moods import KEYS, MOODS
from generation.domain.tools.inputs import GUIDANCE, SEED, STEPS
from generation.domain.tools.model import CLIP_STEPS, Input, InputProblem, Tool

SLOWEST = 40


def _check(request: Mapping[str, Any]) -> Iterable[InputProblem]:
    if request["tempo"] == 0 or request["tempo"] >= SLOWEST:
        return ()
    template = gettext_noop("%(value)s beats a minute is too slow: take 0, or %(low)s and more.")
    return [InputProblem("tempo", template, {"value": request["tempo"], "low": SLOWEST})]


TOOL = Tool(
    slug="music",
    title=gettext_noop("Music"),
    summary=gettext_noop("A bed of music of exactly the length of a scene, to cut to and to argue with a composer about."),
    icon="music",
    module="audio",
    makes="sound",
    inputs=(
        Input("mood", gettext_noop("Mood"), "choice", default="calm",
              options=tuple((slug, mood.title) for slug, mood in MOODS.items())),
        Input("seconds", gettext_noop("Length in seconds"), "number", default=30.0, low=6, high=180),
        Input("tempo", gettext_noop("Beats a minute"), "whole", default=0, low=0, high=180,
              help=gettext_noop("0 leaves it to the mood. It gives way a little, so that the last bar ends with the scene.")),
        Input("key", gettext_noop("Musical key"), "choice", options=tuple((key, key) for key in KEYS)),
        Input("style", gettext_noop("Instruments and style"), "words", high=300,
              help=gettext_noop("Read by trained engines: “solo guqin, sparse, room tone”. The rule-based composer has its own.")),
        replace(SEED, help=gettext_noop("The same seed and the same choices give the same piece again.")),
        replace(STEPS, default=20, high=200),
        replace(GUIDANCE, default=7.0),
    ),
    cost=CLIP_STEPS,
    check=_check,
    preview="none",
)  # fmt: skip
