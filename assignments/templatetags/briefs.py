"""Words of the assignments room in the person's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext

from assignments.domain import policy as policies
from assignments.domain.policy import AiPolicy, Said
from assignments.models import Brief
from ui import problems

register = template.Library()


def policy_of(brief: Brief) -> AiPolicy:
    """Return the brief's AI policy."""
    return AiPolicy(
        level=brief.scale_level,
        picture_cap=brief.picture_cap,
        voice_cap=brief.voice_cap,
        tools=tuple(brief.tools),
        gpu_seconds=brief.gpu_seconds,
        over_cap=brief.over_cap,
    )


@register.filter
def policy_sentence(brief: Brief) -> str:
    """`{{ brief|policy_sentence }}`: the AI policy as one plain sentence."""
    return say(policies.sentence(policy_of(brief)))


@register.filter
def level_name(brief: Brief) -> str:
    """`{{ brief|level_name }}`: the name of the level on the AI Assessment Scale."""
    return say(policies.level_name(policy_of(brief)))


@register.filter
def tool_name(slug: str) -> str:
    """`{{ slug|tool_name }}`: "text to image" for text-to-image."""
    return say(policies.tool_name(slug))


@register.filter
def problem_sentence(problem: Mapping[str, Any] | None) -> str:
    """`{{ media.problem|problem_sentence }}`: what went wrong and what to do."""
    return problems.sentence(problem) if problem else ""


def say(said: Said) -> str:
    """Say a message, and the messages inside it, in the active language."""
    words = ngettext(said.message, said.plural, said.count) if said.plural else gettext(said.message)
    return words % {key: _value(value) for key, value in said.params.items()}


def _value(value: object) -> object:
    if isinstance(value, Said):
        return say(value)
    if isinstance(value, list | tuple):
        return listed([str(_value(item)) for item in value])
    return value


def listed(words: Sequence[str]) -> str:
    """Return "a", "a and b", or "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    first = words[0]
    for word in words[1:-1]:
        first = gettext("%(first)s, %(next)s") % {"first": first, "next": word}
    return gettext("%(first)s and %(last)s") % {"first": first, "last": words[-1]}
