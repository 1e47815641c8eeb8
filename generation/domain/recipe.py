"""The recipe of an output: everything needed to re-make it, in one canonical form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ledger.canonical import canonical_json

FORM = "dailies-recipe/1"
PUT_TOGETHER = frozenset(
    {"composite", "compositeSynthetic", "compositeWithTrainedAlgorithmicMedia", "algorithmicallyEnhanced"}
)
"""Codes of IPTC's digital source type vocabulary."""
NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


def make_recipe(
    *,
    tool: str,
    request: Mapping[str, Any],
    engine: Mapping[str, Any],
    source_sha256: str | None,
    media_sha256: Mapping[str, Sequence[str]] = NOTHING,
    machine: Mapping[str, Any],
) -> dict[str, Any]:
    """Put together a recipe.

    Args:
        request: Validated inputs: words, seed, steps, size.
        engine: Slug, pipeline, revision (hash of the weights) and options of the engine.
        source_sha256: Fingerprint of the picture it began with, as 64 hex digits.
        media_sha256: Fingerprints of the further media it used, by their use; left out when there were none.
        machine: What the backend says of itself: device, dtype, versions, batch size.
    """
    return {
        "form": FORM,
        "tool": tool,
        "request": dict(request),
        "engine": dict(engine),
        "source_sha256": source_sha256,
        "machine": dict(machine),
        **(
            {"media_sha256": {use: list(found) for use, found in media_sha256.items()}}
            if media_sha256
            else {}
        ),
    }


def recipe_hash(recipe: Mapping[str, Any]) -> str:
    """Return SHA-256 over the canonical JSON of the recipe, as 64 hex digits."""
    return hashlib.sha256(canonical_json(dict(recipe))).hexdigest()


def is_looked_through(recipe: Mapping[str, Any]) -> bool:
    """Whether a program put the output together from its ingredients and added nothing: a composite, more frames.

    A trace then looks for the ingredients, each with the origin of its own, and not for the whole: a rush keyed over a
    rush is nobody's generation, and of a generated plate only the part that is seen counts.
    """
    return dict(recipe.get("machine") or {}).get("source_type") in PUT_TOGETHER
