"""The rule-based reader of scripts: breakdown to a shot list, and dialogue polish by word lists. No language model."""

from __future__ import annotations

from pathlib import Path

from generation.backends import scripts
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if
from generation.domain.breakdown import break_down
from generation.domain.dialogue import polish
from generation.domain.screenplay import read_screenplay


class ScriptReader:
    """The reader behind the interface of engines. It takes hundredths of a second, so a cancel is seen before it."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        script = str(request.inputs["script"])
        if request.tool == scripts.POLISH:
            path, facts = scripts.polish_file(polish(script, lists=scripts.lists_of(request.inputs)), folder)
        else:
            play = read_screenplay(script)
            path, facts = scripts.shot_list_file(break_down(play), request, folder, language=play.language)
        progress(1, 1)
        machine = {"device": "cpu", "pipeline": "script-reader", "language_model": "none", "versions": {}}
        return Produced(path, "text", machine | facts, source_type="algorithmicMedia")
