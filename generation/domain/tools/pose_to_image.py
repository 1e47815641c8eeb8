"""A figure drawn in a given pose."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import DIRECTOR, HOLD, STILL_SETTINGS
from generation.domain.tools.model import MediaInput, Tool

TOOL = Tool(
    slug="pose-to-image",
    title=gettext_noop("Pose to image"),
    summary=gettext_noop("Draw a stick figure, and let somebody stand like that."),
    icon="person-standing",
    module="image",
    makes="image",
    inputs=(
        HOLD,
        *DIRECTOR,
        *STILL_SETTINGS,
    ),
    media=(
        MediaInput(
            "control", gettext_noop("Pose"), gettext_noop("Choose a pose: a stick figure, white or coloured limbs on black."),
            help=gettext_noop("A stick figure on black, as OpenPose draws it. Draw it here, or upload one."),
            is_required=True, drawn_on=True,
        ),
    ),
)  # fmt: skip
