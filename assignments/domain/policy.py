"""The AI policy of a brief, and the one plain sentence that says it.

This module knows no language but English: it returns message ids with their values, which the edge
(`assignments.templatetags.briefs`) says in the person's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType


def gettext_noop(message: str) -> str:
    """Mark a message for the catalogue and return it unchanged."""
    return message


@dataclass(frozen=True, slots=True)
class AiPolicy:
    """What AI may be used for in a film.

    Attributes:
        level: AI Assessment Scale, 1 (no AI) to 5 (AI exploration).
        picture_cap: Greatest AI share of the picture, 0 to 1.
        voice_cap: Greatest AI share of the voice, 0 to 1; None when it is not capped.
        tools: Slugs of the tools that may be used.
        gpu_seconds: Engine time a work may spend.
        over_cap: "warn", "ask", "block" or "scale".
    """

    level: int
    picture_cap: Decimal
    voice_cap: Decimal | None
    tools: tuple[str, ...]
    gpu_seconds: int
    over_cap: str

    def allows(self, tool: str) -> bool:
        return tool in self.tools


@dataclass(frozen=True, slots=True)
class Said:
    """A message with its values; values may be messages themselves, or lists of them (said as "a, b and c").

    Attributes:
        message: English message id with %-style named places.
        plural: Message id for more than one; then `count` chooses.
    """

    message: str
    params: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    plural: str = ""
    count: int = 1


def ngettext(one: str, many: str, count: int) -> Said:
    """Return a message that counts; the name makes the catalogue's extraction find both forms."""
    return Said(one, {"count": count}, plural=many, count=count)


TOOLS: Mapping[str, str] = MappingProxyType(
    {
        "text-to-image": gettext_noop("text to image"),
        "image-to-image": gettext_noop("image to image"),
        "image-to-video": gettext_noop("image to video"),
        "text-to-video": gettext_noop("text to video"),
        "frame-to-frame": gettext_noop("frame to frame"),
        "interpolation": gettext_noop("frame interpolation"),
        "chroma-key": gettext_noop("chroma key"),
        "voice": gettext_noop("voice"),
        "dub": gettext_noop("dub to a timing"),
        "music": gettext_noop("music"),
        "effects": gettext_noop("sound effects"),
        "text-draft": gettext_noop("text draft"),
        "shot-list": gettext_noop("breakdown to a shot list"),
        "dialogue-polish": gettext_noop("dialogue polish"),
    }
)
LEVELS: Mapping[int, str] = MappingProxyType(
    {
        1: gettext_noop("no AI"),
        2: gettext_noop("AI for planning"),
        3: gettext_noop("AI as a collaborator"),
        4: gettext_noop("full AI"),
        5: gettext_noop("AI exploration"),
    }
)
"""Perkins, Furze, Roe, MacVaugh: The Artificial Intelligence Assessment Scale, 2024."""

OVER: Mapping[str, str] = MappingProxyType(
    {
        "warn": gettext_noop("over that, you are warned"),
        "ask": gettext_noop("over that, your teacher asks you for a talk"),
        "block": gettext_noop("over that, the film is not taken"),
        "scale": gettext_noop("over that, the mark is scaled down"),
    }
)


def sentence(policy: AiPolicy) -> Said:
    """Return the policy as one sentence."""
    if policy.level == 1 or not policy.tools:
        return Said(gettext_noop("No AI in this film: %(over)s."), {"over": Said(OVER[policy.over_cap])})
    return Said(
        gettext_noop("At most %(caps)s may be AI, made with %(tools)s in %(time)s of engine time; %(over)s."),
        {
            "caps": caps(policy),
            "tools": [tool_name(tool) for tool in policy.tools],
            "time": engine_time(policy.gpu_seconds),
            "over": Said(OVER[policy.over_cap]),
        },
    )


def caps(policy: AiPolicy) -> list[Said]:
    """Return the caps as "40 % of the picture", "50 % of the voice"."""
    said = [Said(gettext_noop("%(percent)s of the picture"), {"percent": percent(policy.picture_cap)})]
    if policy.voice_cap is not None:
        said.append(Said(gettext_noop("%(percent)s of the voice"), {"percent": percent(policy.voice_cap)}))
    return said


def level_name(policy: AiPolicy) -> Said:
    return Said(LEVELS[policy.level])


def tool_name(slug: str) -> Said:
    """Return a tool's name; one the platform doesn't know keeps its slug."""
    return Said(TOOLS[slug]) if slug in TOOLS else Said("%(slug)s", {"slug": slug})


def engine_time(seconds: int) -> Said:
    """Return a budget in minutes when it is at least two, else in seconds."""
    if seconds >= 120:
        minutes = seconds // 60
        return ngettext("%(count)s minute", "%(count)s minutes", minutes)
    return ngettext("%(count)s second", "%(count)s seconds", seconds)


def percent(share: Decimal) -> str:
    """Return a share as percent with at most one decimal, such as "40 %" or "37.5 %", on one line."""
    rounded = (share * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{rounded.normalize():f}\N{NO-BREAK SPACE}%"
