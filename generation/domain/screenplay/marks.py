"""What the layout of a screenplay is recognised by, for one language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Side = Literal["", "inside", "outside", "both"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A slugline; empty where it doesn't say.

    Attributes:
        number: As the script counts its scenes.
        side: Whether it plays inside, outside, or both.
    """

    number: str = ""
    side: Side = ""
    place: str = ""
    hour: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A speech in one row: who, how, what."""

    name: str
    aside: str
    line: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The layout's rules.

    Attributes:
        heading: Reads a row as a slugline; None when it is none.
        spoken: Reads a row as name and speech.
        cue: Reads a row as a name that stands alone over its speech: (name, how).
        transition: Matches a transition.
        bullet: Matches what stands before action and is no part of it.
        space: What stands between two rows of the same paragraph.
    """

    heading: Callable[[str], Heading | None]
    spoken: Callable[[str], Spoken | None]
    cue: Callable[[str], tuple[str, str] | None]
    transition: re.Pattern[str]
    bullet: re.Pattern[str]
    space: str
