"""A picture drawn into the depth of another."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import DIRECTOR, HOLD, STILL_SETTINGS
from generation.domain.tools.model import MediaInput, Tool

TOOL = Tool(
    slug="depth-to-image",
    title=gettext_noop("Depth to image"),
    summary=gettext_noop("Keep what is near and what is far, and draw other things there."),
    icon="layers",
    module="image",
    makes="image",
    inputs=(
        HOLD,
        *DIRECTOR,
        *STILL_SETTINGS,
    ),
    needs_source=True,
    media=(
        MediaInput(
            "control", gettext_noop("A depth picture of your own"), gettext_noop("Choose a depth picture."),
            help=gettext_noop("White is near, black is far. Without one, the engine’s depth model or a rough estimate serves."),
        ),
    ),
)  # fmt: skip
