"""What a generator's metadata tells, whatever its dialect."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from footage.evidence.findings import Says

MOST_LISTED = 50
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Recipe:
    """One generator's record of how it made a file.

    Attributes:
        software: Name of the program, such as "ComfyUI".
        models: File or model names of the networks that draw, in the order of their appearance.
        parts: Names of what steers or decodes: LoRA, ControlNet, VAE, text encoders, upscalers.
        prompts: How many different texts steered it; the texts themselves are not kept.
        inputs: Names of pictures or films that went in.
        says: "mixed" where part of a given picture was kept, "unknown" where nothing was generated.
    """

    software: str
    version: str | None = None
    models: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    prompts: int = 0
    inputs: tuple[str, ...] = ()
    says: Says = "ai"

    def to_json(self) -> dict[str, Any]:
        return {
            "software": self.software,
            "version": self.version,
            "models": list(self.models),
            "parts": list(self.parts),
            "seeds": list(self.seeds),
            "prompts": self.prompts,
            "inputs": list(self.inputs),
        }


def distinct(values: Iterable[object]) -> tuple[str, ...]:
    """The first of each, as short text."""
    found = dict.fromkeys(str(value).strip()[:LONGEST_NAME] for value in values if value not in (None, ""))
    return tuple(found)[:MOST_LISTED]


def seeds_of(values: Iterable[object]) -> tuple[int, ...]:
    """Whole numbers among the values, once each; seeds of 64 bits and a sign at most."""
    found = dict.fromkeys(seed for value in values if (seed := _seed(value)) is not None)
    return tuple(found)[:MOST_LISTED]


def _seed(value: object) -> int | None:
    text = str(value).strip()
    if isinstance(value, bool) or len(text) > 21 or not text.lstrip("-").isdecimal():
        return None
    try:
        return int(text)
    except ValueError:
        return None


def json_object(text: str) -> Mapping[str, Any] | None:
    """The JSON object that the text is, or None."""
    start = text.lstrip()[:1]
    if start != "{":
        return None
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
