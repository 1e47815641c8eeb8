"""One call of a picture pipeline, as every tool that draws makes it: own solver, own seed, own progress, own cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, Literal, NamedTuple

from PIL import Image

from footage.problems import Problem, gettext_noop
from generation.backends import calling, devices, gate, solvers
from generation.backends.base import Asked, EngineSpec, Progress, Request
from generation.backends.stepping import at_each_step, stop_if

Task = Literal["words", "image", "inpaint"]


class Drawn(NamedTuple):
    """A picture (RGB) with the names of the pipeline and the solver that made it."""

    picture: Image.Image
    pipeline: str
    scheduler: str


def picture_size(spec: EngineSpec) -> tuple[int, int]:
    """Return (width, height) in pixels: the engine's options, 512 × 512 when it names none."""
    return int(spec.options.get("width", 512)), int(spec.options.get("height", 512))


def steps_before_strength(steps: int, strength: float) -> int:
    """Return how many steps to ask for so that `steps` are really taken from a picture kept to 1 - strength."""
    asked = steps
    while int(asked * strength) < steps:
        asked += 1
    return asked


def variant(pipeline: Any, task: Task) -> Any:
    """Return the pipeline for a task made of the same parts; no weights are copied.

    Raises:
        Problem: diffusers has none of this family.
    """
    from diffusers import AutoPipelineForImage2Image, AutoPipelineForInpainting

    if task == "words":
        return pipeline
    auto = {"image": AutoPipelineForImage2Image, "inpaint": AutoPipelineForInpainting}[task]
    try:
        made = auto.from_pipe(pipeline)
    except ValueError as fault:
        raise Problem(
            gettext_noop(
                "An engine of the class %(name)s can’t draw into pictures in this way. Choose another engine; an "
                "administrator has to take the tool off its row."
            ),
            name=type(pipeline).__name__,
        ) from fault
    made.set_progress_bar_config(disable=True)
    return made


def prepared(pipeline: Any, request: Request, *, spec: EngineSpec) -> Any:
    """Return a job's own copy of a gated pipeline, with the solver that the job or its engine names.

    Raises:
        Problem: There is no such solver, or it can't step this engine.
    """
    own = gate.session(pipeline, adapters=request.adapters)
    return solvers.with_solver(own, spec=spec, inputs=request.inputs)


def draw(
    pipeline: Any,
    request: Request,
    *,
    spec: EngineSpec,
    progress: Progress,
    cancelled: Asked,
    words: Mapping[str, Any] | None = None,
    seen: Callable[[Any, Any], None] | None = None,
    own: Any = None,
    **settings: Any,
) -> Drawn:
    """Draw one picture.

    Args:
        pipeline: A gated pipeline; the job draws with a copy.
        words: Replaces prompt, negative, seed, steps or guidance of the request.
        seen: Is given the latents and the time after each step.
        own: The copy, from `prepared`, when the caller had to look at it before.
        settings: What only this pipeline takes.

    Raises:
        Cancelled, Breakdown, Problem: as Backend.run.
    """
    stop_if(cancelled)
    asked = {**request.inputs, **(words or {})}
    own = own or prepared(pipeline, request, spec=spec)
    steps = int(asked["steps"])
    watch = at_each_step(steps=steps, progress=progress, cancelled=cancelled, seen=seen)
    call = {
        "prompt": [str(asked.get("prompt", ""))],
        "negative_prompt": [str(asked.get("negative", ""))],
        "guidance_scale": float(asked["guidance"]),
        "generator": [devices.generator(int(asked["seed"]))],
        "num_inference_steps": steps,
        **_watch(own, watch),
        **settings,
    }
    with devices.machine_failures():
        made = own(**calling.taken(own, call, steps=steps, options=spec.options))
    stop_if(cancelled)
    return Drawn(made.images[0].convert("RGB"), type(own).__name__, type(own.scheduler).__name__)


def _watch(pipeline: Any, watch: Callable[..., Any]) -> dict[str, Any]:
    """Return the argument that lets a pipeline be watched: older ones, as the upscaler, know only `callback`."""
    taken = signature(type(pipeline).__call__).parameters
    if "callback_on_step_end" in taken:
        return {"callback_on_step_end": watch}
    if "callback" in taken:
        return {
            "callback": lambda index, timestep, latents: watch(
                pipeline, index, timestep, {"latents": latents}
            )
        }
    return {}


def facts(drawn: Drawn, *, spec: EngineSpec, size: tuple[int, int], **more: Any) -> dict[str, Any]:
    """Return what belongs into the recipe of an output of this size that was drawn so."""
    width, height = size
    return devices.machine_facts(
        spec, width=width, height=height, batch=1, pipeline=drawn.pipeline, scheduler=drawn.scheduler, **more
    )


def rescale_of(spec: EngineSpec) -> dict[str, Any]:
    """Return the engine's guidance_rescale, for pipelines that draw from words alone."""
    return {name: spec.options[name] for name in ("guidance_rescale",) if name in spec.options}
