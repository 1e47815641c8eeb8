"""A director's words: shot, angle, lens, move, light, time, place, action, mood, style; and the engine's prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from footage.problems import gettext_noop
from generation.domain.languages import language_of
from generation.domain.style_packs import STYLE_PACKS


@dataclass(frozen=True, slots=True)
class Word:
    """One choice of a director.

    Attributes:
        slug: What is kept with the job.
        label: What the person reads; a key of the message catalogue.
        prompt: What the engine reads when the director writes English.
        prompt_zh: What it reads when the director writes Chinese.
    """

    slug: str
    label: str
    prompt: str
    prompt_zh: str

    def said(self, language: str) -> str:
        return self.prompt_zh if language == "zh" else self.prompt


SHOTS = (
    Word("extreme-wide", gettext_noop("extreme wide shot"), "extreme wide shot", "大远景"),
    Word("wide", gettext_noop("wide shot"), "wide shot", "全景"),
    Word("medium", gettext_noop("medium shot"), "medium shot", "中景"),
    Word("close-up", gettext_noop("close-up"), "close-up", "特写"),
    Word("extreme-close-up", gettext_noop("extreme close-up"), "extreme close-up", "大特写"),
    Word("over-shoulder", gettext_noop("over the shoulder"), "over-the-shoulder shot", "过肩镜头"),
)
ANGLES = (
    Word("eye", gettext_noop("eye level"), "eye-level angle", "平视"),
    Word("low", gettext_noop("from below"), "low angle, looking up", "仰拍"),
    Word("high", gettext_noop("from above"), "high angle, looking down", "俯拍"),
    Word("overhead", gettext_noop("straight from above"), "overhead shot, bird’s-eye view", "顶拍"),
    Word("ground", gettext_noop("from the ground"), "ground-level angle", "贴地低角度"),
    Word("dutch", gettext_noop("tilted horizon"), "dutch angle, tilted horizon", "荷兰角，倾斜构图"),
)
LENSES = (
    Word("18", gettext_noop("18 mm, very wide"), "18 mm lens, deep space", "18 毫米超广角，纵深感"),
    Word("28", gettext_noop("28 mm, wide"), "28 mm lens", "28 毫米广角"),
    Word("35", gettext_noop("35 mm, reportage"), "35 mm lens", "35 毫米镜头"),
    Word("50", gettext_noop("50 mm, like the eye"), "50 mm lens", "50 毫米标准镜头"),
    Word("85", gettext_noop("85 mm, portrait"), "85 mm lens, shallow focus", "85 毫米人像镜头，浅景深"),
    Word(
        "135",
        gettext_noop("135 mm, compressed"),
        "135 mm lens, compressed perspective",
        "135 毫米长焦，空间压缩",
    ),
)
LIGHTS = (
    Word("window", gettext_noop("soft window light"), "soft window light from the side", "侧面柔和的窗光"),
    Word("sun", gettext_noop("hard sun"), "hard sunlight, sharp shadows", "硬朗的阳光，影子分明"),
    Word("backlight", gettext_noop("backlight"), "backlight, rim of light", "逆光，轮廓光"),
    Word(
        "lamps",
        gettext_noop("lamps in the picture"),
        "practical lamps in frame, warm tungsten",
        "画内灯光，暖钨丝灯",
    ),
    Word("neon", gettext_noop("neon"), "neon signs, mixed colour", "霓虹灯，混合色光"),
    Word("overcast", gettext_noop("overcast"), "overcast sky, flat light", "阴天，平光"),
    Word("candle", gettext_noop("candle or lantern"), "lantern light, deep shadows", "灯笼烛光，深影"),
)
TIMES = (
    Word("dawn", gettext_noop("dawn"), "dawn", "清晨"),
    Word("day", gettext_noop("day"), "day", "白天"),
    Word("dusk", gettext_noop("dusk"), "dusk", "黄昏"),
    Word("night", gettext_noop("night"), "night", "夜晚"),
)
MOVES = (
    Word("static", gettext_noop("locked off"), "static camera", "固定机位"),
    Word("push-in", gettext_noop("push in"), "slow push in", "缓缓推进"),
    Word("pull-out", gettext_noop("pull out"), "slow pull out", "缓缓拉远"),
    Word("pan-left", gettext_noop("pan left"), "pan left", "左摇"),
    Word("pan-right", gettext_noop("pan right"), "pan right", "右摇"),
    Word("tilt-up", gettext_noop("tilt up"), "tilt up", "上摇"),
    Word("tilt-down", gettext_noop("tilt down"), "tilt down", "下摇"),
)
MOODS = (
    Word("quiet", gettext_noop("quiet"), "quiet, restrained mood", "安静克制的气氛"),
    Word("tender", gettext_noop("tender"), "tender, intimate mood", "温柔亲密的气氛"),
    Word(
        "lonely", gettext_noop("lonely"), "lonely mood, empty space around the figure", "孤独，人物周围留白"
    ),
    Word("tense", gettext_noop("tense"), "tense, uneasy mood", "紧张不安的气氛"),
    Word("festive", gettext_noop("festive"), "festive, crowded, lively mood", "热闹喜庆的气氛"),
    Word("dreamlike", gettext_noop("dreamlike"), "dreamlike, soft mood", "如梦似幻，柔和"),
    Word("solemn", gettext_noop("solemn"), "solemn, ceremonial mood", "庄重肃穆的气氛"),
    Word("playful", gettext_noop("playful"), "playful, light mood", "俏皮轻快的气氛"),
)
STYLES = tuple(Word(pack.slug, pack.title, pack.words_en, pack.words_zh) for pack in STYLE_PACKS)
CHOICES: Mapping[str, tuple[Word, ...]] = {
    "shot": SHOTS,
    "angle": ANGLES,
    "lens": LENSES,
    "light": LIGHTS,
    "time": TIMES,
    "camera": MOVES,
    "mood": MOODS,
    "style": STYLES,
}
ORDER = ("shot", "angle", "lens", "camera", "light", "time", "place", "action", "mood", "style")
"""A shot list's order. What is seen comes before how it feels, because engines cut long prompts at the end."""


def compose_prompt(direction: Mapping[str, str]) -> str:
    """Return the engine's prompt of a director's words, in ORDER, in the language of the place and the action.

    Choices that were left open and words unknown to the list of their field are skipped.
    """
    language = spoken_language(direction)
    parts = [_prompt_of(name, direction.get(name, ""), language) for name in ORDER]
    return ("，" if language == "zh" else ", ").join(part for part in parts if part)


def spoken_language(direction: Mapping[str, str]) -> str:
    """Return zh or en: what the director wrote place and action in; English when both were left out."""
    written = " ".join(value for name in ("place", "action") if (value := direction.get(name, "")))
    return language_of(written) if written.strip() else "en"


def _prompt_of(name: str, value: str, language: str) -> str:
    words = CHOICES.get(name)
    if words is None:
        return " ".join(value.split()).rstrip(".。")
    return next((word.said(language) for word in words if word.slug == value), "")
