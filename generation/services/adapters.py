"""The adapters a person asked for: read from what was typed, and pinned by their fingerprints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footage.problems import gettext_noop
from generation.domain.tools import InputProblem
from generation.models import Adapter, Engine
from generation.queries.engines import adapters_over

LOW, HIGH = -2.0, 2.0
MOST = 4
NOT_OVER = gettext_noop(
    "The look “%(adapter)s” isn’t one of this engine’s. Choose another look, or the engine it was made for."
)
BAD_WEIGHT = gettext_noop("The strength of a look lies from %(low)g to %(high)g.")
TOO_MANY = gettext_noop("At most %(most)d looks can be put over each other.")


def asked_adapters(inputs: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return (slug, weight as typed or None) of what was asked for.

    A form sends one as `adapter` (“engine/slug”) and `adapter_weight`; programs and earlier requests send `adapters`, a list
    of {"slug", "weight"}.
    """
    if inputs.get("adapter"):
        return [(str(inputs["adapter"]).rpartition("/")[2], inputs.get("adapter_weight"))]
    asked = inputs.get("adapters")
    listed = asked if isinstance(asked, list | tuple) else ()
    return [(str(each.get("slug", "")), each.get("weight")) for each in listed if isinstance(each, Mapping)]


def pinned_adapters(
    engine: Engine, inputs: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[str], list[InputProblem]]:
    """Return the adapters as the request keeps them, the words that call them, and what is wrong with them."""
    asked = asked_adapters(inputs)
    if not asked:
        return [], [], []
    if len(asked) > MOST:
        return [], [], [InputProblem("adapter", TOO_MANY, {"most": MOST})]
    there = {adapter.slug: adapter for adapter in adapters_over([engine])}
    problems = [
        problem
        for slug, weight in asked
        for problem in _problems(slug, weight, there.get(slug), inputs, engine)
    ]
    if problems:
        return [], [], problems
    chosen = [
        (there[slug], there[slug].weight if weight in (None, "") else float(weight)) for slug, weight in asked
    ]
    pinned = [
        {"slug": adapter.slug, "weight": weight, "sha256": adapter.sha256, "licence": adapter.licence}
        for adapter, weight in chosen
    ]
    return pinned, [adapter.trigger for adapter, _weight in chosen if adapter.trigger], []


def with_words(prompt: str, triggers: list[str]) -> str:
    """Return the prompt with the words that call its adapters, each once."""
    missing = [words for words in triggers if words.lower() not in prompt.lower()]
    return ", ".join(part for part in (prompt, *missing) if part)


def _problems(
    slug: str, weight: Any, found: Adapter | None, inputs: Mapping[str, Any], engine: Engine
) -> list[InputProblem]:
    named = str(inputs.get("adapter") or "").rpartition("/")[0]
    if found is None or (named and named != engine.slug):
        return [InputProblem("adapter", NOT_OVER, {"adapter": slug[:40]})]
    try:
        is_fine = weight in (None, "") or LOW <= float(weight) <= HIGH
    except (TypeError, ValueError):
        is_fine = False
    return [] if is_fine else [InputProblem("adapter_weight", BAD_WEIGHT, {"low": LOW, "high": HIGH})]
