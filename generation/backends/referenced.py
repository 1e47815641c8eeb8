"""The same character again: Stable Diffusion with an IP-Adapter, which lets pictures speak beside the words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from footage.problems import Problem, gettext_noop
from generation.backends import devices, drawing, drift, sheets, sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.controlled import WHOLE, base_folder
from generation.backends.placing import placed
from generation.backends.stepping import stop_if

SUBFOLDER = "ip_adapter"
FILE = "ip_adapter.safetensors"
ENCODER = "image_encoder"
MOST_REFERENCES = 8


class ReferenceEngine:
    """A loaded pipeline with its IP-Adapter.

    The folder holds the pipeline with its image encoder, or the option `base` names the engine folder it goes over; then the
    encoder lies beside the adapter, in `image_encoder`. The adapter lies in the subfolder and file that the options
    `ip_adapter_subfolder` and `ip_adapter_file` name. The option `drift: encoder` lets the image encoder tell the drift;
    it has to be a trained one.
    """

    def __init__(self, spec: EngineSpec, pipeline: Any) -> None:
        self.spec = spec
        self.pipeline = pipeline

    @classmethod
    def load(cls, spec: EngineSpec) -> ReferenceEngine:
        from diffusers import AutoPipelineForText2Image

        pipeline = AutoPipelineForText2Image.from_pretrained(
            _whole_or_base(spec), local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(spec)
        )
        subfolder = str(spec.options.get("ip_adapter_subfolder", SUBFOLDER))
        pipeline.load_ip_adapter(
            str(spec.folder), local_files_only=True, subfolder=subfolder,
            weight_name=str(spec.options.get("ip_adapter_file", FILE)),
            image_encoder_folder=ENCODER if (spec.folder / subfolder / ENCODER).is_dir() else None,
        )  # fmt: skip
        return cls(spec, placed(pipeline, spec))

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        width, height = drawing.picture_size(self.spec)
        references = references_of(request)
        drawn = drawing.draw(
            self.pipeline, request, spec=self.spec, progress=progress, cancelled=cancelled, width=width, height=height,
            ip_adapter_image=[references], **drawing.rescale_of(self.spec),
            cross_attention_kwargs={"ip_adapter_masks": [self._say(request, len(references), width, height)]},
        )  # fmt: skip
        path = writing.write_picture(drawn.picture, folder)
        return Produced(path, "image", self._facts(drawn, references))

    def _say(self, request: Request, count: int, width: int, height: int) -> Any:
        """Return an even mask, (1, count, height, width): how much each reference says in this job.

        `set_ip_adapter_scale` would set it for all jobs at once, because it is kept on the shared network. What the masked
        references say is summed up, so each gets its part.
        """
        import torch

        return torch.full(
            (1, count, height, width), float(request.inputs["likeness"]) / count, dtype=self.pipeline.dtype
        )

    def _facts(self, drawn: drawing.Drawn, references: list[Image.Image]) -> dict[str, Any]:
        by_encoder = self.spec.options.get("drift") == "encoder"
        far = (
            self._drift_seen(drawn.picture, references)
            if by_encoder
            else drift.drift(drawn.picture, references)
        )
        return drawing.facts(
            drawn, spec=self.spec, size=drawn.picture.size, references=len(references),
            drift=far, drift_by=drift.BY_ENCODER if by_encoder else drift.BY_FEATURES,
        )  # fmt: skip

    def _drift_seen(self, picture: Image.Image, references: list[Image.Image]) -> float:
        import torch

        encoder = self.pipeline.image_encoder
        pixels = self.pipeline.feature_extractor([picture, *references], return_tensors="pt").pixel_values
        with devices.machine_failures(), torch.no_grad():
            seen = encoder(pixels.to(encoder.device, encoder.dtype)).image_embeds.float().cpu().numpy()
        return drift.drift_seen(seen[0], seen[1:])


def _whole_or_base(spec: EngineSpec) -> Path:
    return spec.folder if (spec.folder / WHOLE).is_file() else base_folder(spec)


def references_of(request: Request) -> list[Image.Image]:
    """Return the single pictures of the character, a sheet taken apart, at most MOST_REFERENCES.

    Raises:
        Problem: None was given.
    """
    found = [
        drawing_
        for path in request.media.get("reference", ())
        for drawing_ in sheets.drawings_of(path, sources.whole_picture(path))
    ]
    if not found:
        raise Problem(gettext_noop("This tool needs a picture of the character. Choose a sheet or a still."))
    return found[:MOST_REFERENCES]
