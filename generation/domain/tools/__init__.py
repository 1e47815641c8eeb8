"""The tools a student chooses from, as data: one small file each, collected here.

A new tool is a file with a `TOOL`, a line in `_FILES`, an engine whose row lists its slug, and the slug in the briefs
that allow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from generation.domain.tools import (
    denoising_lab,
    dub,
    image_to_image,
    image_to_video,
    text_draft,
    text_to_image,
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
    text_to_image,
    image_to_image,
    image_to_video,
    voice,
    dub,
    denoising_lab,
)
TOOLS: Mapping[str, Tool] = MappingProxyType({file.TOOL.slug: file.TOOL for file in _FILES})
"""Every tool by its slug, in the order of the modules."""
