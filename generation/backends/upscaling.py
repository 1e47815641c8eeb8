"""Larger pictures with drawn detail: the Stable Diffusion upscaler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from footage.problems import Problem, gettext_noop
from generation.backends import devices, drawing, gate, sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.stepping import stop_if

GRID = 8
"""Sides of the small picture are multiples of it."""


class UpscaleEngine:
    """A loaded StableDiffusionUpscalePipeline: four times the sides. The options `width` and `height` bound the small picture."""

    def __init__(self, spec: EngineSpec, pipeline: Any) -> None:
        self.spec = spec
        self.pipeline = gate.gated(pipeline)

    @classmethod
    def load(cls, spec: EngineSpec) -> UpscaleEngine:
        from diffusers import StableDiffusionUpscalePipeline

        pipeline = StableDiffusionUpscalePipeline.from_pretrained(
            spec.folder, local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(spec)
        )
        pipeline.set_progress_bar_config(disable=True)
        return cls(spec, pipeline.to(devices.device_name()))

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        if request.source is None:
            raise Problem(gettext_noop("Upscaling needs a picture. Choose one."))
        small = self._small(sources.whole_picture(request.source))
        drawn = drawing.draw(
            self.pipeline, request, spec=self.spec, progress=progress, cancelled=cancelled,
            words={"prompt": request.inputs["shows"]}, image=[small], noise_level=int(request.inputs["invention"]),
        )  # fmt: skip
        path = writing.write_picture(drawn.picture, folder)
        facts = drawing.facts(
            drawn, spec=self.spec, size=drawn.picture.size, from_size=f"{small.width}x{small.height}"
        )
        return Produced(path, "image", facts)

    def _small(self, picture: Image.Image) -> Image.Image:
        """Return the picture as large as the engine takes it, in its own proportions as nearly as the grid allows."""
        width, height = drawing.picture_size(self.spec)
        share = min(1.0, width / picture.width, height / picture.height)
        sides = (max(GRID, round(side * share / GRID) * GRID) for side in picture.size)
        return picture.resize(tuple(sides), Image.Resampling.LANCZOS)
