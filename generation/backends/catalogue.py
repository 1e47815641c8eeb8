"""The models a school could add, from fixtures/engine_catalogue.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from ui.languages import Bilingual


@dataclass(frozen=True)
class Entry:
    """One model as its card describes it.

    Attributes:
        repository: As owner/name; empty where the exact name wasn't verified.
        class_name: The class its makers saved it as.
        pipeline: A key of backends.loading; empty where nothing here loads it yet.
        memory_gb: Of all weights; 0 where it wasn't verified.
        is_verified: The model's own card names the licence; otherwise the facts come from others.
        conditions: As Engine.conditions.
    """

    slug: str
    title_en: str
    title_zh: str
    summary_en: str
    summary_zh: str
    repository: str
    class_name: str
    pipeline: str
    memory_gb: float
    licence: str
    is_verified: bool
    conditions: Mapping[str, Any]
    tools: tuple[str, ...]
    options: Mapping[str, Any]
    title = Bilingual()
    summary = Bilingual()


@cache
def catalogue() -> tuple[Entry, ...]:
    path = Path(settings.BASE_DIR) / "fixtures" / "engine_catalogue.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(Entry(**{**row, "tools": tuple(row["tools"])}) for row in rows)


def entry_for(*, repository: str, class_name: str) -> Entry | None:
    """Return the entry of this repository (owner/name, perhaps with @commit), or else the only one of this class.

    Two models of one class may have opposite licences, so a class alone decides nothing when it stands for several.
    """
    wanted = repository.partition("@")[0]
    named = [entry for entry in catalogue() if wanted and entry.repository == wanted]
    alike = [entry for entry in catalogue() if entry.class_name == class_name]
    found = named or (alike if len(alike) == 1 else [])
    return found[0] if found else None
