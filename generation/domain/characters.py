"""Character sheets: which drawings make one up, and the words of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from footage.problems import gettext_noop
from generation.domain.direction import STYLES
from generation.domain.languages import language_of

MOST_VIEWS = 8
MOST_SEED = 2**31


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of sheet: what each drawing shows, in both languages, most useful first."""

    slug: str
    label: str
    words_en: tuple[str, ...]
    words_zh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One drawing of a sheet: what it shows, the engine's prompt, and its seed."""

    shows: str
    prompt: str
    seed: int


SHEETS = (
    Sheet(
        "views", gettext_noop("views"),
        ("front view", "three-quarter view", "profile", "back view", "close-up of the face", "full figure", "walking", "sitting"),
        ("正面", "四分之三侧面", "侧面", "背面", "面部特写", "全身", "走路", "坐着"),
    ),
    Sheet(
        "expressions", gettext_noop("expressions"),
        ("calm face", "smiling", "angry", "sad", "afraid", "surprised", "tired", "thinking"),
        ("平静", "微笑", "愤怒", "悲伤", "害怕", "惊讶", "疲惫", "沉思"),
    ),
    Sheet(
        "outfits", gettext_noop("clothes and weather"),
        ("everyday clothes", "work clothes", "festive clothes", "winter coat", "in the rain", "at home", "young", "old"),
        ("日常衣着", "工作服", "节日盛装", "冬衣", "雨中", "居家", "年轻时", "年老时"),
    ),
)  # fmt: skip


def views_of(request: Mapping[str, Any]) -> tuple[View, ...]:
    """Return the drawings of a validated request of the tool character-sheet.

    The character comes first in every prompt, what calls the request's adapters last, and the seeds follow each other, so
    that the drawings are a family: the same sheet asked for with one view more begins with the same drawings.
    """
    character = " ".join(str(request["character"]).split())
    language = language_of(character)
    sheet = next((sheet for sheet in SHEETS if sheet.slug == request["sheet"]), SHEETS[0])
    shows = (sheet.words_zh if language == "zh" else sheet.words_en)[: int(request["views"])]
    style, called = _style(request, language), str(request.get("prompt") or "")
    comma = "，" if language == "zh" else ", "
    return tuple(
        View(words, comma.join(part for part in (character, words, style, called) if part), (int(request["seed"]) + number) % MOST_SEED)
        for number, words in enumerate(shows)
    )  # fmt: skip


def _style(request: Mapping[str, Any], language: str) -> str:
    chosen = request.get("style", "")
    return next((word.said(language) for word in STYLES if word.slug == chosen), "")
