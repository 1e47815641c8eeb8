"""Clips that begin with a picture: AnimateDiff over a moved still, and Wan image-to-video."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

from footage.problems import Problem, gettext_noop
from generation.backends import devices, gate, sources, writing
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.drawing import picture_size
from generation.backends.placing import placed
from generation.backends.stepping import at_each_step, stop_if

TRAVEL = 0.12
"""Share of the frame that a camera move covers."""
MOVES: dict[str, tuple[float, float, float]] = {
    "static": (0, 0, 0),
    "push-in": (0, 0, 1),
    "pull-out": (0, 0, -1),
    "pan-left": (-1, 0, 0),
    "pan-right": (1, 0, 0),
    "tilt-up": (0, -1, 0),
    "tilt-down": (0, 1, 0),
}
"""Camera moves as (right, down, closer)."""


def moved_still(picture: Image.Image, *, move: str, count: int, width: int, height: int) -> list[Image.Image]:
    """Return `count` frames of width × height: the window a camera sees while it moves over the still.

    Args:
        picture: At least as large as a frame, of the same proportions.
        move: A key of MOVES; anything else stands still.
    """
    right, down, closer = MOVES.get(move, (0, 0, 0))
    frames = []
    for index in range(count):
        at = index / max(1, count - 1) - 0.5  # -0.5 … 0.5: the move is centred on the still
        zoom = 1 - TRAVEL * (1 + closer * at)
        wide, high = picture.width * zoom, picture.height * zoom
        left = (picture.width - wide) * (0.5 + right * at)
        top = (picture.height - high) * (0.5 + down * at)
        box = (left, top, left + wide, top + high)
        frames.append(picture.resize((width, height), Image.Resampling.BICUBIC, box=box))
    return frames


def frame_count(inputs: Any, *, fps: int, most: int) -> int:
    return max(2, min(most, round(float(inputs["seconds"]) * fps)))


def source_of(request: Request) -> Path:
    if request.source is None:
        raise Problem(gettext_noop("Image to video needs a picture to begin with. Choose one."))
    return request.source


def pipeline_class(name: str) -> Any:
    import diffusers

    return getattr(diffusers, name)


class ClipEngine:
    """What the two kinds of video engine share: loading, running, writing."""

    pipeline_name = ""

    def __init__(self, spec: EngineSpec, pipeline: Any) -> None:
        self.spec = spec
        self.pipeline = pipeline
        self.fps = int(spec.options.get("fps", 8))

    @classmethod
    def load(cls, spec: EngineSpec) -> ClipEngine:
        pipeline = pipeline_class(cls.pipeline_name).from_pretrained(
            spec.folder, local_files_only=True, use_safetensors=True, dtype=devices.dtype_of(spec)
        )
        return cls(spec, placed(pipeline, spec))

    def settings(self, request: Request, *, width: int, height: int) -> dict[str, Any]:
        raise TypeError(f"{type(self).__name__} has no settings of its own")

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        width, height = picture_size(self.spec)
        steps = int(request.inputs["steps"])
        own = gate.session(self.pipeline, adapters=request.adapters)
        with devices.machine_failures():
            made = own(
                prompt=request.inputs["prompt"],
                negative_prompt=request.inputs["negative"],
                guidance_scale=float(request.inputs["guidance"]),
                generator=devices.generator(int(request.inputs["seed"])),
                num_inference_steps=steps,
                width=width,
                height=height,
                output_type="pil",
                callback_on_step_end=at_each_step(steps=steps, progress=progress, cancelled=cancelled),
                **self.settings(request, width=width, height=height),
            )
        stop_if(cancelled)
        return self._written(made.frames[0], folder)

    def _written(self, frames: Sequence[Image.Image], folder: Path) -> Produced:
        path = writing.write_clip(frames, folder, fps=self.fps)
        width, height = frames[0].size
        facts = devices.machine_facts(
            self.spec, width=width, height=height, frames=len(frames), fps=self.fps, batch=1,
            pipeline=self.pipeline_name, scheduler=type(self.pipeline.scheduler).__name__,
        )  # fmt: skip
        return Produced(path, "video", facts)


class AnimateDiffEngine(ClipEngine):
    """The camera moves over the still; AnimateDiff draws the frames anew, as far from it as `strength` says."""

    pipeline_name = "AnimateDiffVideoToVideoPipeline"

    def settings(self, request: Request, *, width: int, height: int) -> dict[str, Any]:
        still = sources.first_picture(source_of(request), width=2 * width, height=2 * height)
        count = frame_count(request.inputs, fps=self.fps, most=int(self.spec.options.get("most_frames", 32)))
        move = request.inputs["direction"].get("camera", "")
        return {
            "video": moved_still(still, move=move, count=count, width=width, height=height),
            "strength": float(request.inputs["strength"]),
            "enforce_inference_steps": True,
        }


class WanEngine(ClipEngine):
    """Wan image-to-video: the picture is the first frame, the move is told in words."""

    pipeline_name = "WanImageToVideoPipeline"

    @classmethod
    def load(cls, spec: EngineSpec) -> ClipEngine:
        if find_spec("ftfy") is None:  # diffusers would only notice in the middle of a job
            raise ImportError("the Python package ftfy, which Wan cleans its prompts with, is not installed")
        return super().load(spec)

    def settings(self, request: Request, *, width: int, height: int) -> dict[str, Any]:
        count = frame_count(request.inputs, fps=self.fps, most=int(self.spec.options.get("most_frames", 81)))
        every = self.pipeline.vae_scale_factor_temporal
        return {
            "image": sources.first_picture(source_of(request), width=width, height=height),
            "num_frames": max(1, round((count - 1) / every)) * every + 1,
        }
