"""A clip from words."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import CAMERA, DIRECTOR, SECONDS, SETTINGS
from generation.domain.tools.model import CLIP_STEPS, Tool

TOOL = Tool(
    slug="text-to-video",
    title=gettext_noop("Text to video"),
    summary=gettext_noop("A few seconds of movement from a director’s words alone: previs, not yet a shot."),
    icon="film",
    module="video",
    makes="video",
    inputs=(CAMERA, SECONDS, *DIRECTOR, *SETTINGS),
    cost=CLIP_STEPS,
)
