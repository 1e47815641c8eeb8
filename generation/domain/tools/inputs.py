"""Inputs that several tools share."""

from __future__ import annotations

from dataclasses import replace

from footage.problems import gettext_noop
from generation.domain.direction import CHOICES
from generation.domain.tools.model import Input, MediaInput

MOST_SEED = 2**31 - 1


def _director(slug: str, label: str) -> Input:
    options = tuple((word.slug, word.label) for word in CHOICES[slug])
    return Input(slug, label, "choice", options=options, is_direction=True)


SHOT = _director("shot", gettext_noop("Shot size"))
LENS = _director("lens", gettext_noop("Lens"))
LIGHT = _director("light", gettext_noop("Light"))
TIME = _director("time", gettext_noop("Time of day"))
ANGLE = _director("angle", gettext_noop("Angle"))
MOOD = _director("mood", gettext_noop("Mood"))
STYLE = replace(
    _director("style", gettext_noop("Style pack")),
    help=gettext_noop(
        "The look of a region or of a film stock, in words. Check it with somebody from there."
    ),
)
CAMERA = _director("camera", gettext_noop("Camera move"))
PLACE = Input("place", gettext_noop("Place"), "words", high=160, is_direction=True,
              help=gettext_noop("Where are we? “a ferry landing in the rain”"))  # fmt: skip
ACTION = Input("action", gettext_noop("Action"), "words", high=240, is_direction=True,
               help=gettext_noop("Who does what? “an old man ties up his boat”"))  # fmt: skip
PROMPT = Input("prompt", gettext_noop("The engine’s prompt"), "lines", high=600, is_folded=True,
               help=gettext_noop("Made from the form. Write here to replace it; both are kept with the output."))  # fmt: skip
NEGATIVE = Input("negative", gettext_noop("Not in the picture"), "words", high=300, is_folded=True)
SEED = Input("seed", gettext_noop("Seed"), "whole", default=1, low=0, high=MOST_SEED, is_folded=True,
             help=gettext_noop("The same seed and the same words give the same picture again."))  # fmt: skip
STEPS = Input("steps", gettext_noop("Steps"), "whole", default=12, low=2, high=80, is_folded=True)
GUIDANCE = Input(
    "guidance", gettext_noop("How closely to follow the words"), "number", default=3.0, low=1, high=20, is_folded=True
)  # fmt: skip
SOLVER = Input("solver", gettext_noop("Solver"), "choice", is_folded=True, options=(
    ("ddim", "DDIM"), ("euler", "Euler"), ("euler-ancestral", "Euler ancestral"), ("dpm-2m", "DPM++ 2M"), ("unipc", "UniPC"),
), help=gettext_noop("How each step is computed. Left open, the engine’s own."))  # fmt: skip
STRENGTH = Input("strength", gettext_noop("How far to leave the source"), "number", default=0.5, low=0.1, high=1,
                 help=gettext_noop("0.1 keeps the picture, 1 forgets it."))  # fmt: skip
SECONDS = Input("seconds", gettext_noop("Length in seconds"), "number", default=2.0, low=0.5, high=10)
DIRECTOR = (SHOT, ANGLE, LENS, LIGHT, TIME, PLACE, ACTION, MOOD, STYLE)
"""The director's form for a still."""
MASK = MediaInput(
    "mask", gettext_noop("Mask"), gettext_noop("Choose a mask: white where something is to change, black elsewhere."),
    help=gettext_noop("White is drawn anew, black stays. A mask of another size is stretched over the picture."),
    is_required=True, drawn_on=True,
)  # fmt: skip
SETTINGS = (PROMPT, NEGATIVE, SEED, STEPS, GUIDANCE)
"""What stands under the fold of every tool that draws."""
STILL_SETTINGS = (*SETTINGS, SOLVER)
PLAIN_SETTINGS = (NEGATIVE, SEED, STEPS, GUIDANCE, SOLVER)
"""The same for tools whose words are an input of their own."""
HOLD = Input("hold", gettext_noop("How closely to keep to the guide"), "number", default=1.0, low=0, high=2,
             help=gettext_noop("0 forgets it, 1 keeps it, 2 forces it."))  # fmt: skip
