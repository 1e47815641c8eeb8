"""Which of the two languages a text is written in."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["en", "zh"]
CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def language_of(text: str) -> Language:
    """Return zh when the text holds a Chinese character, else en."""
    return "zh" if CHINESE.search(text) else "en"
