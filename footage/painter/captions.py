"""Captions for painted scenes in a film person's words: synonyms, changing order, things left unsaid."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from footage.painter.attributes import PEOPLE, Carried, Subject
from footage.painter.scene import Scene
from footage.painter.words import VOCABULARY, Language

# How often each attribute goes unsaid, relative to the caller's `drop`; the subject is what a caption is for.
RELUCTANCE = {
    "shot": 1.0,
    "place": 0.4,
    "hour": 0.6,
    "weather": 0.8,
    "subject": 0.3,
    "move": 1.8,
    "lens": 1.8,
}


def caption(scene: Scene, *, rng: np.random.Generator, language: Language, drop: float = 0.25) -> str:
    """Say the scene in words.

    Args:
        drop: Chance that an attribute goes unsaid, 0..1; at 0 everything is said and
            `parse_scene` gives the scene back.
    """
    said = [name for name, weight in RELUCTANCE.items() if rng.random() >= drop * weight]
    said = said or ["subject", "place"]
    phrases = [phrase for name in said if (phrase := _phrase(scene, name, rng, language, drop))]
    order = rng.permutation(len(phrases)) if rng.random() < 0.5 else np.arange(len(phrases))
    return (", " if language == "en" else "，").join(phrases[int(index)] for index in order)


def _phrase(scene: Scene, name: str, rng: np.random.Generator, language: Language, drop: float) -> str:
    if name == "subject":
        return _subject_en(scene, rng, drop) if language == "en" else _subject_zh(scene, rng, drop)
    word = _word(scene, name, rng, language)
    if language == "en" and name == "place":
        return f"{'in' if rng.random() < 0.5 else 'at'} the {word}"
    if language == "en" and name == "hour":
        return f"at {word}" if rng.random() < 0.5 else word
    return word


def _word(scene: Scene, name: str, rng: np.random.Generator, language: Language) -> str:
    value: StrEnum = getattr(scene, name)
    words = VOCABULARY[language][name].get(value, ())
    if not words:
        return ""
    plain = rng.random() < 0.5
    return words[0] if plain else words[int(rng.integers(len(words)))]


def _subject_en(scene: Scene, rng: np.random.Generator, drop: float) -> str:
    accent = "" if rng.random() < drop * 0.6 else _word(scene, "accent", rng, "en")
    noun = _word(scene, "subject", rng, "en")
    if scene.subject is Subject.NONE:
        return f"empty frame, a touch of {accent}" if accent else "empty frame"
    if scene.subject in PEOPLE:
        if scene.carried is Carried.NONE:
            return f"a {noun} in {accent}" if accent else f"a {noun}"
        thing = _word(scene, "carried", rng, "en")
        verb = ("with", "holding", "carrying")[int(rng.integers(3))]
        return f"a {noun} {verb} a {accent} {thing}".replace("  ", " ")
    return f"a {accent} {noun}".replace("  ", " ")


def _subject_zh(scene: Scene, rng: np.random.Generator, drop: float) -> str:
    accent = "" if rng.random() < drop * 0.6 else _word(scene, "accent", rng, "zh")
    noun = _word(scene, "subject", rng, "zh")
    of = f"{accent}的" if accent else ""
    if scene.subject is Subject.NONE:
        return f"空镜，点缀{accent}" if accent else "空镜"
    if scene.subject in PEOPLE:
        if scene.carried is Carried.NONE:
            return f"{noun}身穿{of}外衣" if accent else noun
        verb = "打着" if scene.carried is Carried.UMBRELLA else "拿着"
        return f"{noun}{verb}{of}{_word(scene, 'carried', rng, 'zh')}"
    return f"{of}{noun}"
