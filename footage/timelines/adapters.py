"""OpenTimelineIO's adapters, with every stumble of theirs turned into a sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from footage.problems import Problem, gettext_noop

UNUSUAL = gettext_noop(
    "%(name)s can't be read as a timeline: its structure is unusual. Export it as OTIO or as a CMX 3600 EDL."
)


_UNREADABLE = gettext_noop(
    "%(name)s can't be read as a timeline: %(why)s. Export it as OTIO or as a CMX 3600 EDL."
)


def adapted(text: str, adapter: str, name: str, **options: Any) -> Any:
    """What an OTIO adapter makes of the text."""
    import opentimelineio as otio

    try:
        return otio.adapters.read_from_string(text, adapter, **options)
    except Exception as fault:
        # Adapters raise whatever a strange file makes them stumble over.
        raise unreadable(name, fault) from fault


def adapted_file(path: Path, adapter: str, name: str) -> Any:
    """What an OTIO adapter makes of a file that is no text."""
    import opentimelineio as otio

    try:
        return otio.adapters.read_from_file(str(path), adapter)
    except MemoryError:
        raise
    except Exception as fault:
        # Adapters raise whatever a strange file makes them stumble over.
        raise unreadable(name, fault) from fault


def unreadable(name: str, fault: Exception) -> Problem:
    """The refusal, with what the reader said where that helps a person."""
    words = " ".join(str(fault).split()).rstrip(".")
    if not words or isinstance(fault, AttributeError | TypeError | KeyError):
        return Problem(UNUSUAL, name=name)
    return Problem(
        _UNREADABLE, name=name, why=re.sub(r"RationalTime\((\d+), \d+\)", r"\1 frames", words)[:200]
    )
