"""A picture drawn again."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import DIRECTOR, STILL_SETTINGS, STRENGTH
from generation.domain.tools.model import Tool

TOOL = Tool(
    slug="image-to-image",
    title=gettext_noop("Image to image"),
    summary=gettext_noop("A sketch, location photo or frame, drawn again in other light."),
    icon="layers",
    module="image",
    makes="image",
    inputs=(STRENGTH, *DIRECTOR, *STILL_SETTINGS),
    needs_source=True,
)
