"""Progress and cancelling inside the denoising loop of a diffusers pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generation.backends.base import Asked, Cancelled, Progress


def at_each_step(
    *, steps: int, progress: Progress, cancelled: Asked, seen: Callable[[Any, Any], None] | None = None
) -> Callable[..., dict[str, Any]]:
    """Return a `callback_on_step_end` that reports each step and leaves the loop by raising Cancelled.

    `seen` is given the latents and timestep of each step. Setting the pipeline's `_interrupt` would still spin through the loop and
    decode; an exception ends it at once.
    """

    def on_step_end(pipeline: Any, index: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        progress(min(index + 1, steps), steps)
        if cancelled():
            raise Cancelled
        if seen:
            seen(values["latents"], timestep)
        return values

    return on_step_end


def stop_if(cancelled: Asked) -> None:
    if cancelled():
        raise Cancelled
