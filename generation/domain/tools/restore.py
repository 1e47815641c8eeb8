"""An old frame mended."""

from __future__ import annotations

from dataclasses import replace

from footage.problems import gettext_noop
from generation.domain.tools.inputs import PLAIN_SETTINGS, STRENGTH
from generation.domain.tools.model import Input, Tool

TOOL = Tool(
    slug="restore",
    title=gettext_noop("Restore old film"),
    summary=gettext_noop("Find dust and scratches on an old frame and draw over them, and nowhere else."),
    icon="wand-sparkles",
    module="image",
    makes="image",
    inputs=(
        Input("damage", gettext_noop("What counts as damage"), "number", default=0.5, low=0, high=1,
              help=gettext_noop("0 takes only strong scratches, 1 takes fine detail for dust as well.")),
        Input("grain", gettext_noop("Reduce grain"), "number", default=0.2, low=0, high=1,
              help=gettext_noop("0 keeps the grain. Grain is part of the film; take little.")),
        Input("shows", gettext_noop("What the frame shows"), "words", high=200),
        replace(STRENGTH, default=0.5, is_folded=True),
        *PLAIN_SETTINGS,
    ),
    needs_source=True,
)  # fmt: skip
