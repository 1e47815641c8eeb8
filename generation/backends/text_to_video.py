"""Clips from words alone, and clips from one frame to another: AnimateDiff and Wan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from footage.problems import Problem, gettext_noop
from generation.backends import sources
from generation.backends.base import EngineSpec, Request
from generation.backends.video import ClipEngine, frame_count, source_of

MOST_WAN_FRAMES = 81


class WordsEngine(ClipEngine):
    """AnimateDiff from words: the move is told in words as well, because no picture is there to move over."""

    pipeline_name = "AnimateDiffPipeline"

    def settings(self, request: Request, *, width: int, height: int) -> dict[str, Any]:
        most = int(self.spec.options.get("most_frames", 32))
        return {"num_frames": frame_count(request.inputs, fps=self.fps, most=most)}


class WanWordsEngine(ClipEngine):
    """Wan text-to-video."""

    pipeline_name = "WanPipeline"

    @classmethod
    def load(cls, spec: EngineSpec) -> ClipEngine:
        require_ftfy()
        return super().load(spec)

    def settings(self, request: Request, *, width: int, height: int) -> dict[str, Any]:
        return {"num_frames": wan_frames(self, request.inputs)}


class WanFramesEngine(ClipEngine):
    """Wan from a first to a last frame: the film between two storyboard pictures."""

    pipeline_name = "WanImageToVideoPipeline"

    @classmethod
    def load(cls, spec: EngineSpec) -> ClipEngine:
        require_ftfy()
        index = json.loads((spec.folder / "model_index.json").read_text())
        if index.get("expand_timesteps"):
            raise ValueError("a Wan of this kind (2.2 TI2V) knows a first frame only, no last one")
        return super().load(spec)

    def settings(self, request: Request, *, width: int, height: int) -> dict[str, Any]:
        last = request.medium("last-frame")
        if last is None:
            raise Problem(gettext_noop("This tool needs the picture to end with as well. Choose one."))
        return {
            "image": sources.first_picture(source_of(request), width=width, height=height),
            "last_image": sources.first_picture(last, width=width, height=height),
            "num_frames": wan_frames(self, request.inputs),
        }


def require_ftfy() -> None:
    """Raise ImportError where the package is missing; diffusers would only notice in the middle of a job."""
    if find_spec("ftfy") is None:
        raise ImportError("the Python package ftfy, which Wan cleans its prompts with, is not installed")


def wan_frames(engine: ClipEngine, inputs: Mapping[str, Any]) -> int:
    """Return a number of frames that Wan can decode: one more than a multiple of its frames per latent."""
    most = int(engine.spec.options.get("most_frames", MOST_WAN_FRAMES))
    every = int(engine.pipeline.vae_scale_factor_temporal)
    return max(1, round((frame_count(inputs, fps=engine.fps, most=most) - 1) / every)) * every + 1
