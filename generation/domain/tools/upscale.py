"""A larger picture with drawn detail."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import PLAIN_SETTINGS
from generation.domain.tools.model import Input, Tool

TOOL = Tool(
    slug="upscale",
    title=gettext_noop("Upscale"),
    summary=gettext_noop("Four times the sides, with detail the engine invents. Just to enlarge, scale in your editor."),
    icon="maximize",
    module="image",
    makes="image",
    inputs=(
        Input("shows", gettext_noop("What the picture shows"), "words", high=200,
              help=gettext_noop("Helps the engine to invent the right detail. May stay empty.")),
        Input("invention", gettext_noop("How freely to invent detail"), "whole", default=20, low=0, high=350,
              help=gettext_noop("Noise laid over the small picture: 20 stays close, 350 makes up much.")),
        *PLAIN_SETTINGS,
    ),
    needs_source=True,
)  # fmt: skip
