"""Telling what a model folder is: what loads it, which tools it serves, whether a part is missing, how large it is.

A diffusers pipeline says so in model_index.json, a transformers model in config.json. Nothing is loaded for this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footage.problems import Problem, gettext_noop
from generation.backends import folders, weights

TASKS = {
    "text-to-image": "AUTO_TEXT2IMAGE_PIPELINES_MAPPING",
    "image-to-image": "AUTO_IMAGE2IMAGE_PIPELINES_MAPPING",
    "inpaint": "AUTO_INPAINT_PIPELINES_MAPPING",
}
"""Tools of picture engines, and where diffusers lists the classes for them."""
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "text-to-image": ("character-sheet",),
    "image-to-image": ("restore", "colourise"),
    "inpaint": ("remove-object",),
}
"""Tools that are served wherever another one is."""
CONTROL = ("edge-to-image", "depth-to-image", "pose-to-image", "sketch-to-image")
OTHERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "AnimateDiffVideoToVideoPipeline": ("animatediff", ("image-to-video",)),
    "AnimateDiffPipeline": ("animatediff-text", ("text-to-video",)),
    "WanImageToVideoPipeline": ("wan", ("image-to-video",)),
    "WanPipeline": ("wan-text", ("text-to-video",)),
    "StableDiffusionControlNetPipeline": ("controlnet", CONTROL),
    "ControlNetModel": ("controlnet", CONTROL),
    "StableDiffusionUpscalePipeline": ("upscaler", ("upscale",)),
    "VitsModel": ("vits", ("voice", "dub")),
    "StableAudioPipeline": ("music", ("music", "effects")),
    "StableAudio3Pipeline": ("music", ("music", "effects")),
    "AceStepPipeline": ("music", ("music",)),
}
"""Classes with a loader of their own: its key, and their tools."""
NO_INDEX = gettext_noop(
    "%(folder)s has neither model_index.json nor config.json, so nobody can tell what it is. Copy the entire model, not "
    "only its weights."
)
UNKNOWN = gettext_noop(
    "%(folder)s is a %(name)s, which Dailies has no loader for. Take another model, or name a loader with --pipeline."
)
NO_PART = gettext_noop(
    "%(folder)s lacks its part %(part)s. Copy or download the model once more; what is there is kept."
)
ONLY_VARIANT = gettext_noop(
    "%(part)s holds its weights only as the variant “%(variant)s”. Rename them to %(wanted)s."
)
OWN_PROGRAM = gettext_noop(
    "%(folder)s brings a program of its own (%(part)s), and programs from model folders are never run. Take a model that "
    "loads without one."
)
NETWORK = "config.json"
"""What a part with weights has; schedulers, tokenizers and processors call theirs otherwise."""
USUAL = ("model", "diffusion_pytorch_model")
"""Names that weights have where a folder holds several files of them."""
NUMBER_BYTES = {"float32": 4}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a folder is.

    Attributes:
        name: Class that its makers saved it as, such as FluxPipeline.
        pipeline: Key of backends.loading.
        memory_gb: Of all weights in the dtype they are loaded with, in GB of 10⁹ bytes.
    """

    name: str
    pipeline: str
    tools: tuple[str, ...]
    memory_gb: float


def recognise(folder: Path, *, dtype: str = "bfloat16", pipeline: str = "") -> Recognised:
    """Tell what a folder is.

    Args:
        dtype: As in the engine's options.
        pipeline: A key of backends.loading, for a class that isn't known here.

    Raises:
        Problem: It holds pickles, lacks parts, brings a program, was cut off or is of no known kind.
    """
    folders.check_folder(folder)
    index = _json(folder / "model_index.json")
    config = index or _json(folder / "config.json")
    if not config:
        raise Problem(NO_INDEX, folder=folder.name)
    name = _class_name(config, folder)
    files = _files_of_parts(folder, index) if index else _weights_of(folder, folder)
    loader, tools = (pipeline, ()) if pipeline else _loader_of(name, folder)
    size = weights.gigabytes(files, bytes_each=NUMBER_BYTES.get(dtype, 2))
    return Recognised(name, loader, tools, round(size, 3))


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError) as fault:
        raise Problem(
            gettext_noop("%(file)s can’t be read as JSON. Copy or download the model once more."),
            file=path.name,
        ) from fault
    return found if isinstance(found, dict) else {}


