"""The tools a student chooses from, as data, and the checking of what they were given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from footage.problems import gettext_noop
from generation.domain.direction import CHOICES, compose_prompt
from generation.domain.lab import MOST_STEPS
from generation.domain.lexicon import read_lexicon

Kind = Literal["words", "lines", "choice", "whole", "number"]
MOST_SEED = 2**31 - 1
LAB = "lab-denoise"
"""Slug of the denoising lab of module 1."""


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
class InputProblem:
    """What is wrong with one input: its slug and a sentence as template and values."""

    slug: str
    template: str
    params: Mapping[str, object]

    @property
    def sentence(self) -> str:
        return self.template % self.params


@dataclass(frozen=True, slots=True)
class Tool:
    """What a student chooses.

    Attributes:
        module: Slug of the module whose ethics lesson unlocks it.
        makes: Kind of its output.
        needs_source: It begins with a picture or film of the work.
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
    exercise_of: str = ""
    engines_of: str = ""

    @property
    def served_as(self) -> str:
        """The slug that an engine lists when it serves this tool."""
        return self.engines_of or self.slug

    def input(self, slug: str) -> Input:
        return next(item for item in self.inputs if item.slug == slug)


def _director(slug: str, label: str) -> Input:
    options = tuple((word.slug, word.label) for word in CHOICES[slug])
    return Input(slug, label, "choice", options=options, is_direction=True)


SHOT = _director("shot", gettext_noop("Shot size"))
LENS = _director("lens", gettext_noop("Lens"))
LIGHT = _director("light", gettext_noop("Light"))
TIME = _director("time", gettext_noop("Time of day"))
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
LAB_SEED = replace(SEED, is_folded=False, default=7)
LAB_STEPS = replace(STEPS, is_folded=False, high=MOST_STEPS)
LAB_GUIDANCE = replace(GUIDANCE, is_folded=False)
STRENGTH = Input("strength", gettext_noop("How far to leave the source"), "number", default=0.5, low=0.1, high=1,
                 help=gettext_noop("0.1 keeps the picture, 1 forgets it."))  # fmt: skip
SECONDS = Input("seconds", gettext_noop("Length in seconds"), "number", default=2.0, low=0.5, high=10)

TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        tool.slug: tool
        for tool in (
            Tool(
                "text-draft", gettext_noop("Text draft"),
                gettext_noop("A logline, scene or shot breakdown to argue with and rewrite."),
                "file-text", "text", "text",
                (
                    Input("task", gettext_noop("What to draft"), "choice", default="scene", options=(
                        ("logline", gettext_noop("logline")), ("scene", gettext_noop("scene")),
                        ("breakdown", gettext_noop("shot breakdown")), ("dialogue", gettext_noop("dialogue")),
                    )),
                    Input("premise", gettext_noop("What it is about"), "lines", high=1500, is_required=True,
                          help=gettext_noop("Who wants what, and what is in the way?")),
                    Input("length", gettext_noop("How long"), "whole", default=120, low=20, high=800, is_folded=True,
                          help=gettext_noop("About so many words, Chinese characters, or tokens of a language model.")),
                    SEED,
                ),
            ),
            Tool(
                "text-to-image", gettext_noop("Text to image"),
                gettext_noop("Concept art and storyboard frames from a director’s words."),
                "image", "image", "image",
                (SHOT, LENS, LIGHT, TIME, PLACE, ACTION, PROMPT, NEGATIVE, SEED, STEPS, GUIDANCE),
            ),
            Tool(
                "image-to-image", gettext_noop("Image to image"),
                gettext_noop("A sketch, location photo or frame, drawn again in other light."),
                "layers", "image", "image",
                (STRENGTH, SHOT, LENS, LIGHT, TIME, PLACE, ACTION, PROMPT, NEGATIVE, SEED, STEPS, GUIDANCE),
                needs_source=True,
            ),
            Tool(
                "image-to-video", gettext_noop("Image to video"),
                gettext_noop("A few seconds of movement that begin with a picture of yours."),
                "video", "video", "video",
                (CAMERA, SECONDS, STRENGTH, SHOT, LIGHT, TIME, PLACE, ACTION, PROMPT, NEGATIVE, SEED, STEPS, GUIDANCE),
                needs_source=True,
            ),
            Tool(
                "voice", gettext_noop("Voice line"),
                gettext_noop("A spoken line for a scratch track, to be compared with a performance."),
                "mic", "audio", "sound",
                (
                    Input("line", gettext_noop("The line"), "lines", high=400, is_required=True,
                          help=gettext_noop("What is said, as it is said. Punctuation makes the pauses.")),
                    Input("language", gettext_noop("Language"), "choice", options=(
                        ("zh", gettext_noop("Mandarin")), ("en", gettext_noop("English")),
                    ), help=gettext_noop("Left open, the script of the line decides.")),
                    Input("speaker", gettext_noop("Speaker"), "choice", default="man", options=(
                        ("man", gettext_noop("man")), ("woman", gettext_noop("woman")),
                        ("old-man", gettext_noop("old man")), ("old-woman", gettext_noop("old woman")),
                        ("whisper", gettext_noop("whisper")),
                    )),
                    Input("pace", gettext_noop("Pace"), "number", default=1.0, low=0.5, high=2,
                          help=gettext_noop("1 is the engine’s own pace.")),
                    Input("pitch", gettext_noop("Pitch in semitones"), "number", default=0.0, low=-10, high=10,
                          help=gettext_noop("0 is the voice’s own pitch, 12 an octave.")),
                    Input("lexicon", gettext_noop("How words are said"), "lines", high=4000, is_folded=True,
                          help=gettext_noop("One per line: word=how it is said. Pinyin with tones works: 银行=yin2 hang2")),
                    SEED,
                ),
            ),
            Tool(
                LAB, gettext_noop("Denoising lab"),
                gettext_noop("Watch a picture come out of noise, step by step, and change one thing at a time."),
                "sparkles", "", "image",
                (SHOT, TIME, PLACE, ACTION, LAB_SEED, LAB_STEPS, LAB_GUIDANCE, PROMPT, NEGATIVE),
                exercise_of="literacy", engines_of="text-to-image",
            ),
        )
    }
)  # fmt: skip

