"""Module 1's exercise: watching a picture come out of noise."""

from __future__ import annotations

from dataclasses import replace

from footage.problems import gettext_noop
from generation.domain.lab import MOST_STEPS
from generation.domain.tools.inputs import ACTION, GUIDANCE, NEGATIVE, PLACE, PROMPT, SEED, SHOT, STEPS, TIME
from generation.domain.tools.model import Tool

LAB = "lab-denoise"
"""Slug of the denoising lab of module 1."""

TOOL = Tool(
    slug=LAB,
    title=gettext_noop("Denoising lab"),
    summary=gettext_noop("Watch a picture come out of noise, step by step, and change one thing at a time."),
    icon="sparkles",
    module="",
    makes="image",
    inputs=(
        SHOT,
        TIME,
        PLACE,
        ACTION,
        replace(SEED, is_folded=False, default=7),
        replace(STEPS, is_folded=False, high=MOST_STEPS),
        replace(GUIDANCE, is_folded=False),
        PROMPT,
        NEGATIVE,
    ),
    exercise_of="literacy",
    engines_of="text-to-image",
)
