"""Word lists for how people of a place, or people at all, say what a script writes.

Each list is short and of common words that can be put in one for another; grammar and melody are not in it, so a
speaker of the dialect has the last word. `where` says where the words can be looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from generation.domain.dialects import chinese, english
from generation.domain.dialects.model import Pack

PACKS: Mapping[str, Pack] = MappingProxyType({pack.slug: pack for pack in (*chinese.PACKS, *english.PACKS)})
"""Dialects by slug."""
SPOKEN: Mapping[str, Pack] = MappingProxyType({"zh": chinese.SPOKEN, "en": english.SPOKEN})
"""Written words as they are spoken, by language."""
