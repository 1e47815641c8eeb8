"""Subjects."""

from __future__ import annotations

from footage.painter.elements import Element
from footage.painter.stage import Setting, Stage


def subject_elements(stage: Stage, setting: Setting) -> list[Element]:
    """Subject."""
    return []
