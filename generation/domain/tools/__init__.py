"""The tools a student chooses from, as data: one small file each, collected here.

A new tool is a file with a `TOOL`, a line in `_FILES`, an engine whose row lists its slug, and the slug in the briefs
that allow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from generation.domain.tools import (
    character_render,
    character_sheet,
    chroma_key,
    colourise,
    denoising_lab,
    depth_to_image,
    dialogue_polish,
    dub,
    edge_to_image,
    effects,
    frame_to_frame,
    image_to_image,
    image_to_video,
    inpaint,
    interpolation,
    music,
    pose_to_image,
    remove_object,
    restore,
    shot_list,
    sketch_to_image,
    text_draft,
    text_to_image,
    text_to_video,
    upscale,
    voice,
)
from generation.domain.tools.checking import MOST_SIDE, validate
from generation.domain.tools.denoising_lab import LAB
from generation.domain.tools.inputs import MOST_SEED
from generation.domain.tools.model import Cost, Input, InputProblem, Material, MediaInput, Tool

__all__ = [
    "LAB",
    "MOST_SEED",
    "MOST_SIDE",
    "TOOLS",
    "Cost",
    "Input",
    "InputProblem",
    "Material",
    "MediaInput",
    "Tool",
    "validate",
]

_FILES = (
    text_draft,
    shot_list,
    dialogue_polish,
    text_to_image,
    image_to_image,
    edge_to_image,
    depth_to_image,
    pose_to_image,
    sketch_to_image,
    inpaint,
    remove_object,
    upscale,
    restore,
    colourise,
    character_sheet,
    character_render,
    image_to_video,
    text_to_video,
    frame_to_frame,
    interpolation,
    chroma_key,
    voice,
    dub,
    music,
    effects,
    denoising_lab,
)
TOOLS: Mapping[str, Tool] = MappingProxyType({file.TOOL.slug: file.TOOL for file in _FILES})
"""Every tool by its slug, in the order of the modules."""
