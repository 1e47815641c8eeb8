"""What a tool is: its inputs, the media it works on, what it costs and what is seen of it while it runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from footage.problems import gettext_noop

Kind = Literal["words", "lines", "choice", "whole", "number"]
MediumKind = Literal["image", "video", "sound"]
LETTERS = 20
"""Letters of a spoken line that count as one unit."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a tool.

    Attributes:
        kind: One line of words, several lines, one of `options`, a whole number or a number.
        low, high: Range of a number; greatest length (high) of words.
        options: (slug, label) pairs of a choice.
        is_direction: Part of the director's form; the prompt is made from these.
        is_folded: Shown under the fold, with the engine's prompt.
    """

    slug: str
    label: str
    kind: Kind
    default: Any = ""
    low: float = 0
    high: float = 400
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_required: bool = False
    is_direction: bool = False
    is_folded: bool = False

    def within(self, value: Any) -> Any:
        """Return an engine's own default, brought into the range of a number."""
        is_number = self.kind in {"whole", "number"} and isinstance(value, int | float)
        return min(max(value, self.low), self.high) if is_number else value


@dataclass(frozen=True, slots=True)
class MediaInput:
    """Further media of the work that a tool uses, besides the one it begins with.

    Attributes:
        use: A value of choices.MediaUse; a tool names each at most once.
        ask: The sentence for a person who left it out.
        kinds: What may be given.
        most: Greatest number of files.
        drawn_on: The person may paint it over the source on the tool's page (a mask, a guide).
    """

    use: str
    label: str
    ask: str
    help: str = ""
    kinds: tuple[MediumKind, ...] = ("image",)
    is_required: bool = False
    most: int = 1
    drawn_on: bool = False

    @property
    def field(self) -> str:
        """Name of its field in a form, and of its problems."""
        return f"media-{self.use}"


@dataclass(frozen=True, slots=True)
class Material:
    """A medium of the work as it is offered to a tool: its name, kind, and size in pixels (0 where it has none)."""

    name: str
    kind: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """How many units of an engine's pace a request takes: a product, so that the page can reckon as the server does.

    A unit is a step of a picture, a step over one second of a clip, a token of a text, LETTERS letters of a line.

    Attributes:
        factors: Slugs of number inputs, multiplied with each other.
        letters_of: Slug of words; each LETTERS letters are one unit, at least one.
        times: Constant factor.
    """

    factors: tuple[str, ...] = ("steps",)
    letters_of: str = ""
    times: float = 1.0

    def units(self, request: Mapping[str, Any]) -> float:
        spoken = max(1.0, len(str(request[self.letters_of])) / LETTERS) if self.letters_of else 1.0
        return self.times * spoken * math.prod(float(request[name]) for name in self.factors)


@dataclass(frozen=True, slots=True)
class InputProblem:
    """What is wrong with one input: its slug and a sentence as template and values."""

    slug: str
    template: str
    params: Mapping[str, object]

    @property
    def sentence(self) -> str:
        return self.template % self.params


Check = Callable[[Mapping[str, Any]], Iterable[InputProblem]]
"""Looks at a cleaned request as a whole, and tells what a look at single inputs can't find."""


def nothing_more(request: Mapping[str, Any]) -> Iterable[InputProblem]:
    """The check of a tool whose inputs need no look beyond their ranges."""
    return ()


PICTURE_STEPS = Cost()
CLIP_STEPS = Cost(("steps", "seconds"))
TOKENS = Cost(("length",))
SPOKEN_LETTERS = Cost((), letters_of="line")
ONE = Cost(())
"""For programs whose work hardly depends on what was asked."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What a student chooses.

    Attributes:
        module: Slug of the module whose ethics lesson unlocks it.
        makes: Kind of its output.
        needs_source: It begins with a medium of the work.
        source_kinds: What it may begin with.
        source_ask: The sentence for a person who chose none.
        media: Further media it uses.
        check: Tells what is wrong with its request as a whole.
        cost: Its cost model.
        preview: What is seen while it runs: the latents as a small picture, or nothing.
        exercise_of: Slug of a module; in works for its briefs the tool is always allowed and behind no lesson, in
            others never. Empty for tools that a brief's AI policy names.
        engines_of: Slug of the tool whose engines serve this one as well.
    """

    slug: str
    title: str
    summary: str
    icon: str
    module: str
    makes: Literal["image", "video", "sound", "text"]
    inputs: tuple[Input, ...]
    needs_source: bool = False
    source_kinds: tuple[MediumKind, ...] = ("image", "video")
    source_ask: str = gettext_noop("Choose the picture to begin with.")
    media: tuple[MediaInput, ...] = ()
    check: Check = nothing_more
    cost: Cost = PICTURE_STEPS
    preview: Literal["picture", "none"] = "picture"
    exercise_of: str = ""
    engines_of: str = ""

    @property
    def served_as(self) -> str:
        """The slug that an engine lists when it serves this tool."""
        return self.engines_of or self.slug

    def input(self, slug: str) -> Input:
        return next(item for item in self.inputs if item.slug == slug)

    def media_input(self, use: str) -> MediaInput | None:
        return next((item for item in self.media if item.use == use), None)

    def units(self, request: Mapping[str, Any]) -> float:
        """Return how many units of an engine's pace a validated request takes."""
        return self.cost.units(request)
