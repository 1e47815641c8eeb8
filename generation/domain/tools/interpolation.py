"""Frames between the frames of a clip."""

from __future__ import annotations

from footage.problems import gettext_noop
from generation.domain.tools.clips import BEGIN, CLIP_ASK, CLIP_SECONDS
from generation.domain.tools.model import Cost, Input, Tool

TOOL = Tool(
    slug="interpolation",
    title=gettext_noop("Frame interpolation"),
    summary=gettext_noop("Twice or four times the frames of a clip: smoother, or in slow motion."),
    icon="step-forward",
    module="video",
    makes="video",
    inputs=(
        Input("use", gettext_noop("What for"), "choice", default="smooth", options=(
            ("smooth", gettext_noop("smoother")), ("slow", gettext_noop("slow motion")),
        ), help=gettext_noop("Smoother keeps the length at a higher rate; slow motion keeps the rate, is longer and silent.")),
        Input("factor", gettext_noop("How many times the frames"), "choice", default="2", options=(
            ("2", gettext_noop("twice")), ("4", gettext_noop("four times")),
        )),
        BEGIN,
        CLIP_SECONDS,
    ),
    needs_source=True,
    source_kinds=("video",),
    source_ask=CLIP_ASK,
    cost=Cost(("seconds", "factor")),
    preview="none",
)  # fmt: skip
