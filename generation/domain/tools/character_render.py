"""The same character in another shot."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import DIRECTOR, STILL_SETTINGS
from generation.domain.tools.model import Input, MediaInput, Tool

TOOL = Tool(
    slug="character-render",
    title=gettext_noop("Character in a shot"),
    summary=gettext_noop("The character of your sheet in a shot you direct, with a number that says how far it drifted."),
    icon="user",
    module="character",
    makes="image",
    inputs=(
        Input("likeness", gettext_noop("How closely to keep to the sheet"), "number", default=0.7, low=0, high=1,
              help=gettext_noop("0 follows your words alone, 1 the sheet alone.")),
        *DIRECTOR,
        *STILL_SETTINGS,
    ),
    media=(
        MediaInput(
            "reference", gettext_noop("Character sheet"), gettext_noop("Choose the sheet or a still of your character."),
            help=gettext_noop("A sheet made here, or up to four stills. A real person needs a release."),
            is_required=True, most=4,
        ),
    ),
)  # fmt: skip
