"""A picture from words."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import DIRECTOR, STILL_SETTINGS
from generation.domain.tools.model import Tool

TOOL = Tool(
    slug="text-to-image",
    title=gettext_noop("Text to image"),
    summary=gettext_noop("Concept art and storyboard frames from a director’s words."),
    icon="image",
    module="image",
    makes="image",
    inputs=(*DIRECTOR, *STILL_SETTINGS),
)
