"""Dialogue made to be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from footage.problems import gettext_noop
from generation.domain.dialects import PACKS
from generation.domain.languages import language_of
from generation.domain.tools.inputs import SEED
from generation.domain.tools.model import TOKENS, Input, InputProblem, Tool
from generation.domain.tools.shot_list import LENGTH, SCRIPT


def _check(request: Mapping[str, Any]) -> Iterable[InputProblem]:
    chosen = PACKS.get(request["dialect"])
    if chosen is None or chosen.language == language_of(request["script"]):
        return ()
    template = (
        gettext_noop(
            "This dialect is of Chinese, and the text is in another language. Choose one of its own."
        )
        if chosen.language == "zh"
        else gettext_noop(
            "This dialect is of English, and the text is in another language. Choose one of its own."
        )
    )
    return [InputProblem("dialect", template, {})]


TOOL = Tool(
    slug="dialogue-polish",
    title=gettext_noop("Dialogue polish"),
    summary=gettext_noop("Speeches made to be said, with the words of a place; every change is marked."),
    icon="pencil",
    module="text",
    makes="text",
    inputs=(
        SCRIPT,
        Input("dialect", gettext_noop("Dialect"), "choice",
              options=tuple((pack.slug, pack.title) for pack in PACKS.values()),
              help=gettext_noop("A short list of words, not the whole dialect: have a speaker read it.")),
        Input("spoken", gettext_noop("Written words"), "choice", default="spoken", options=(
            ("spoken", gettext_noop("as spoken")), ("keep", gettext_noop("as written")),
        )),
        Input("lexicon", gettext_noop("Your words"), "lines", high=4000,
              help=gettext_noop("One per line: word=what is said. They go before the dialect’s.")),
        LENGTH,
        SEED,
    ),
    cost=TOKENS,
    check=_check,
    preview="none",
)  # fmt: skip
