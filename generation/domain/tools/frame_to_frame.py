"""A clip from a first to a last frame."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import ACTION, CAMERA, LIGHT, PLACE, SECONDS, SETTINGS, TIME
from generation.domain.tools.model import CLIP_STEPS, MediaInput, Tool

TOOL = Tool(
    slug="frame-to-frame",
    title=gettext_noop("Frame to frame"),
    summary=gettext_noop("The movement between two pictures of your storyboard."),
    icon="arrow-right",
    module="video",
    makes="video",
    inputs=(CAMERA, SECONDS, LIGHT, TIME, PLACE, ACTION, *SETTINGS),
    needs_source=True,
    media=(
        MediaInput("last-frame", gettext_noop("Last frame"), gettext_noop("Choose the picture to end with."),
                   help=gettext_noop("The clip begins with the first picture and ends with this one."),
                   kinds=("image", "video"), is_required=True),
    ),
    cost=CLIP_STEPS,
)  # fmt: skip