NO_WORDS = gettext_noop(
    "Say what is to be seen: fill in the place or the action, or write a prompt of your own."
)


def validate(
    tool: Tool, given: Mapping[str, Any], *, has_source: bool
) -> tuple[dict[str, Any], tuple[InputProblem, ...]]:
    """Check what a person typed, and return the cleaned request with a list of problems (empty when all is well).

    The request holds every input of the tool, the director's words under `direction`, and `prompt` with
    `prompt_is_own` saying whether the person wrote it.
    """
    clean: dict[str, Any] = {}
    problems: list[InputProblem] = []
    for item in tool.inputs:
        value, problem = _checked(item, given.get(item.slug))
        clean[item.slug] = value
        problems += [problem] if problem else []
    if tool.needs_source and not has_source:
        problems.append(InputProblem("source", gettext_noop("Choose the picture to begin with."), {}))
    if any(item.is_direction for item in tool.inputs):
        problems += _set_prompt(tool, clean)
    if "lexicon" in clean:
        problems += _lexicon_problems(clean["lexicon"])
    return clean, tuple(problems)


def _lexicon_problems(text: str) -> list[InputProblem]:
    _entries, problem = read_lexicon(text)
    return [InputProblem("lexicon", problem.template, problem.params)] if problem else []


def _set_prompt(tool: Tool, clean: dict[str, Any]) -> list[InputProblem]:
    direction = {item.slug: clean.pop(item.slug) for item in tool.inputs if item.is_direction}
    composed = compose_prompt(direction)
    own = clean["prompt"]
    clean["direction"] = direction
    clean["prompt"] = own or composed
    clean["prompt_is_own"] = bool(own) and own != composed
    has_words = bool(own or direction.get("place") or direction.get("action"))
    return [] if has_words or tool.needs_source else [InputProblem("action", NO_WORDS, {})]


def _checked(item: Input, raw: Any) -> tuple[Any, InputProblem | None]:
    if raw is None or raw == "":
        raw = item.default
    if item.kind in {"words", "lines"}:
        return _checked_words(item, str(raw))
    if item.kind == "choice":
        return _checked_choice(item, str(raw))
    return _checked_number(item, raw)


def _checked_words(item: Input, raw: str) -> tuple[str, InputProblem | None]:
    text = raw.strip() if item.kind == "lines" else " ".join(raw.split())
    text = "".join(letter for letter in text if letter.isprintable() or letter == "\n")
    if item.is_required and not text:
        return text, InputProblem(item.slug, gettext_noop("This can’t stay empty."), {})
    if len(text) > item.high:
        template = gettext_noop(
            "This is %(length)d characters long; at most %(limit)d can be used. Shorten it."
        )
        return text, InputProblem(item.slug, template, {"length": len(text), "limit": int(item.high)})
    return text, None


def _checked_choice(item: Input, raw: str) -> tuple[str, InputProblem | None]:
    if raw in {"", *(slug for slug, _label in item.options)}:
        return raw, None
    template = gettext_noop("%(value)s is not one of the choices. Take one from the list.")
    return "", InputProblem(item.slug, template, {"value": raw[:40]})


def _checked_number(item: Input, raw: Any) -> tuple[int | float, InputProblem | None]:
    try:
        value = int(str(raw)) if item.kind == "whole" else round(float(str(raw)), 4)
    except ValueError:
        template = gettext_noop("%(value)s is not a number. Write digits only.")
        return item.default, InputProblem(item.slug, template, {"value": str(raw)[:40]})
    if not item.low <= value <= item.high:
        template = gettext_noop("%(value)s is out of range: from %(low)s to %(high)s.")
        params = {"value": value, "low": f"{item.low:g}", "high": f"{item.high:.10g}"}
        return item.default, InputProblem(item.slug, template, params)
    return value, None
