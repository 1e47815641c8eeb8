"""ComfyUI: the executed graph ("prompt") and the editor's ("workflow"), as JSON in many carriers.

PNG text, Exif Make and Model of animated WebP ("workflow:…", "prompt:…"), `comf` chunks of animated PNG,
metadata of MP4, MKV and WebM (keys prompt and workflow, or both inside the comment), Exif UserComment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from footage.evidence.findings import Says
from footage.evidence.generators.model import Recipe, distinct, json_object, seeds_of
from footage.labels.model import Carried

MOST_NODES = 20_000
_MODEL_FILE = re.compile(r"\.(?:safetensors|ckpt|pt|pth|bin|gguf|sft|onnx)$", re.IGNORECASE)
_MODEL_INPUT = re.compile(r"(?:ckpt|unet|model|diffusion_model|gguf)_name\d*|base_ckpt|checkpoint|model")
_MODEL_NODE = re.compile(r"checkpoint|unet|diffusion", re.IGNORECASE)
_PART_NODE = re.compile(r"upscale|clip|vae|lora|control|hypernet|style|gligen|ipadapter|text", re.IGNORECASE)
_SEED_INPUTS = frozenset({"seed", "noise_seed"})
_DRAWS = re.compile(
    r"sampler(?!.*select)|texttovideo|texttoimage|imagetovideo|dalle|gptimage|generat", re.IGNORECASE
)
_LOADS = re.compile(r"load_?(?:image|video|audio)|vhs_load|image ?load", re.IGNORECASE)
_KEEPS_PART = re.compile(
    r"inpaint|setlatentnoisemask|compositemasked|differentialdiffusion|outpaint", re.IGNORECASE
)
_TEXT_NODE = re.compile(r"text|prompt|string", re.IGNORECASE)
_TEXT_INPUT = re.compile(r"text(?:_[gl])?|prompt|positive|negative|clip_l|t5xxl|string|value")
_PREFIX = re.compile(r"\s*(prompt|workflow)\s*:?\s*(?=\{)", re.IGNORECASE)


def read_comfy(texts: Iterable[Carried]) -> Recipe | None:
    """The recipe by the executed graph, or by the editor's where that alone was kept."""
    executed: Recipe | None = None
    drawn: Recipe | None = None
    for graph in _graphs(texts):
        if _is_executed(graph):
            executed = executed or _recipe(_executed_nodes(graph))
        elif isinstance(graph.get("nodes"), list):
            drawn = drawn or _recipe(_drawn_nodes(graph["nodes"]))
    return executed or drawn


def _graphs(texts: Iterable[Carried]) -> Iterator[Mapping[str, Any]]:
    for text in texts:
        prefix = _PREFIX.match(text.text[:200])
        data = json_object(text.text[prefix.end() :] if prefix else text.text)
        if data is None:
            continue
        yield data
        # Savers of films put both graphs into one comment, each as JSON or as text of JSON.
        for key in ("prompt", "workflow"):
            inner = data.get(key)
            inner = json_object(inner) if isinstance(inner, str) else inner
            if isinstance(inner, Mapping):
                yield inner


@dataclass(frozen=True, slots=True)
class _Node:
    """A node as kind and named inputs; links to other nodes are lists."""

    kind: str
    inputs: Mapping[str, Any]


def _is_executed(graph: Mapping[str, Any]) -> bool:
    nodes = [node for node in islice(graph.values(), MOST_NODES) if isinstance(node, Mapping)]
    return any(isinstance(node.get("class_type"), str) and "inputs" in node for node in nodes)


def _executed_nodes(graph: Mapping[str, Any]) -> list[_Node]:
    return [
        _Node(node["class_type"], node["inputs"] if isinstance(node.get("inputs"), Mapping) else {})
        for node in islice(graph.values(), MOST_NODES)
        if isinstance(node, Mapping) and isinstance(node.get("class_type"), str)
    ]


def _drawn_nodes(nodes: list[Any]) -> list[_Node]:
    """The editor keeps only values in order; names of the known kinds are put back."""
    return [
        _Node(node["type"], dict(_named(node["type"], node.get("widgets_values"))))
        for node in nodes[:MOST_NODES]
        if isinstance(node, Mapping) and isinstance(node.get("type"), str) and node.get("mode", 0) in (0, 1)
    ]


def _named(kind: str, values: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(values, Mapping):
        yield from values.items()
        return
    for number, value in enumerate(values[:50] if isinstance(values, list) else []):
        if isinstance(value, str) and _MODEL_FILE.search(value):
            yield f"model_name{number}", value
        elif number == 0 and isinstance(value, int) and _DRAWS.search(kind):
            yield "seed", value
        elif number == 0 and isinstance(value, str):
            yield "text" if _TEXT_NODE.search(kind) else "image", value


def _recipe(nodes: list[_Node]) -> Recipe:
    kinds = [node.kind for node in nodes]
    return Recipe(
        software="ComfyUI",
        models=distinct(name for node in nodes for name in _names(node, drawing=True)),
        parts=distinct(name for node in nodes for name in _names(node, drawing=False)),
        seeds=seeds_of(value for node in nodes for key, value in node.inputs.items() if key in _SEED_INPUTS),
        prompts=len({text for node in nodes for text in _prompts(node)}),
        inputs=distinct(name for node in nodes for name in _loaded(node)),
        says=_says(kinds),
    )


def _says(kinds: list[str]) -> Says:
    if not any(_DRAWS.search(kind) for kind in kinds):
        return "unknown"
    keeps = any(_KEEPS_PART.search(kind) for kind in kinds) and any(_LOADS.search(kind) for kind in kinds)
    return "mixed" if keeps else "ai"


def _names(node: _Node, *, drawing: bool) -> Iterator[str]:
    for key, value in node.inputs.items():
        if not isinstance(value, str) or not _MODEL_FILE.search(value):
            continue
        draws = bool(_MODEL_INPUT.fullmatch(key)) and (
            bool(_MODEL_NODE.search(node.kind)) or not _PART_NODE.search(node.kind)
        )
        if draws == drawing:
            yield value


def _prompts(node: _Node) -> Iterator[str]:
    if _TEXT_NODE.search(node.kind):
        for key, value in node.inputs.items():
            if isinstance(value, str) and value.strip() and _TEXT_INPUT.fullmatch(key):
                yield value


def _loaded(node: _Node) -> Iterator[str]:
    if _LOADS.search(node.kind):
        yield from (value for key, value in node.inputs.items() if isinstance(value, str) and key in _FILES)


_FILES = frozenset({"image", "video", "audio", "file", "path"})
