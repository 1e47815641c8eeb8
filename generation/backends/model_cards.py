"""The licence that a model card names at its head: README.md begins with YAML that holds `license`.

Only licences whose conditions are beyond doubt are taken from there; of all others a person has to say what they ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MOST_BYTES = 256 * 1024
NO_COMMERCE: Mapping[str, Any] = {"non_commercial": True}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by its usual name, with conditions as in Engine.conditions."""

    name: str
    conditions: Mapping[str, Any]


KNOWN: Mapping[str, Licence] = {
    "apache-2.0": Licence("Apache-2.0", {}),
    "mit": Licence("MIT", {}),
    "bsd-3-clause": Licence("BSD-3-Clause", {}),
    "cc0-1.0": Licence("CC0-1.0", {}),
    "cc-by-4.0": Licence("CC-BY-4.0", {}),
    "cc-by-nc-4.0": Licence("CC-BY-NC-4.0", NO_COMMERCE),
    "cc-by-nc-sa-4.0": Licence("CC-BY-NC-SA-4.0", NO_COMMERCE),
    "creativeml-openrail-m": Licence("CreativeML Open RAIL-M", {}),
    "openrail++": Licence("CreativeML Open RAIL++-M", {}),
}


def licence_in(folder: Path) -> Licence | None:
    """Return the licence that the folder's card names; None where there is no card, no head or no known licence."""
    card = folder / "README.md"
    if not card.is_file() or card.stat().st_size > MOST_BYTES:
        return None
    _before, mark, rest = card.read_text(encoding="utf-8", errors="replace").partition("---\n")
    head, end, _words = rest.partition("\n---")
    if _before.strip() or not (mark and end):
        return None
    try:
        facts = yaml.safe_load(head)
    except yaml.YAMLError:
        return None
    return KNOWN.get(str(facts.get("license", "")).lower()) if isinstance(facts, dict) else None
