"""Pictures by the Stable Diffusion family: from words, or from a picture and words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from footage.problems import Problem, gettext_noop
from generation.backends import denoising, devices, sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import at_each_step, stop_if
from generation.domain.tools import LAB


class PictureEngine:
    """A loaded text-to-image pipeline; image to image shares its parts."""

    def __init__(self, spec: EngineSpec, pipeline: Any) -> None:
        self.spec = spec
        self.pipeline = pipeline
        self._from_image: Any = None

    @classmethod
    def load(cls, spec: EngineSpec) -> PictureEngine:
        from diffusers import AutoPipelineForText2Image

        pipeline = AutoPipelineForText2Image.from_pretrained(
            spec.folder, local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(spec)
        )
        pipeline.set_progress_bar_config(disable=True)
        return cls(spec, pipeline.to(devices.device_name()))

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        pipeline, settings = self._settings(request)
        steps = int(request.inputs["steps"])
        watched = self._watched(request, pipeline)
        if watched:
            settings["latents"] = watched.noise
        seen = watched.keep if watched else None
        watch = at_each_step(steps=steps, progress=progress, cancelled=cancelled, seen=seen)
        with devices.machine_failures():
            made = pipeline(
                prompt=[request.inputs["prompt"]],
                negative_prompt=[request.inputs["negative"]],
                guidance_scale=float(request.inputs["guidance"]),
                generator=[devices.generator(int(request.inputs["seed"]))],
                callback_on_step_end=watch,
                **settings,
            )
        stop_if(cancelled)
        path = writing.write_picture(watched.sheet() if watched else made.images[0], folder)
        return Produced(path, "image", self._facts(pipeline) | (watched.facts() if watched else {}))

    def _watched(self, request: Request, pipeline: Any) -> denoising.Steps | None:
        if request.tool != LAB:
            return None
        width, height = picture_size(self.spec)
        return denoising.Steps(pipeline, width=width, height=height, seed=int(request.inputs["seed"]))

    def _settings(self, request: Request) -> tuple[Any, dict[str, Any]]:
        """Return the pipeline for the tool and what only it takes."""
        width, height = picture_size(self.spec)
        steps = int(request.inputs["steps"])
        if request.tool in {"text-to-image", LAB}:
            rescale = {
                name: self.spec.options[name] for name in ("guidance_rescale",) if name in self.spec.options
            }
            return self.pipeline, {"width": width, "height": height, "num_inference_steps": steps, **rescale}
        if request.source is None:
            raise Problem(gettext_noop("Image to image needs a picture to begin with. Choose one."))
        strength = float(request.inputs["strength"])
        return self._image_to_image(), {
            "image": [sources.first_picture(request.source, width=width, height=height)],
            "strength": strength,
            "num_inference_steps": steps_before_strength(steps, strength),
        }

    def _image_to_image(self) -> Any:
        from diffusers import AutoPipelineForImage2Image

        if self._from_image is None:
            self._from_image = AutoPipelineForImage2Image.from_pipe(self.pipeline)
            self._from_image.set_progress_bar_config(disable=True)
        return self._from_image

    def _facts(self, pipeline: Any) -> dict[str, Any]:
        width, height = picture_size(self.spec)
        return devices.machine_facts(
            self.spec, width=width, height=height, batch=1,
            pipeline=type(pipeline).__name__, scheduler=type(pipeline.scheduler).__name__,
        )  # fmt: skip


def picture_size(spec: EngineSpec) -> tuple[int, int]:
    """Return (width, height) in pixels: the engine's options, 512 × 512 when it names none."""
    return int(spec.options.get("width", 512)), int(spec.options.get("height", 512))


def steps_before_strength(steps: int, strength: float) -> int:
    """Return how many steps to ask for so that `steps` are really taken from a picture kept to 1 - strength."""
    asked = steps
    while int(asked * strength) < steps:
        asked += 1
    return asked
