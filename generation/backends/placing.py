"""A freshly loaded pipeline put onto its device as its engine's options say, with gates in front of its denoiser.

Options: `dtype` (see devices.dtype_of), `offload` ("model": one network on the device at a time; "group": layer by layer,
for networks larger than the device), `compile` (the repeated blocks of the denoiser, once for all sizes). On a CPU only
the plain way makes sense, so offload and compile do nothing there.
"""

from __future__ import annotations

from typing import Any

from generation.backends import devices, gate
from generation.backends.base import EngineSpec


def placed(pipeline: Any, spec: EngineSpec) -> Any:
    """Return the pipeline, on its device and gated."""
    pipeline.set_progress_bar_config(disable=True)
    if devices.device_name() != "cuda":
        return gate.gated(pipeline.to("cpu"))
    _move(pipeline, str(spec.options.get("offload") or ""))
    if spec.options.get("compile"):
        _compile(pipeline)
    return gate.gated(pipeline)


def _move(pipeline: Any, offload: str) -> None:
    import torch

    if offload == "model":
        pipeline.enable_model_cpu_offload()
    elif offload == "group":
        pipeline.enable_group_offload(
            onload_device=torch.device("cuda"), offload_type="leaf_level", use_stream=True
        )
    else:
        pipeline.to("cuda")


def _compile(pipeline: Any) -> None:
    """Compile the blocks inside the denoisers; the gate stays outside of what is compiled."""
    for name in gate.DENOISERS:
        module: Any = getattr(pipeline, name, None)
        if getattr(module, "_repeated_blocks", None):
            module.compile_repeated_blocks(fullgraph=True, dynamic=True)
