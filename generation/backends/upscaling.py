"""Larger pictures with drawn detail: the Stable Diffusion upscaler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from footage.problems import Problem, gettext_noop
from generation.backends import devices, drawing, sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.placing import placed
from generation.backends.stepping import stop_if

GRID = 8
"""The network halves its picture three times, so its sides are multiples of this."""
TIMES = 4


class UpscaleEngine:
    """A loaded StableDiffusionUpscalePipeline: four times the sides. The options `width` and `height` bound the small picture."""

    def __init__(self, spec: EngineSpec, pipeline: Any) -> None:
        self.spec = spec
        self.pipeline = pipeline

    @classmethod
    def load(cls, spec: EngineSpec) -> UpscaleEngine:
        from diffusers import StableDiffusionUpscalePipeline

        pipeline = StableDiffusionUpscalePipeline.from_pretrained(
            spec.folder, local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(spec)
        )
        return cls(spec, placed(pipeline, spec))

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        if request.source is None:
            raise Problem(gettext_noop("Upscaling needs a picture. Choose one."))
        small = self._small(sources.whole_picture(request.source))
        drawn = drawing.draw(
            self.pipeline, request, spec=self.spec, progress=progress, cancelled=cancelled,
            words={"prompt": request.inputs["shows"]}, image=[_on_grid(small)],
            noise_level=int(request.inputs["invention"]),
        )  # fmt: skip
        made = drawn.picture.crop((0, 0, TIMES * small.width, TIMES * small.height))
        facts = drawing.facts(
            drawn, spec=self.spec, size=made.size, from_size=f"{small.width}x{small.height}"
        )
        return Produced(writing.write_picture(made, folder), "image", facts)

    def _small(self, picture: Image.Image) -> Image.Image:
        """Return the picture as large as the engine takes it, in its own proportions."""
        width, height = drawing.picture_size(self.spec)
        share = min(1.0, width / picture.width, height / picture.height)
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        return picture.resize(size, Image.Resampling.LANCZOS)


def _on_grid(picture: Image.Image) -> Image.Image:
    """Return the picture with its right and lower edge repeated until both sides fit the grid."""
    right, below = -picture.width % GRID, -picture.height % GRID
    return Image.fromarray(np.pad(np.asarray(picture), ((0, below), (0, right), (0, 0)), mode="edge"))
