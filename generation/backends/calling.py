"""One request, many pipeline classes: each is given what its call takes, under the name it gives it."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any


def taken(
    pipeline: Any, call: Mapping[str, Any], *, steps: int, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return of a call what the pipeline's class takes.

    Younger classes do without a negative prompt (Flux2Klein) or without a strength, because they edit rather than repaint;
    Qwen-Image calls guidance by words `true_cfg_scale`. The engine's option `guidance_as` says so.

    Args:
        steps: How many a person asked for; a class without strength takes exactly these.
        options: The engine's.
    """
    known = signature(type(pipeline).__call__).parameters
    wanted = dict(call)
    if (name := str(options.get("guidance_as") or "guidance_scale")) != "guidance_scale":
        wanted[name] = wanted.pop("guidance_scale", None)
    if "strength" in wanted and "strength" not in known:
        wanted["num_inference_steps"] = steps
    return {name: value for name, value in wanted.items() if name in known}
