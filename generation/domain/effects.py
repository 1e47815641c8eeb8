"""Sound effects that can be asked for: what they are called, and what an engine that reads words is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from footage.problems import gettext_noop


@dataclass(frozen=True, slots=True)
class Effect:
    """One kind of sound.

    Attributes:
        title: A key of the message catalogue.
        words: For engines that read words.
    """

    slug: str
    title: str
    words: str


EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        effect.slug: effect
        for effect in (
            Effect("room-tone", gettext_noop("room tone"), "quiet room tone, air conditioning far away"),
            Effect("rain", gettext_noop("rain"), "steady rain on leaves and stone"),
            Effect("wind", gettext_noop("wind"), "gusty wind"),
            Effect("sea", gettext_noop("sea"), "waves breaking on a beach"),
            Effect("fire", gettext_noop("fire"), "crackling camp fire"),
            Effect("thunder", gettext_noop("thunder"), "one thunderclap rolling away"),
            Effect("crickets", gettext_noop("crickets at night"), "crickets at night"),
            Effect("footsteps", gettext_noop("footsteps"), "footsteps on stone"),
        )
    }
)
