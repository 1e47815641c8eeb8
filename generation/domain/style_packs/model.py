"""What a style pack is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class StylePack:
    """A look in words.

    Attributes:
        kind: A region's visible culture, or a film stock.
        title: What the person reads; a key of the message catalogue.
        about: What it brings into the picture and which cliché lies near; a key of the message catalogue.
        words_en, words_zh: What the engine reads, by the language of the director.
    """

    slug: str
    kind: Literal["region", "stock"]
    title: str
    about: str
    words_en: str
    words_zh: str
