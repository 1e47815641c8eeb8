"""Checking what a tool was given, and the request that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from footage.problems import gettext_noop
from generation.domain.direction import compose_prompt
from generation.domain.lexicon import read_lexicon
from generation.domain.tools.model import Input, InputProblem, Material, MediaInput, Tool

MOST_SIDE = 12_000
"""Pixels of the longer side of a picture that a tool takes."""
NO_WORDS = gettext_noop(
    "Say what is to be seen: fill in the place or the action, or write a prompt of your own."
)
NO_MEDIA: Mapping[str, Sequence[Material]] = MappingProxyType({})
WRONG_KIND = {
    ("image",): gettext_noop("%(name)s is no still picture. Choose a PNG, JPEG, WebP or TIFF."),
    ("video",): gettext_noop("%(name)s is no film. Choose a clip."),
    ("sound",): gettext_noop("%(name)s is no sound. Choose a WAV or another sound file."),
    ("image", "video"): gettext_noop("%(name)s holds no picture. Choose a still or a clip."),
}
OTHER_KIND = gettext_noop("%(name)s is of a kind that can’t be used here. Choose another file.")


def validate(
    tool: Tool,
    given: Mapping[str, Any],
    *,
    has_source: bool,
    source: Material | None = None,
    media: Mapping[str, Sequence[Material]] = NO_MEDIA,
) -> tuple[dict[str, Any], tuple[InputProblem, ...]]:
    """Check what a person typed and chose; return the cleaned request with a list of problems (empty when all is well).

    The request holds every input of the tool, the director's words under `direction`, and `prompt` with
    `prompt_is_own` saying whether the person wrote it.

    Args:
        has_source: A usable medium to begin with was chosen.
        source: What is known of it.
        media: Usable media that were chosen, by their use.
    """
    clean: dict[str, Any] = {}
    problems: list[InputProblem] = []
    for item in tool.inputs:
        value, problem = _checked(item, given.get(item.slug))
        clean[item.slug] = value
        problems += [problem] if problem else []
    problems += _source_problems(tool, has_source=has_source, source=source)
    for medium in tool.media:
        problems += _media_problems(medium, media.get(medium.use, ()))
    if any(item.is_direction for item in tool.inputs):
        problems += _set_prompt(tool, clean)
    if "lexicon" in clean:
        problems += _lexicon_problems(clean["lexicon"])
    if not problems:
        problems += tool.check(clean)
    return clean, tuple(problems)


def _source_problems(tool: Tool, *, has_source: bool, source: Material | None) -> list[InputProblem]:
    if not tool.needs_source:
        return []
    if not has_source:
        return [InputProblem("source", tool.source_ask, {})]
    return _material_problems("source", source, kinds=tool.source_kinds) if source else []


def _media_problems(wanted: MediaInput, offered: Sequence[Material]) -> list[InputProblem]:
    if wanted.is_required and not offered:
        return [InputProblem(wanted.field, wanted.ask, {})]
    if len(offered) > wanted.most:
        template = gettext_noop("%(count)d files were chosen; at most %(most)d can be used here.")
        return [InputProblem(wanted.field, template, {"count": len(offered), "most": wanted.most})]
    return [
        problem
        for material in offered
        for problem in _material_problems(wanted.field, material, kinds=wanted.kinds)
    ]


def _material_problems(slug: str, material: Material, *, kinds: tuple[str, ...]) -> list[InputProblem]:
    if material.kind not in kinds:
        return [InputProblem(slug, WRONG_KIND.get(kinds, OTHER_KIND), {"name": material.name})]
    if max(material.width, material.height) <= MOST_SIDE:
        return []
    template = gettext_noop(
        "%(name)s is %(width)d × %(height)d pixels; at most %(most)d on the longer side can be used. "
        "Make it smaller and upload it again."
    )
    size = {"name": material.name, "width": material.width, "height": material.height, "most": MOST_SIDE}
    return [InputProblem(slug, template, size)]


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
