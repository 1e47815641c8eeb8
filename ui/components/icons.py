"""The icons of the sprite, by name, so that a misspelt one is an error and not a hole in the page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SPRITE = Path(__file__).resolve().parent.parent / "static" / "ui" / "img" / "icons.svg"


@cache
def icon_names() -> frozenset[str]:
    """Return the names of all symbols of the sprite."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))
