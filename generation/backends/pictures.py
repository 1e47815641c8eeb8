"""Pictures by the Stable Diffusion family: from words, from a picture and words, into a picture, several on a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from footage.problems import Problem, gettext_noop
from generation.backends import characters, denoising, devices, drawing, repainting, sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.drawing import picture_size, steps_before_strength
from generation.backends.placing import placed
from generation.backends.stepping import stop_if
from generation.domain.tools import LAB


class PictureEngine:
    """A loaded text-to-image pipeline; image to image and inpainting share its parts."""

    def __init__(self, spec: EngineSpec, pipeline: Any) -> None:
        self.spec = spec
        self.pipeline = pipeline

    @classmethod
    def load(cls, spec: EngineSpec) -> PictureEngine:
        from diffusers import AutoPipelineForText2Image

        pipeline = AutoPipelineForText2Image.from_pretrained(
            spec.folder, local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(spec)
        )
        return cls(spec, placed(pipeline, spec))

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        if request.tool in repainting.TOOLS:
            return repainting.run(self, request, folder=folder, progress=progress, cancelled=cancelled)
        if request.tool == characters.TOOL:
            return characters.run(self, request, folder=folder, progress=progress, cancelled=cancelled)
        pipeline, settings = self._settings(request)
        watched = self._watched(request)
        if watched:
            settings |= {"latents": watched.noise, "seen": watched.keep, "own": watched.pipeline}
        drawn = drawing.draw(
            pipeline, request, spec=self.spec, progress=progress, cancelled=cancelled, **settings
        )
        path = writing.write_picture(watched.sheet() if watched else drawn.picture, folder)
        facts = drawing.facts(drawn, spec=self.spec, size=picture_size(self.spec))
        return Produced(path, "image", facts | (watched.facts() if watched else {}))

    def _watched(self, request: Request) -> denoising.Steps | None:
        if request.tool != LAB:
            return None
        width, height = picture_size(self.spec)
        own = drawing.prepared(self.pipeline, request, spec=self.spec)
        return denoising.Steps(own, width=width, height=height, seed=int(request.inputs["seed"]))

    def _settings(self, request: Request) -> tuple[Any, dict[str, Any]]:
        """Return the pipeline for the tool and what only it takes."""
        width, height = picture_size(self.spec)
        if request.tool in {"text-to-image", LAB}:
            return self.pipeline, {"width": width, "height": height, **drawing.rescale_of(self.spec)}
        if request.source is None:
            raise Problem(gettext_noop("Image to image needs a picture to begin with. Choose one."))
        strength = float(request.inputs["strength"])
        return drawing.variant(self.pipeline, "image"), {
            "image": [sources.first_picture(request.source, width=width, height=height)],
            "width": width,
            "height": height,
            "strength": strength,
            "num_inference_steps": steps_before_strength(int(request.inputs["steps"]), strength),
        }
