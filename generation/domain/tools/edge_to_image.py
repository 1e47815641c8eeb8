"""A picture drawn along the contours of another."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import DIRECTOR, HOLD, STILL_SETTINGS
from generation.domain.tools.model import Input, Tool

TOOL = Tool(
    slug="edge-to-image",
    title=gettext_noop("Edges to image"),
    summary=gettext_noop("Keep the contours of a picture of yours, and draw everything else anew."),
    icon="square-pen",
    module="image",
    makes="image",
    inputs=(
        Input("lines", gettext_noop("How many lines to keep"), "choice", default="normal", options=(
            ("few", gettext_noop("few")), ("normal", gettext_noop("some")), ("many", gettext_noop("many")),
        )),
        HOLD,
        *DIRECTOR,
        *STILL_SETTINGS,
    ),
    needs_source=True,
)  # fmt: skip
