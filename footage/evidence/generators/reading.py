"""One finding per generator that left a record of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from footage.evidence.findings import Finding, Grade, Note, names
from footage.evidence.generators.comfy import read_comfy
from footage.evidence.generators.dialects import read_dialects
from footage.evidence.generators.model import Recipe
from footage.evidence.generators.signs import read_signs
from footage.evidence.generators.webui import read_webui
from footage.labels.model import Carried
from footage.problems import gettext_noop

_MADE = gettext_noop("%(software)s left its settings: it generated this.")
_MADE_BY = gettext_noop("%(software)s left its settings: it generated this with %(models)s.")
_MIXED = gettext_noop("%(software)s left its settings: it generated part of this over a given picture.")
_NOTHING = gettext_noop("%(software)s left its node graph, but no node in it generates anything.")
_FED = gettext_noop("What went in: %(inputs)s.")


def generator_findings(texts: Sequence[Carried]) -> Iterator[Finding]:
    """What generators wrote, the fuller record first where one program left two."""
    seen: set[str] = set()
    for recipe in _recipes(texts):
        if recipe.software not in seen:
            seen.add(recipe.software)
            grade: Grade = 0 if recipe.says == "unknown" else 1
            yield Finding("generator", grade, recipe.says, None, recipe.to_json(), tuple(_notes(recipe)))


def _recipes(texts: Sequence[Carried]) -> Iterator[Recipe]:
    comfy, webui = read_comfy(texts), read_webui(texts)
    yield from (recipe for recipe in (comfy, webui) if recipe)
    yield from read_dialects(texts)
    yield from read_signs(texts)


def _notes(recipe: Recipe) -> Iterator[Note]:
    values = {"software": recipe.software}
    if recipe.says == "unknown":
        yield Note(_NOTHING, values)
    elif recipe.says == "mixed":
        yield Note(_MIXED, values)
    elif recipe.models:
        yield Note(_MADE_BY, values | {"models": names(recipe.models)})
    else:
        yield Note(_MADE, values)
    if recipe.inputs:
        yield Note(_FED, {"inputs": names(recipe.inputs)})
