"""Something taken out of a picture."""

from __future__ import annotations

from dataclasses import replace

from footage.problems import gettext_noop
from generation.domain.tools.inputs import MASK, PLAIN_SETTINGS, STRENGTH
from generation.domain.tools.model import Input, Tool

TOOL = Tool(
    slug="remove-object",
    title=gettext_noop("Remove an object"),
    summary=gettext_noop("Take a microphone, a wire or a sign out of a frame. Say in your credits what is gone."),
    icon="scissors",
    module="image",
    makes="image",
    inputs=(
        Input("behind", gettext_noop("What is behind it"), "words", high=200,
              help=gettext_noop("“a wet brick wall”. May stay empty.")),
        replace(STRENGTH, default=0.6, help=gettext_noop("Low continues what is around it, high invents more.")),
        *PLAIN_SETTINGS,
    ),
    needs_source=True,
    media=(MASK,),
)  # fmt: skip
