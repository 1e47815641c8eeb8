"""English screenplays: sluglines, names in capitals, transitions (Fountain's rules)."""

from __future__ import annotations

import re

from generation.domain.screenplay.marks import Heading, Marks, Side, Spoken

_HEADING = re.compile(
    r"\.?(?:(?:SCENE\s+)?(\d{1,3}[A-Z]?)[.):]?\s+)?"
    r"(INT\.?\s*/\s*EXT\.?|EXT\.?\s*/\s*INT\.?|I/E|INT|EXT|INTERIOR|EXTERIOR)\b[.:]?\s*(.*?)"
    r"(?:\s+[-–—]\s*([^-–—]{2,30}))?(?:\s+\d{1,3}[A-Z]?)?",
    re.IGNORECASE,
)
_NAME = r"[A-Z][A-Z0-9 .'’\-]{0,29}"
_CUE = re.compile(rf"({_NAME}?)\s*((?:\([^)]{{1,40}}\)\s*)*)\^?")
_SPOKEN = re.compile(rf"({_NAME}?|[A-Z][\w'’.\- ]{{0,24}})\s*((?:\([^)]{{1,60}}\)\s*)?):\s+(.+)")
_NOT_NAMES = re.compile(
    r"(?:THE END|END|FIN|TITLE|SUPER|INSERT|CLOSE ON|CLOSE-UP|CLOSEUP|CUT TO|FADE (?:IN|OUT)|LATER|MONTAGE|ANGLE ON|"
    r"WIDE|POV|BACK TO SCENE|CONTINUOUS|INTERCUT|FLASHBACK|NOTE|CAST|SCENE(?: \d+)?|ACT(?: \w+)?)\b.*",
    re.IGNORECASE,
)
_SIDES: dict[str, Side] = {"INT": "inside", "INTERIOR": "inside", "EXT": "outside", "EXTERIOR": "outside"}


def heading(row: str) -> Heading | None:
    """Read a row as an English slugline; None when it is none."""
    found = _HEADING.fullmatch(row)
    if not found:
        return None
    number, side, place, hour = (part or "" for part in found.groups())
    return Heading(number, _SIDES.get(side.upper(), "both"), place.strip(" .-–—"), hour.strip(" ."))


def _spoken(row: str) -> Spoken | None:
    found = _SPOKEN.fullmatch(row)
    if not found or _NOT_NAMES.fullmatch(found.group(1)) or found.group(1).count(" ") > 3:
        return None
    return Spoken(found.group(1).strip(), found.group(2).strip(" ()"), found.group(3).strip())


def _cue(row: str) -> tuple[str, str] | None:
    found = _CUE.fullmatch(row)
    if (
        not found
        or _NOT_NAMES.fullmatch(found.group(1))
        or not re.search(r"[A-Z]{2}|^[A-Z]$", found.group(1))
    ):
        return None
    asides = re.findall(r"\(([^)]+)\)", found.group(2))
    return found.group(1).strip(), "; ".join(aside for aside in asides if not re.match(r"CONT", aside, re.I))


MARKS = Marks(
    heading=heading,
    spoken=_spoken,
    cue=_cue,
    transition=re.compile(
        r"(?:>\s*)?(?:[A-Z ]{2,30} TO:?|FADE (?:IN|OUT)[.:]?|CUT TO BLACK[.:]?|THE END\.?)"
    ),
    bullet=re.compile(r"^[!•*]\s*"),
    space=" ",
)
