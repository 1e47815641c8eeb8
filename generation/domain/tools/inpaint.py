"""Part of a picture drawn anew."""

from __future__ import annotations

from dataclasses import replace

from footage.problems import gettext_noop
from generation.domain.tools.inputs import DIRECTOR, MASK, STILL_SETTINGS, STRENGTH
from generation.domain.tools.model import Tool

TOOL = Tool(
    slug="inpaint",
    title=gettext_noop("Inpaint"),
    summary=gettext_noop("Draw one part of a picture anew; outside of your mask not a pixel changes."),
    icon="pencil",
    module="image",
    makes="image",
    inputs=(
        replace(
            STRENGTH, default=0.9, help=gettext_noop("How far the masked part may leave what was there.")
        ),
        *DIRECTOR,
        *STILL_SETTINGS,
    ),
    needs_source=True,
    media=(MASK,),
)
