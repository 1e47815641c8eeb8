"""The six states of a segment: letter, name, and the colours paper uses.

Screens take the colours from tokens.css; the literals here are the same colours of the light scheme for
renderers that do not read custom properties inside SVG.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class State:
    """One state of a segment.

    Attributes:
        letter: A, H, M, U, N or X.
        label: Its name in the reader's language.
        meaning: One sentence.
        on_fill: Ink of the letter on the state's fill, on paper.
    """

    letter: str
    label: str | Promise
    meaning: str | Promise
    on_fill: str = "#1a1a1a"


STATES = {
    state.letter: state
    for state in (
        State("H", _("Human"), _("Proven human: traced to a rush or to hand work on the record.")),
        State("A", _("AI"), _("Proven AI: traced to a generation in the ledger, or declared."), "#ffffff"),
        State("M", _("Mixed"), _("An AI element over or inside a captured picture.")),
        State("U", _("Unknown"), _("Not proven either way. Shown, never guessed.")),
        State("N", _("Neutral"), _("Black, slate, titles or a freeze. Carries no weight.")),
        State("X", _("Conflict"), _("Evidence for both. A person decides.")),
    )
}

PLANES = {
    "picture": _("Picture"),
    "voice": _("Voice"),
    "music": _("Music"),
    "effects": _("Effects"),
    "script": _("Script"),
}

EVIDENCE_GRADES = {
    0: _("grade 0, declared"),
    1: _("grade 1, corroborated"),
    2: _("grade 2, content-bound"),
    3: _("grade 3, cryptographic"),
}

# The plane's icon in the strip, so that lanes stay apart on a phone, where names are hidden.
PLANE_ICONS = {
    "picture": "film",
    "voice": "mic",
    "music": "music",
    "effects": "audio-lines",
    "script": "file-text",
}


def state_of(letter: str) -> State:
    """Return the state, or unknown for a letter this version does not know."""
    return STATES.get(letter, STATES["U"])
