"""A clip that begins with a picture."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import (
    ACTION,
    CAMERA,
    LIGHT,
    PLACE,
    SECONDS,
    SETTINGS,
    SHOT,
    STRENGTH,
    TIME,
)
from generation.domain.tools.model import CLIP_STEPS, Tool

TOOL = Tool(
    slug="image-to-video",
    title=gettext_noop("Image to video"),
    summary=gettext_noop("A few seconds of movement that begin with a picture of yours."),
    icon="video",
    module="video",
    makes="video",
    inputs=(CAMERA, SECONDS, STRENGTH, SHOT, LIGHT, TIME, PLACE, ACTION, *SETTINGS),
    needs_source=True,
    cost=CLIP_STEPS,
)
