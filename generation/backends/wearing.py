"""LoRA adapters over shared networks: read once, then put on and taken off between forwards.

A network wears one set of adapters at a time. Jobs at a hub want different ones, so the hub dresses the network right
before each forward; dressing it in what it wears already costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from safetensors import SafetensorError

from footage.problems import Problem, gettext_noop
from generation.backends.base import AdapterSpec

Worn = tuple[tuple[str, float], ...]


def worn_of(adapters: Sequence[AdapterSpec]) -> Worn:
    """Return what tells sets of adapters apart: name and weight of each, in their order."""
    return tuple((name_of(adapter), adapter.weight) for adapter in adapters)


def name_of(adapter: AdapterSpec) -> str:
    """Return the name an adapter has inside a network: two files are never taken for each other."""
    return f"{adapter.slug}_{adapter.sha256[:12]}".replace(".", "_").replace("-", "_")


def read_adapters(pipeline: Any, adapters: Sequence[AdapterSpec]) -> None:
    """Read those into the pipeline's networks that are not there yet; nothing wears them by that.

    Raises:
        Problem: A file doesn't fit the engine or can't be read.
    """
    there = _names_in(pipeline)
    for adapter in adapters:
        if name_of(adapter) not in there:
            _read(pipeline, adapter)


def wear(module: Any, worn: Worn) -> None:
    """Dress a network in exactly these adapters, as far as it has them."""
    if not getattr(module, "peft_config", None) or getattr(module, "_dailies_worn", None) == worn:
        return
    weights = {name: weight for name, weight in worn if name in module.peft_config and weight}
    if weights:
        _put_on(module, weights)
    else:
        _take_off(module)
    module._dailies_worn = worn


def _read(pipeline: Any, adapter: AdapterSpec) -> None:
    try:
        pipeline.load_lora_weights(
            str(adapter.path.parent), weight_name=adapter.path.name, adapter_name=name_of(adapter),
            local_files_only=True, use_safetensors=True,
        )  # fmt: skip
    except (OSError, ValueError, KeyError, RuntimeError, AttributeError, TypeError, SafetensorError) as fault:
        raise Problem(
            gettext_noop(
                "The look %(adapter)s can’t be put over this engine: %(reason)s. Choose another one, or tell your "
                "instructor."
            ),
            adapter=adapter.slug,
            reason=str(fault)[:200],
        ) from fault
    for module in _dressed(pipeline):
        module._dailies_worn = None


def _names_in(pipeline: Any) -> set[str]:
    return {name for module in _dressed(pipeline) for name in module.peft_config}


def _dressed(pipeline: Any) -> list[Any]:
    return [part for part in pipeline.components.values() if getattr(part, "peft_config", None)]


def _put_on(module: Any, weights: dict[str, float]) -> None:
    from diffusers.loaders.lora_base import enable_lora_for_text_encoder, set_adapters_for_text_encoder

    if hasattr(module, "enable_lora"):  # a network of diffusers
        module.enable_lora()
        module.set_adapters(list(weights), list(weights.values()))
    else:
        enable_lora_for_text_encoder(module)
        set_adapters_for_text_encoder(list(weights), module, list(weights.values()))


def _take_off(module: Any) -> None:
    from diffusers.loaders.lora_base import disable_lora_for_text_encoder

    if hasattr(module, "disable_lora"):
        module.disable_lora()
    else:
        disable_lora_for_text_encoder(module)
