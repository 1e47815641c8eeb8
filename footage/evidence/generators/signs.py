"""Generators known only by a name that they leave: creator tool, credit line, stream signature."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from footage.evidence.findings import Says
from footage.evidence.generators.model import Recipe, distinct, json_object, seeds_of
from footage.labels.aigc import Damaged
from footage.labels.model import Carried
from footage.labels.xmp import xmp_values

_TOOL, _CREDIT = "{http://ns.adobe.com/xap/1.0/}CreatorTool", "{http://ns.adobe.com/photoshop/1.0/}Credit"
_COMMENT = "{http://ns.adobe.com/exif/1.0/}UserComment"
_TELLING_KEYS = frozenset({"software", "processingsoftware", "credit", "encoder", "encoded_by", ""})
# Whole names only: a film *about* Midjourney is none by it.
_SIGNS: tuple[tuple[str, str, Says], ...] = (
    (r"made with google ai", "Google AI", "ai"),
    (r"edited with google ai", "Google AI", "mixed"),
    (r"adobe[ _]firefly.{0,40}", "Adobe Firefly", "ai"),
    (r"kling-?ai|kling", "Kling", "ai"),
    (r"midjourney.{0,20}", "Midjourney", "ai"),
    (r"(?:made|generated|created) (?:with|by|in) stable diffusion.{0,40}", "Stable Diffusion", "ai"),
    (r"draw things.{0,20}", "Draw Things", "ai"),
    (r"(?:openai )?dall.?e.{0,10}", "DALL·E", "ai"),
)


def read_signs(texts: Iterable[Carried]) -> Iterator[Recipe]:
    found: dict[str, Recipe] = {}
    for text in texts:
        for value in _telling(text):
            recipe = _recognised(value)
            if recipe:
                found.setdefault(recipe.software, recipe)
        if text.carrier == "XMP" and (recipe := _draw_things(text)):
            found[recipe.software] = recipe
    yield from found.values()


def _telling(text: Carried) -> Iterable[str]:
    if text.carrier == "XMP":
        values = _values(text)
        return [value for name in (_TOOL, _CREDIT) for value in values.get(name, ())]
    return [text.text] if text.key.lower() in _TELLING_KEYS and len(text.text) < 200 else []


def _values(text: Carried) -> Mapping[str, tuple[str, ...]]:
    try:
        return xmp_values(text.text)
    except Damaged:
        return {}


def _recognised(value: str) -> Recipe | None:
    for pattern, software, says in _SIGNS:
        if re.fullmatch(rf"\s*(?:{pattern})\W*", value, re.IGNORECASE):
            return Recipe(software, says=says)
    return None


def _draw_things(text: Carried) -> Recipe | None:
    values = _values(text)
    data = json_object((values.get(_COMMENT) or ("",))[0])
    if not data or "Draw Things" not in values.get(_TOOL, ()):
        return None
    return Recipe(
        "Draw Things", models=distinct([data.get("model")]), seeds=seeds_of([data.get("seed")]), prompts=1
    )
