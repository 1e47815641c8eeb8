"""How people say a scene when they don't speak like a list: fillers, other separators, lost capitals."""

from __future__ import annotations

import numpy as np

from footage.painter.captions import caption
from footage.painter.scene import Scene
from footage.painter.words import VOCABULARY, Language

ENGLISH_SHARE = 0.55
SEPARATORS = {"en": (", ", ", ", " ", "; ", ". "), "zh": ("，", "，", " ", "、", "；")}
FILLERS: dict[Language, tuple[str, ...]] = {
    "en": (
        "cinematic",
        "film still",
        "beautiful",
        "lonely",
        "quiet",
        "soft light",
        "storyboard",
        "a film frame of",
        "there is",
        "old",
        "small",
        "standing",
        "walking",
        "under the sky",
        "far away",
        "movie scene",
    ),
    "zh": (
        "电影感",
        "画面",
        "电影镜头",
        "安静",
        "孤独",
        "美丽",
        "分镜",
        "一个",
        "站着",
        "走着",
        "远处",
        "氛围",
        "光影",
    ),
}


def said(scene: Scene, *, rng: np.random.Generator, drop: float = 0.25) -> str:
    """A caption in either language, sometimes with words that show nothing."""
    language: Language = "en" if rng.random() < ENGLISH_SHARE else "zh"
    words = caption(scene, rng=rng, language=language, drop=drop)
    if rng.random() < 0.3:
        return words
    phrases = words.split(", " if language == "en" else "，")
    for _ in range(int(rng.integers(0, 3))):
        filler = FILLERS[language][int(rng.integers(len(FILLERS[language])))]
        phrases.insert(int(rng.integers(len(phrases) + 1)), filler)
    separators = SEPARATORS[language]
    return separators[int(rng.integers(len(separators)))].join(phrases)


def vocabulary() -> list[str]:
    """Tokens of the engine: special ones, words and characters of the captions, and letters for the rest."""
    spoken = [
        word
        for values in VOCABULARY.values()
        for words in values.values()
        for many in words.values()
        for word in many
    ]
    spoken += [word for words in FILLERS.values() for word in words]
    spoken += [
        "a",
        "in",
        "at",
        "the",
        "with",
        "holding",
        "carrying",
        "empty frame",
        "touch of",
        "of",
        "and",
        "on",
        "by",
    ]
    spoken += ["空镜点缀的身穿外衣打着拿着在与和里上中下一"]
    pieces = {piece for word in spoken for piece in _pieces(word)}
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)] + [str(digit) for digit in range(10)]
    marks = list(",.;:!?'-()，。；：！？、“”…")
    whole = sorted(pieces - set(letters) - set(marks))
    return [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *marks,
        *letters,
        *(f"##{letter}" for letter in letters),
        *whole,
    ]


def _pieces(words: str) -> list[str]:
    split = "".join(f" {sign} " if not sign.isascii() else sign for sign in words.lower())
    return split.replace("-", " ").split()
