"""Loading engines from local folders, and keeping the last ones in memory."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Callable

from footage.problems import Problem, gettext_noop
from generation.backends import devices, presence
from generation.backends.base import Backend, EngineSpec
from generation.backends.chroma_key import KeyProgram
from generation.backends.espeak import SpeakingProgram
from generation.backends.interpolation import FlowProgram
from generation.backends.pictures import PictureEngine
from generation.backends.templates import TemplateWriter
from generation.backends.text import TextEngine
from generation.backends.video import AnimateDiffEngine, WanEngine
from generation.backends.voices import VoiceEngine

LOADERS: dict[str, Callable[[EngineSpec], Backend]] = {
    "stable-diffusion": PictureEngine.load,
    "animatediff": AnimateDiffEngine.load,
    "wan": WanEngine.load,
    "vits": VoiceEngine.load,
    "causal-lm": TextEngine.load,
}
PROGRAMS: dict[str, Callable[[EngineSpec], Backend]] = {
    "espeak": SpeakingProgram,
    "scene-writer": TemplateWriter,
    "optical-flow": FlowProgram,
    "chroma-key": KeyProgram,
}
"""What computes without torch, and so is neither loaded onto a device nor out of its memory."""
_loaded: OrderedDict[tuple[str, str, str, str], Backend] = OrderedDict()


def loaded_engine(spec: EngineSpec) -> Backend:
    """Return the engine, from memory when it was among the last used ones.

    DAILIES_ENGINES_KEPT (2 unless set) says how many stay in memory.

    Raises:
        Problem: The folder is absent, unsafe or not what the engine's row says.
        Breakdown: It doesn't fit into memory just now.
    """
    options = json.dumps(dict(spec.options), sort_keys=True, default=str)
    key = (spec.pipeline, str(spec.folder), spec.revision, options)
    if key not in _loaded:
        while len(_loaded) >= int(os.environ.get("DAILIES_ENGINES_KEPT", "2")):
            _loaded.popitem(last=False)
        _loaded[key] = _load(spec)
    _loaded.move_to_end(key)
    return _loaded[key]


def forget_engines() -> None:
    """Free the memory of all loaded engines."""
    _loaded.clear()


def _load(spec: EngineSpec) -> Backend:
    presence.check_engine(spec)
    if spec.pipeline in PROGRAMS:
        return PROGRAMS[spec.pipeline](spec)
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
