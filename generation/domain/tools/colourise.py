"""Colour for a black-and-white frame."""

from __future__ import annotations

from dataclasses import replace

from footage.problems import gettext_noop
from generation.domain.tools.inputs import PLAIN_SETTINGS, STRENGTH
from generation.domain.tools.model import Input, Tool

TOOL = Tool(
    slug="colourise",
    title=gettext_noop("Colourise"),
    summary=gettext_noop("Give a black-and-white frame colours. Light and shade stay as filmed; the colours are your claim."),
    icon="palette",
    module="image",
    makes="image",
    inputs=(
        Input("colours", gettext_noop("Which colours, and where"), "lines", high=400, is_required=True,
              help=gettext_noop("“indigo jackets, brick-red wall, pale winter sky”. Note where you know it from.")),
        Input("saturation", gettext_noop("Saturation"), "number", default=1.0, low=0.1, high=1.5),
        replace(STRENGTH, default=0.7, is_folded=True),
        *PLAIN_SETTINGS,
    ),
    needs_source=True,
)  # fmt: skip
