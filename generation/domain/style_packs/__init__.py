"""Style packs: the look of a region or of a film stock, in words of both languages, ready for an engine's prompt.

A pack names what can be seen (materials, plants, light, weather, tools of daily life), never "typical" people: who is in
the picture is said by the director in place and action. A new pack is one entry in `regions` or `stocks`.
"""

from __future__ import annotations

from generation.domain.style_packs.model import StylePack
from generation.domain.style_packs.regions import REGIONS
from generation.domain.style_packs.stocks import STOCKS

__all__ = ["STYLE_PACKS", "StylePack"]

STYLE_PACKS: tuple[StylePack, ...] = (*REGIONS, *STOCKS)
