"""Text drafts by templates and dice: what a laptop without a language model can honestly offer.

No trained model writes here, so the digital source type is IPTC's `algorithmicMedia`. The label of GB 45438 stands at
the head all the same: the text was made by a program, and a reader should not have to guess which kind.
"""

from __future__ import annotations

import hashlib
import inspect
from pathlib import Path

from generation.backends import writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if
from generation.domain import premise, scene_writer
from generation.domain.premise import chinese as premise_chinese
from generation.domain.premise import english as premise_english
from generation.domain.scene_words import chinese, english

SOURCES = (scene_writer, premise, premise_chinese, premise_english, chinese, english)


def check_program() -> None:
    """Nothing to look for: the writer is part of Dailies."""


def writer_revision() -> str:
    """Return SHA-256 over the writer's sources, as 64 hex digits: the same revision writes the same drafts."""
    digest = hashlib.sha256()
    for module in SOURCES:
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()


class TemplateWriter:
    """The scene-template writer behind the interface of engines."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        length = int(request.inputs["length"])
        words = scene_writer.draft(
            task=str(request.inputs.get("task") or "scene"), premise=str(request.inputs["premise"]),
            seed=int(request.inputs["seed"]), length=length,
        )  # fmt: skip
        progress(length, length)
        facts = {"device": "cpu", "pipeline": "scene-writer", "language_model": "none", "versions": {}}
        path = writing.write_text(words, folder)
        return Produced(path, "text", facts, source_type="algorithmicMedia")
