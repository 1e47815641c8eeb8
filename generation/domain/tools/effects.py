"""A sound effect."""

from __future__ import annotations

from dataclasses import replace

from footage.problems import gettext_noop
from generation.domain.effects import EFFECTS
from generation.domain.tools.inputs import GUIDANCE, SEED, STEPS
from generation.domain.tools.model import CLIP_STEPS, Input, Tool

TOOL = Tool(
    slug="effects",
    title=gettext_noop("Sound effects"),
    summary=gettext_noop("Rain, wind, room tone and their kin, to lay under a scene until you have recorded your own."),
    icon="volume-2",
    module="audio",
    makes="sound",
    inputs=(
        Input("effect", gettext_noop("Sound"), "choice", default="room-tone",
              options=tuple((effect.slug, effect.title) for effect in EFFECTS.values())),
        Input("seconds", gettext_noop("Length in seconds"), "number", default=10.0, low=1, high=60),
        Input("strength", gettext_noop("How strong"), "number", default=0.5, low=0, high=1,
              help=gettext_noop("Drizzle or downpour, breeze or storm, strolling or running.")),
        Input("style", gettext_noop("More about it"), "words", high=300,
              help=gettext_noop("Read by trained engines: “on a tin roof, distant”. The rule-based one has its own.")),
        replace(SEED, help=gettext_noop("The same seed and the same choices give the same sound again.")),
        replace(STEPS, default=20, high=200),
        replace(GUIDANCE, default=7.0),
    ),
    cost=CLIP_STEPS,
    preview="none",
)  # fmt: skip
