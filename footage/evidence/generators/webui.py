"""Stable Diffusion web interfaces: one text of prompt, negative prompt and "Steps: 20, Sampler: …".

A1111, Forge, SD.Next and Fooocus's second scheme write it into PNG `parameters`, Exif UserComment of JPEG and
WebP, or a film's comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from footage.evidence.findings import Says
from footage.evidence.generators.model import Recipe, distinct, seeds_of
from footage.labels.model import Carried

_LAST_LINES = 20_000
_SETTINGS = re.compile(r"^(?:\s*)Steps: \d{1,6}, .*", re.MULTILINE)
_PAIR = re.compile(r'([A-Za-z][\w \-/]{0,60}): ("(?:\\.|[^"\\]){0,5000}"|[^,]{0,500})(?:,|$)')


def read_webui(texts: Iterable[Carried]) -> Recipe | None:
    for text in texts:
        found = _SETTINGS.search(text.text[-_LAST_LINES:])
        if found and text.carrier != "XMP":
            recipe = _recipe(_pairs(found.group()), text.text)
            if recipe:
                return recipe
    return None


def _pairs(line: str) -> Mapping[str, str]:
    return {match.group(1).strip(): match.group(2).strip(' "') for match in _PAIR.finditer(line)}


def _recipe(pairs: Mapping[str, str], text: str) -> Recipe | None:
    if not pairs.keys() & {"Sampler", "Seed", "Model", "CFG scale"}:
        return None
    version = pairs.get("Version")
    return Recipe(
        software=_software(pairs, version),
        version=version,
        models=distinct([pairs.get("Model") or pairs.get("Base Model")]),
        parts=distinct(name for key, name in pairs.items() if _is_part(key)),
        seeds=seeds_of([pairs.get("Seed")]),
        prompts=1 + ("\nNegative prompt: " in text),
        says=_says(pairs),
    )


def _is_part(key: str) -> bool:
    return key in {"VAE", "Refiner", "Hires upscaler"} or key.startswith("LoRA")


def _software(pairs: Mapping[str, str], version: str | None) -> str:
    if "SD.Next" in pairs.get("App", ""):
        return "SD.Next"
    if version and version.startswith("Fooocus"):
        return "Fooocus"
    return "Forge" if version and re.match(r"f\d|neo|classic", version) else "AUTOMATIC1111"


def _says(pairs: Mapping[str, str]) -> Says:
    return "mixed" if any(key.startswith(("Mask blur", "Inpaint", "Masked")) for key in pairs) else "ai"
