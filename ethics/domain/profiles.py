"""Weights of the five terms by the brief's level of the AI Assessment Scale.

Perkins, Furze, Roe, MacVaugh: The Artificial Intelligence Assessment Scale, version 2, 2024 (arXiv 2412.09029). What a
brief leaves to AI can't be what people are measured by; docs/decisions/ says why each table is as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

TERMS = ("P", "E", "S", "A", "R")


@dataclass(frozen=True, slots=True)
class Profile:
    """How much each term weighs; the weights add up to 1.

    Attributes:
        level: 1 to 5 of the scale.
        name: Its code in documents.
    """

    level: int
    name: str
    weights: Mapping[str, Fraction]


def _profile(level: int, name: str, *percent: int) -> Profile:
    weights = {term: Fraction(value, 100) for term, value in zip(TERMS, percent, strict=True)}
    return Profile(level, name, MappingProxyType(weights))


PROFILES: Mapping[int, Profile] = MappingProxyType(
    {
        1: _profile(1, "no-ai", 45, 20, 20, 10, 5),
        2: _profile(2, "ai-planning", 50, 20, 10, 10, 10),
        3: _profile(3, "ai-collaboration", 45, 20, 15, 10, 10),
        4: _profile(4, "full-ai", 40, 25, 15, 5, 15),
        5: _profile(5, "ai-exploration", 35, 20, 15, 5, 25),
    }
)
DEFAULT_PROFILE = PROFILES[3]
