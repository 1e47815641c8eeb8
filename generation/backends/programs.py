"""Programs that are part of Dailies: what each is made of, and the fingerprint of that."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from generation.backends import (
    chroma_key,
    composer,
    effects,
    films,
    interpolation,
    keying,
    script_reader,
    scripts,
)
from generation.domain import breakdown, composing, dialects, dialogue, screenplay
from generation.domain.breakdown import chinese as chinese_shots
from generation.domain.breakdown import english as english_shots
from generation.domain.breakdown import table
from generation.domain.composing import moods
from generation.domain.dialects import chinese as chinese_words
from generation.domain.dialects import english as english_words
from generation.domain.dialogue import report
from generation.domain.screenplay import chinese as chinese_layout
from generation.domain.screenplay import english as english_layout

SOURCES: Mapping[str, tuple[ModuleType, ...]] = MappingProxyType(
    {
        "script-reader": (
            script_reader, scripts, screenplay, chinese_layout, english_layout, breakdown, chinese_shots,
            english_shots, table, dialogue, report, dialects, chinese_words, english_words,
        ),
        "optical-flow": (interpolation, films),
        "chroma-key": (chroma_key, keying, films),
        "composer": (composer, composing, moods),
        "effects": (effects,),
    }
)  # fmt: skip
"""Modules by pipeline."""


def check_program() -> None:
    """Nothing to look for: the program is part of Dailies."""


def revision(pipeline: str) -> str:
    """Return SHA-256 over the program's sources, as 64 hex digits: the same revision makes the same output."""
    digest = hashlib.sha256()
    for module in SOURCES[pipeline]:
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()
