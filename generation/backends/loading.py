"""Loading engines from local folders, and keeping the last ones in memory."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Callable, Collection

from footage.problems import Problem, gettext_noop
from generation.backends import devices, gate, presence
from generation.backends.base import Backend, EngineSpec
from generation.backends.chroma_key import KeyProgram
from generation.backends.composer import Composer
from generation.backends.controlled import ControlledEngine
from generation.backends.effects import EffectsProgram
from generation.backends.espeak import SpeakingProgram
from generation.backends.gate import Place
from generation.backends.interpolation import FlowProgram
from generation.backends.music import MusicEngine
from generation.backends.pictures import PictureEngine
from generation.backends.referenced import ReferenceEngine
from generation.backends.remote_chat import ChatEndpoint
from generation.backends.remote_comfyui import ComfyEndpoint
from generation.backends.remote_images import ImageEndpoint
from generation.backends.script_reader import ScriptReader
from generation.backends.templates import TemplateWriter
from generation.backends.text import TextEngine
from generation.backends.text_to_video import WanFramesEngine, WanWordsEngine, WordsEngine
from generation.backends.upscaling import UpscaleEngine
from generation.backends.video import AnimateDiffEngine, WanEngine
from generation.backends.voices import VoiceEngine

LOADERS: dict[str, Callable[[EngineSpec], Backend]] = {
    "stable-diffusion": PictureEngine.load,
    "controlnet": ControlledEngine.load,
    "upscaler": UpscaleEngine.load,
    "ip-adapter": ReferenceEngine.load,
    "animatediff": AnimateDiffEngine.load,
    "animatediff-text": WordsEngine.load,
    "wan": WanEngine.load,
    "wan-text": WanWordsEngine.load,
    "wan-frames": WanFramesEngine.load,
    "vits": VoiceEngine.load,
    "music": MusicEngine.load,
    "causal-lm": TextEngine.load,
}
PROGRAMS: dict[str, Callable[[EngineSpec], Backend]] = {
    "espeak": SpeakingProgram,
    "scene-writer": TemplateWriter,
    "script-reader": ScriptReader,
    "optical-flow": FlowProgram,
    "chroma-key": KeyProgram,
    "composer": Composer,
    "effects": EffectsProgram,
}
"""What computes without torch, and so is neither loaded onto a device nor out of its memory."""
REMOTES: dict[str, Callable[[EngineSpec], Backend]] = {
    "openai-chat": ChatEndpoint,
    "openai-image": ImageEndpoint,
    "comfyui": ComfyEndpoint,
}
"""What computes elsewhere: a call holds nothing in this machine's memory, and its jobs may wait without a device."""
Key = tuple[str, str, str, str]
_loaded: OrderedDict[Key, tuple[str, Backend]] = OrderedDict()
"""Slug and engine, the longest unused first."""


def loaded_engine(spec: EngineSpec, *, in_use: Collection[str] = ()) -> Backend:
    """Return the engine, from memory when it was among the last used ones.

    Args:
        in_use: Slugs of engines with jobs at work; of the others the longest unused makes room. `engines_kept` says how
            many stay.

    Raises:
        Problem: The folder is absent, unsafe or not what the engine's row says.
        Breakdown: It doesn't fit into memory just now.
    """
    if spec.pipeline in REMOTES:
        return REMOTES[spec.pipeline](spec)
    if spec.pipeline in PROGRAMS:
        presence.check_engine(spec)
        return PROGRAMS[spec.pipeline](spec)
    key = _key(spec)
    if key not in _loaded:
        _make_room(in_use)
        _loaded[key] = (spec.slug, _load(spec))
    _loaded.move_to_end(key)
    return _loaded[key][1]


def loaded_slugs() -> list[str]:
    """Return the engines in memory, last used last."""
    return [slug for slug, _engine in _loaded.values()]


def engines_kept() -> int:
    """Return how many engines stay in memory: DAILIES_ENGINES_KEPT, 2 unless set."""
    return int(os.environ.get("DAILIES_ENGINES_KEPT", "2"))


def place_of(spec: EngineSpec, engine: Backend) -> Place | None:
    """Return which threads run an engine's jobs; None for those that share the hub's own, at their gates."""
    if gate.steps_here(engine):
        return None
    return "errands" if is_light(spec.pipeline) else "solo"


def is_light(pipeline: str) -> bool:
    """Tell whether an engine takes none of the device: a program, or one that computes elsewhere."""
    return pipeline in PROGRAMS or pipeline in REMOTES


def forget_engines() -> None:
    """Free the memory of all loaded engines."""
    _loaded.clear()


def _key(spec: EngineSpec) -> Key:
    options = json.dumps(dict(spec.options), sort_keys=True, default=str)
    return (spec.pipeline, str(spec.folder), spec.revision, options)


def _make_room(in_use: Collection[str]) -> None:
    idle = [key for key, (slug, _engine) in _loaded.items() if slug not in in_use]
    for key in idle[: max(0, len(_loaded) - engines_kept() + 1)]:
        del _loaded[key]
    if idle:
        devices.free_memory()


def _load(spec: EngineSpec) -> Backend:
    presence.check_engine(spec)
    devices.prepare()
    with devices.machine_failures():
        try:
            return LOADERS[spec.pipeline](spec)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as fault:
            raise Problem(
                gettext_noop(
                    "The engine %(engine)s can’t be loaded as %(pipeline)s: %(reason)s. An administrator has to look "
                    "at its folder."
                ),
                engine=spec.slug,
                pipeline=spec.pipeline,
                reason=str(fault)[:200],
            ) from fault
