"""A drawing made into a frame."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import DIRECTOR, HOLD, STILL_SETTINGS
from generation.domain.tools.model import Tool

TOOL = Tool(
    slug="sketch-to-image",
    title=gettext_noop("Sketch to image"),
    summary=gettext_noop("Your pencil drawing, photographed or scanned, becomes a frame."),
    icon="pencil",
    module="image",
    makes="image",
    inputs=(
        HOLD,
        *DIRECTOR,
        *STILL_SETTINGS,
    ),
    needs_source=True,
    source_kinds=("image",),
    source_ask=gettext_noop("Choose your drawing."),
)  # fmt: skip
