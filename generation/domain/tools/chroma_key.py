"""A subject before a green or blue screen, set over a plate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from footage.problems import gettext_noop
from generation.domain.tools.clips import BEGIN, CLIP_ASK, CLIP_SECONDS
from generation.domain.tools.model import Cost, Input, InputProblem, MediaInput, Tool


def _check(request: Mapping[str, Any]) -> Iterable[InputProblem]:
    written = request["colour"]
    if not written or re.fullmatch(r"#[0-9a-fA-F]{6}", written):
        return ()
    template = gettext_noop("%(value)s is no colour. Write it as #00b140, or leave it open.")
    return [InputProblem("colour", template, {"value": written})]


TOOL = Tool(
    slug="chroma-key",
    title=gettext_noop("Chroma key"),
    summary=gettext_noop("Somebody before a green or blue screen, set over a plate of yours."),
    icon="person-standing",
    module="video",
    makes="video",
    inputs=(
        Input("colour", gettext_noop("Screen colour"), "words", high=7,
              help=gettext_noop("As #00b140. Left open, it is read from the borders of the first frame.")),
        Input("tolerance", gettext_noop("How much counts as screen"), "number", default=0.3, low=0, high=1,
              help=gettext_noop("Higher for an uneven screen, lower for hair and smoke.")),
        Input("choke", gettext_noop("Draw the edge in"), "number", default=0.0, low=0, high=1),
        Input("soften", gettext_noop("Soften the edge"), "number", default=0.2, low=0, high=1),
        Input("wrap", gettext_noop("Light of the plate round the edge"), "number", default=0.2, low=0, high=1),
        BEGIN,
        CLIP_SECONDS,
    ),
    needs_source=True,
    source_kinds=("video",),
    source_ask=CLIP_ASK,
    media=(
        MediaInput("plate", gettext_noop("Plate"), gettext_noop("Choose the plate that comes behind."),
                   help=gettext_noop("A still or a clip. A shorter clip stays on its last frame."),
                   kinds=("image", "video"), is_required=True),
    ),
    check=_check,
    cost=Cost(("seconds",)),
    preview="none",
)  # fmt: skip
