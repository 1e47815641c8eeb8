"""Pictures along a guide: Stable Diffusion with a ControlNet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from footage.problems import Problem, gettext_noop
from generation.backends import devices, drawing, guides, sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.placing import placed
from generation.backends.stepping import stop_if

WHOLE = "model_index.json"


class ControlledEngine:
    """A loaded pipeline with its ControlNet.

    The folder is a whole pipeline (saved with its ControlNet), or a ControlNet alone; then the option `base` names the
    folder of the engine it goes over, beside its own or absolute. `depth_model` names a folder with a depth model likewise.
    """

    def __init__(self, spec: EngineSpec, pipeline: Any) -> None:
        self.spec = spec
        self.pipeline = pipeline

    @classmethod
    def load(cls, spec: EngineSpec) -> ControlledEngine:
        pipeline = _whole(spec) if (spec.folder / WHOLE).is_file() else _over_base(spec)
        return cls(spec, placed(pipeline, spec))

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        width, height = drawing.picture_size(self.spec)
        guide, made_by = self._guide(request, width=width, height=height)
        drawn = drawing.draw(
            self.pipeline, request, spec=self.spec, progress=progress, cancelled=cancelled,
            image=[guide], width=width, height=height,
            controlnet_conditioning_scale=float(request.inputs["hold"]),
        )  # fmt: skip
        path = writing.write_picture(drawn.picture, folder)
        facts = drawing.facts(drawn, spec=self.spec, size=drawn.picture.size, guide=made_by)
        return Produced(path, "image", facts)

    def _guide(self, request: Request, *, width: int, height: int) -> tuple[Image.Image, str]:
        """Return the guide in the engine's size, and how it was made."""
        own = request.medium("control")
        if own is not None:
            return sources.first_picture(own, width=width, height=height), "drawn by the crew"
        if request.source is None:
            raise Problem(gettext_noop("This tool needs a picture to take its guide from. Choose one."))
        picture = sources.whole_picture(request.source)
        small = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
        if request.tool == "sketch-to-image":
            drawing_ = ImageOps.fit(picture, (4 * width, 4 * height), Image.Resampling.LANCZOS)
            return _shrunk(guides.line_drawing(drawing_), width, height), "lines of the drawing"
        if request.tool == "depth-to-image":
            return self._depth(small)
        return guides.edges(small, lines=str(request.inputs["lines"])), "Canny edges"

    def _depth(self, picture: Image.Image) -> tuple[Image.Image, str]:
        wanted = self.spec.options.get("depth_model")
        if not wanted:
            return guides.estimated_depth(picture), "depth estimated from height in the picture and haze"
        folder = _beside(self.spec, str(wanted))
        return guides.modelled_depth(
            picture, folder, device=devices.device_name()
        ), "depth by a trained model"


def _shrunk(lines: Image.Image, width: int, height: int) -> Image.Image:
    """Make thin lines smaller without losing them: the brightest of the pixels that fall together stays."""
    from PIL import ImageFilter

    return lines.filter(ImageFilter.MaxFilter(3)).resize((width, height), Image.Resampling.BOX)


def _whole(spec: EngineSpec) -> Any:
    from diffusers import DiffusionPipeline

    return DiffusionPipeline.from_pretrained(
        spec.folder, local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(spec)
    )


def _over_base(spec: EngineSpec) -> Any:
    from diffusers import AutoPipelineForText2Image, ControlNetModel

    common = {"local_files_only": True, "use_safetensors": True, "dtype": devices.dtype_of(spec)}
    base = base_folder(spec)
    network = ControlNetModel.from_pretrained(spec.folder, **common)
    return AutoPipelineForText2Image.from_pretrained(base, controlnet=network, **common)


def base_folder(spec: EngineSpec) -> Path:
    """Return the folder of the engine that a part (a ControlNet, an IP-Adapter) goes over.

    Raises:
        Problem: The row names none, or it is no engine folder.
    """
    base = spec.options.get("base")
    if not base:
        raise Problem(
            gettext_noop(
                "%(engine)s is a part alone. An administrator has to name the engine folder it goes over, as “base” in "
                "its options."
            ),
            engine=spec.slug,
        )
    return _beside(spec, str(base))


def _beside(spec: EngineSpec, name: str) -> Path:
    from generation.backends import folders

    folder = spec.folder.parent / name
    folders.check_folder(folder)
    return folder
