"""Generators that write their parameters as JSON of their own: InvokeAI, Fooocus, SwarmUI, NovelAI and others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from footage.evidence.findings import Says
from footage.evidence.generators.model import Recipe, distinct, json_object, seeds_of
from footage.labels.model import Carried

_DREAM_SEED = re.compile(r"-S\s?(\d{1,20})")


def _keyed(texts: Iterable[Carried]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        if text.carrier != "XMP" and "stream" not in text.carrier:
            found.setdefault(text.key.lower(), text.text)
    return found


def _model_name(model: object) -> object:
    """A model given as a name or as an object that has one."""
    if not isinstance(model, Mapping):
        return model if isinstance(model, str) else None
    return next((model[key] for key in ("model_name", "name", "key") if model.get(key)), None)


def _count(data: Mapping[str, Any], *keys: str) -> int:
    return len({str(data[key]) for key in keys if data.get(key)})


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _invoke(keys: Mapping[str, str]) -> Recipe | None:
    data = json_object(keys.get("invokeai_metadata", ""))
    if data is None:
        return _old_invoke(keys)
    mode = str(data.get("generation_mode"))
    parts = [_model_name(data.get("vae"))]
    for entry in [*_list(data.get("loras")), *_list(data.get("controlnets"))]:
        if isinstance(entry, Mapping):
            parts += [_model_name(value) for value in entry.values() if isinstance(value, Mapping)]
    says: Says = "mixed" if "inpaint" in mode or "outpaint" in mode else "ai"
    return Recipe(
        software="InvokeAI",
        version=_version(data, "app_version"),
        models=distinct([_model_name(data.get("model")), _model_name(data.get("refiner_model"))]),
        parts=distinct(parts),
        seeds=seeds_of([data.get("seed")]),
        prompts=_count(data, "positive_prompt", "negative_prompt"),
        says=says,
    )


def _old_invoke(keys: Mapping[str, str]) -> Recipe | None:
    """Before version 3: `sd-metadata`, and `Dream` with a command line."""
    data, dream = json_object(keys.get("sd-metadata", "")), keys.get("dream")
    if data is None and not dream:
        return None
    image = (data or {}).get("image")
    seed = image.get("seed") if isinstance(image, Mapping) else None
    if seed is None and dream and (found := _DREAM_SEED.search(dream[:5000])):
        seed = found.group(1)
    version = _version(data or {}, "app_version")
    models = distinct([(data or {}).get("model_weights")])
    return Recipe("InvokeAI", version, models, seeds=seeds_of([seed]), prompts=1)


def _version(data: Mapping[str, Any], key: str) -> str | None:
    return str(data[key])[:60] if data.get(key) else None


def _fooocus(keys: Mapping[str, str]) -> Recipe | None:
    data = json_object(keys.get("parameters", "")) or json_object(keys.get("comment", ""))
    if data is None or not ("fooocus_scheme" in keys or "Fooocus" in str(data.get("version"))):
        return None
    return Recipe(
        software="Fooocus",
        version=_version(data, "version"),
        models=distinct([data.get("base_model")]),
        parts=distinct([data.get("refiner_model"), *_list(data.get("loras"))] if data.get("loras") else []),
        seeds=seeds_of([data.get("seed")]),
        prompts=_count(data, "prompt", "negative_prompt"),
    )


def _swarm(keys: Mapping[str, str]) -> Recipe | None:
    for key in ("parameters", "usercomment", "comment"):
        data = json_object(keys.get(key, ""))
        made = data.get("sui_image_params") if data else None
        if isinstance(made, Mapping):
            return Recipe(
                software="SwarmUI",
                version=_version(made, "swarm_version"),
                models=distinct([made.get("model")]),
                seeds=seeds_of([made.get("seed")]),
                prompts=_count(made, "prompt", "negativeprompt"),
                says="mixed" if made.get("maskimage") else "ai",
            )
    return None


def _novel(keys: Mapping[str, str]) -> Recipe | None:
    if keys.get("software") != "NovelAI":
        return None
    data = json_object(keys.get("comment", "")) or {}
    says: Says = "mixed" if "Infill" in str(data.get("request_type")) else "ai"
    return Recipe(
        software="NovelAI",
        models=distinct([keys.get("source")]),
        seeds=seeds_of([data.get("seed")]),
        prompts=_count(data, "prompt", "uc") or int("description" in keys),
        says=says,
    )


def _easy(keys: Mapping[str, str]) -> Recipe | None:
    model = keys.get("use_stable_diffusion_model") or keys.get("stable diffusion model")
    if not model:
        return None
    return Recipe("Easy Diffusion", models=distinct([model]), seeds=seeds_of([keys.get("seed")]), prompts=1)


def _midjourney(keys: Mapping[str, str]) -> Recipe | None:
    described = keys.get("description") or keys.get("imagedescription") or ""
    return (
        Recipe("Midjourney", prompts=1) if re.search(r"Job ID: [0-9a-f-]{36}", described[:20_000]) else None
    )


_DIALECTS: tuple[Callable[[Mapping[str, str]], Recipe | None], ...] = (
    _invoke,
    _fooocus,
    _swarm,
    _novel,
    _easy,
    _midjourney,
)


def read_dialects(texts: Iterable[Carried]) -> Iterable[Recipe]:
    keys = _keyed(texts)
    for read in _DIALECTS:
        recipe = read(keys)
        if recipe:
            yield recipe
