"""A draft to argue with."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.inputs import SEED
from generation.domain.tools.model import TOKENS, Input, Tool

TOOL = Tool(
    slug="text-draft",
    title=gettext_noop("Text draft"),
    summary=gettext_noop("A logline, scene or shot breakdown to argue with and rewrite."),
    icon="file-text",
    module="text",
    makes="text",
    inputs=(
        Input("task", gettext_noop("What to draft"), "choice", default="scene", options=(
            ("logline", gettext_noop("logline")), ("scene", gettext_noop("scene")),
            ("breakdown", gettext_noop("shot breakdown")), ("dialogue", gettext_noop("dialogue")),
        )),
        Input("premise", gettext_noop("What it is about"), "lines", high=1500, is_required=True,
              help=gettext_noop("Who wants what, and what is in the way?")),
        Input("length", gettext_noop("How long"), "whole", default=120, low=20, high=800, is_folded=True,
              help=gettext_noop("About so many words, Chinese characters, or tokens of a language model.")),
        SEED,
    ),
    cost=TOKENS,
    preview="none",
)  # fmt: skip
