"""One character seen from several sides."""

from __future__ import annotations

from dataclasses import replace

from footage.problems import gettext_noop
from generation.domain.characters import MOST_VIEWS, SHEETS
from generation.domain.tools.inputs import PLAIN_SETTINGS, STYLE
from generation.domain.tools.model import Cost, Input, Tool

TOOL = Tool(
    slug="character-sheet",
    title=gettext_noop("Character sheet"),
    summary=gettext_noop("One character in several views or expressions, drawn apart and laid side by side."),
    icon="users",
    module="character",
    makes="image",
    inputs=(
        Input("character", gettext_noop("Who is it?"), "lines", high=400, is_required=True,
              help=gettext_noop("Age, build, face, hair, clothes, one thing nobody else has. Whom did you leave out by habit?")),
        Input("sheet", gettext_noop("What to show"), "choice", default="views", options=tuple(
            (sheet.slug, sheet.label) for sheet in SHEETS
        )),
        Input("views", gettext_noop("How many drawings"), "whole", default=4, low=2, high=MOST_VIEWS),
        replace(STYLE, is_direction=False),
        *PLAIN_SETTINGS,
    ),
    cost=Cost(("steps", "views")),
)  # fmt: skip