def _class_name(config: Mapping[str, Any], folder: Path) -> str:
    name = config.get("_class_name") or next(iter(config.get("architectures") or ()), "")
    if not isinstance(name, str):
        raise Problem(OWN_PROGRAM, folder=folder.name, part=str(name)[:80])
    if config.get("auto_map"):
        raise Problem(OWN_PROGRAM, folder=folder.name, part="auto_map")
    return name


def _loader_of(name: str, folder: Path) -> tuple[str, tuple[str, ...]]:
    if name in OTHERS:
        return OTHERS[name]
    if name.endswith("ForCausalLM"):
        return "causal-lm", ("text-draft", "shot-list", "dialogue-polish")
    tools = _picture_tools(name)
    if not tools:
        raise Problem(UNKNOWN, folder=folder.name, name=name or "?")
    return "stable-diffusion", tools


def _picture_tools(name: str) -> tuple[str, ...]:
    """Return the tools for which diffusers has a class in the family of this one; empty when it draws no pictures."""
    from diffusers.pipelines import auto_pipeline

    families = {
        family for mapping in TASKS.values() for family, kind in getattr(auto_pipeline, mapping).items() if kind.__name__ == name
    }  # fmt: skip
    tools = tuple(tool for tool, mapping in TASKS.items() if families & set(getattr(auto_pipeline, mapping)))
    return (*tools, *(more for tool in tools for more in TOGETHER[tool])) if "text-to-image" in tools else ()


def _files_of_parts(folder: Path, index: Mapping[str, Any]) -> list[Path]:
    """Return the weight files of all parts that the index names."""
    files: list[Path] = []
    for part, kind in index.items():
        if part.startswith("_") or not isinstance(kind, list | tuple) or len(kind) != 2 or None in kind:
            continue  # settings of the pipeline, and parts it does without
        library = str(kind[0])
        if library not in {"diffusers", "transformers"} and not _is_in_diffusers(library):
            raise Problem(OWN_PROGRAM, folder=folder.name, part=f"{part}: {library}")
        if not any((folder / part).glob("*.json")):
            raise Problem(NO_PART, folder=folder.name, part=part)
        if (folder / part / NETWORK).is_file():
            files += _weights_of(folder / part, folder)
    return files


def _is_in_diffusers(library: str) -> bool:
    """Whether a part's library is a module of diffusers.pipelines, as `stable_diffusion` of its safety checker."""
    from diffusers import pipelines

    return hasattr(pipelines, library)


def _weights_of(part: Path, folder: Path) -> list[Path]:
    """Return the weight files that would be loaded: the shards an index names, else the file without a variant."""
    name = str(part.relative_to(folder)) if part != folder else folder.name
    for index in sorted(part.glob("*.safetensors.index.json")):
        if index.name.count(".") == 3:
            shards = sorted(set(_json(index).get("weight_map", {}).values()))
            for shard in shards:
                if not (part / shard).is_file():
                    raise Problem(NO_PART, folder=folder.name, part=f"{name}/{shard}")
            return [part / shard for shard in shards]
    plain = [path for path in sorted(part.glob("*.safetensors")) if path.name.count(".") == 1]
    if plain:
        return [min(plain, key=lambda path: path.stem not in USUAL)]
    variants = sorted(part.glob("*.safetensors"))
    if variants:
        stem, variant, *_rest = variants[0].name.split(".")
        raise Problem(ONLY_VARIANT, part=name, variant=variant, wanted=f"{stem}.safetensors")
    raise Problem(NO_PART, folder=folder.name, part=f"{name}/*.safetensors")
