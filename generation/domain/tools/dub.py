"""Lines spoken to a timing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from footage.problems import gettext_noop
from generation.domain.cues import read_cues
from generation.domain.tools.inputs import SEED
from generation.domain.tools.model import Cost, Input, InputProblem, Tool
from generation.domain.tools.voice import LANGUAGE, LEXICON, PACE, PITCH, SPEAKER


def _check(request: Mapping[str, Any]) -> Iterable[InputProblem]:
    _cues, problem = read_cues(request["lines"])
    return [InputProblem("lines", problem.template, problem.params)] if problem else []


TOOL = Tool(
    slug="dub",
    title=gettext_noop("Dub to a timing"),
    summary=gettext_noop("A list of lines, each spoken into its slot: for re-voicing, narration and lip timing."),
    icon="audio-lines",
    module="audio",
    makes="sound",
    inputs=(
        Input("lines", gettext_noop("Lines with their times"), "lines", high=12_000, is_required=True,
              help=gettext_noop("One per line: 0:01.2 - 0:03.5 [woman] The line. Subtitles (SRT) can be pasted as they are.")),
        Input("fills", gettext_noop("Short lines"), "choice", default="keep", options=(
            ("keep", gettext_noop("leave silence")),
            ("slot", gettext_noop("fill the slot")),
        )),
        LANGUAGE,
        SPEAKER,
        PACE,
        PITCH,
        LEXICON,
        SEED,
    ),
    cost=Cost((), letters_of="lines"),
    check=_check,
    preview="none",
)  # fmt: skip
