"""A script broken down into shots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from footage.problems import gettext_noop
from generation.domain.screenplay import read_screenplay
from generation.domain.tools.inputs import SEED
from generation.domain.tools.model import TOKENS, Input, InputProblem, Tool

SCRIPT = Input("script", gettext_noop("The script"), "lines", high=20_000, is_required=True,
               help=gettext_noop("Paste it with its sluglines and names; English and Chinese layouts are known."))  # fmt: skip
LENGTH = Input("length", gettext_noop("How long at most"), "whole", default=600, low=60, high=4000, is_folded=True,
               help=gettext_noop("Tokens of a language model; the rule-based reader needs none."))  # fmt: skip


def _check(request: Mapping[str, Any]) -> Iterable[InputProblem]:
    if read_screenplay(request["script"]).elements:
        return ()
    template = gettext_noop(
        "There is nothing to be filmed in this text. Paste a scene with action or dialogue."
    )
    return [InputProblem("script", template, {})]


TOOL = Tool(
    slug="shot-list",
    title=gettext_noop("Breakdown to a shot list"),
    summary=gettext_noop("A script becomes a table of shots with size, camera, action and sound, for you to correct."),
    icon="table",
    module="text",
    makes="text",
    inputs=(
        SCRIPT,
        Input("form", gettext_noop("Written as"), "choice", default="markdown", options=(
            ("markdown", gettext_noop("table (Markdown)")), ("csv", gettext_noop("spreadsheet (CSV)")),
        )),
        LENGTH,
        SEED,
    ),
    cost=TOKENS,
    check=_check,
    preview="none",
)  # fmt: skip
