"""The template writer: a first draft from a premise, by templates and dice. No language model.

It takes the people, place, hour, object, want and obstacle a premise names (`premise`) and fills film-school templates
with them (`scene_words`); where the premise is silent it fills in something usual and says so by brackets, so that
nothing looks decided that wasn't. The same premise and seed give the same draft. The language is the premise's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from generation.domain.languages import CHINESE as CHINESE_LETTER
from generation.domain.languages import Language
from generation.domain.premise import Premise, is_inside, read_premise
from generation.domain.scene_words import Lines, SceneWords, Speech
from generation.domain.scene_words.chinese import CHINESE
from generation.domain.scene_words.english import ENGLISH

Task = Literal["logline", "scene", "breakdown", "dialogue"]
WORDS = {"en": ENGLISH, "zh": CHINESE}
MEASURES = "个位名封把盏张部只件条双顶块本台架串枚支根副捧束辆壶碗"
LEAST = {"logline": 1, "scene": 2, "breakdown": 2, "dialogue": 2}
"""Parts of a body that are written however short the draft is to be."""
QUOTED = {"en": 18, "zh": 30}
LARGEST_OVERHEAD = 160
"""Words or characters a draft may have beyond its length: head, quotation and the parts of `LEAST`."""


@dataclass(frozen=True, slots=True)
class Cast:
    """What fills the slots. `filled` tells whether anything of it was not in the premise."""

    slots: dict[str, str]
    names: tuple[str, str]
    hour: str
    side: str
    filled: bool


def draft(*, task: str, premise: str, seed: int, length: int) -> str:
    """Return a draft in the language of the premise.

    Args:
        task: logline, scene, breakdown or dialogue; scene when it is none of these.
        length: About how many words (English) or characters (Chinese) the body may have; whole parts are written
            while they fit, at least the first ones.
    """
    found = read_premise(premise)
    words = WORDS[found.language]
    dice = Random(f"{task} {seed} {found.text}")  # noqa: S311  # choosing templates, not keys
    cast = _cast(found, words, dice)
    parts = {"logline": _loglines, "breakdown": _breakdown, "dialogue": _dialogue}.get(task, _scene)
    body = _fitting(parts(found, words, cast, dice), length=length, least=LEAST.get(task, 2))
    head = [words.head.format(seed=seed), words.quoted.format(premise=_quoted(found))]
    foot = [words.filled] if cast.filled else []
    return "\n".join([*head, "", _marked_once("\n\n".join(body)), *([""] if foot else []), *foot])


def _marked_once(body: str) -> str:
    """Keep the brackets of what was filled in where it stands first."""
    seen: set[str] = set()

    def shown(found: re.Match[str]) -> str:
        phrase = found.group(1) or found.group(2)
        name = re.sub(r"^the ", "", phrase.casefold())
        is_known = name in seen
        seen.add(name)
        return phrase if is_known else found.group()

    return re.sub(r"\[([^\]]+)\]|【([^】]+)】", shown, body)


def size(text: str) -> int:
    """Return the length of a text: its Chinese characters, plus its words in other scripts."""
    return len(CHINESE_LETTER.findall(text)) + len(re.findall(r"[A-Za-z0-9À-ÿ’'-]+", text))


# ---------------------------------------------------------------- who and what
def _cast(found: Premise, words: SceneWords, dice: Random) -> Cast:
    marks = ("【", "】") if found.language == "zh" else ("[", "]")
    filled = False

    def told(phrase: str, spare: Lines) -> str:
        nonlocal filled
        chosen = dice.choice(spare)  # drawn in any case, so that the other slots don't depend on it
        if phrase:
            return _definite(phrase, found.language)
        filled = True
        return f"{marks[0]}{_definite(chosen, found.language)}{marks[1]}"

    people = [*found.who, "", ""]
    slots = {
        "who": told(people[0], words.spare_who), "other": told(people[1], words.spare_other),
        "place": told(found.place, words.spare_place), "thing": told(found.thing, words.spare_thing),
        "want": told(found.want, words.spare_want), "obstacle": told(found.obstacle, words.spare_obstacle),
    }  # fmt: skip
    hour = found.hour or dice.choice(words.spare_hour)
    shown = words.hours[hour]
    slots["hour"] = shown.lower() if found.hour else f"{marks[0]}{shown.lower()}{marks[1]}"
    names = (_name(slots["who"], found.language), _name(slots["other"], found.language))
    side = _side(slots["place"], found.language)
    return Cast(_with_capitals(slots), names, hour, side, filled or not found.hour)


def _side(place: str, language: Language) -> str:
    words, inside = WORDS[language], is_inside(place, language=language)
    if inside is None:
        return words.either
    return words.inside if inside else words.outside


def _definite(phrase: str, language: Language) -> str:
    """Return the phrase as a text goes on with it: the ferryman for an old ferryman's first "a", no measure word."""
    if language == "zh":
        return re.sub(rf"^[一那这][{MEASURES}]", "", phrase)
    return re.sub(
        r"^(?:an?|some)\s+",
        "the ",
        re.sub(r"^(?:The|His|Her|Their|My|Our)\b", _lower, phrase),
        flags=re.IGNORECASE,
    )


def _lower(found: re.Match[str]) -> str:
    return found.group().lower()


def _name(phrase: str, language: Language) -> str:
    """Return what stands before a line of dialogue."""
    return (
        phrase if language == "zh" else re.sub(r"^(\[?)(?:the|his|her|their|my|our) ", r"\1", phrase).upper()
    )


def _with_capitals(slots: dict[str, str]) -> dict[str, str]:
    return slots | {name.capitalize(): _capital(phrase) for name, phrase in slots.items()}


def _capital(phrase: str) -> str:
    """Return the phrase with its first letter large, behind a bracket as well."""
    return re.sub(r"^([\[【]?)([a-z])", lambda found: found.group(1) + found.group(2).upper(), phrase)


def _quoted(found: Premise) -> str:
    if found.language == "zh":
        return found.text if len(found.text) <= QUOTED["zh"] else found.text[: QUOTED["zh"]] + "……"
    words = found.text.split()
    short = " ".join(words[: QUOTED["en"]])[:200]
    return short if short == found.text else short + " …"


# ---------------------------------------------------------------- the four kinds of draft
def _loglines(found: Premise, words: SceneWords, cast: Cast, dice: Random) -> list[str]:
    """Three loglines with different angles: what the premise doesn't tell is asked of as few as possible."""
    angles = dice.sample(words.loglines, len(words.loglines))
    angles.sort(key=lambda angle: _brackets(_filled(angle, cast)))
    return [_filled(angle, cast) for angle in angles[:3]] + [_questions(found, words, cast, dice, count=1)]


def _scene(found: Premise, words: SceneWords, cast: Cast, dice: Random) -> list[str]:
    sights = [dice.choice(words.light[cast.hour])]
    sights += (
        [dice.choice(words.weather[found.weather])] if found.weather and cast.side != words.inside else []
    )
    beats = [dice.choice(lines) for lines in (words.openings, words.arrivals, words.tactics)]
    return [
        _slugline(words, cast),
        _joined([*sights, beats[0]], cast),
        _joined(beats[1:], cast),
        _speeches(dice.choice(words.exchanges), words, cast),
        _joined([dice.choice(words.turns)], cast),
        _joined([dice.choice(words.buttons)], cast),
        _questions(found, words, cast, dice, count=2),
    ]


def _breakdown(found: Premise, words: SceneWords, cast: Cast, dice: Random) -> list[str]:
    shots = [
        words.shot.format(
            number=number, size=dice.choice(shot.sizes), lens=dice.choice(shot.lenses), move=dice.choice(shot.moves),
            content=_filled(dice.choice(shot.contents), cast),
        )
        for number, shot in enumerate(words.shots, start=1)
    ]  # fmt: skip
    return [_slugline(words, cast), *shots, _questions(found, words, cast, dice, count=1)]


def _dialogue(found: Premise, words: SceneWords, cast: Cast, dice: Random) -> list[str]:
    first, second = dice.sample(words.exchanges, 2)
    return [
        _slugline(words, cast),
        _speeches(first, words, cast),
        _joined([dice.choice(words.tactics)], cast),
        _speeches(second, words, cast),
        _filled(dice.choice(words.under), cast),
        _questions(found, words, cast, dice, count=1),
    ]


# ---------------------------------------------------------------- parts
def _slugline(words: SceneWords, cast: Cast) -> str:
    place = cast.slots["place"]
    is_english = words is ENGLISH
    place = re.sub(r"^(\[?)the ", r"\1", place).upper() if is_english else place
    hour = cast.slots["hour"].upper() if is_english else cast.slots["hour"]
    return words.slug.format(side=cast.side, place=place, hour=hour)


def _speeches(exchange: Sequence[Speech], words: SceneWords, cast: Cast) -> str:
    def spoken(speech: Speech) -> str:
        who, how, line = speech
        aside = words.aside.format(how=_filled(how, cast)) if how else ""
        return words.speech.format(name=cast.names[who], aside=aside, line=_filled(line, cast))

    return "\n".join(spoken(speech) for speech in exchange)


def _questions(found: Premise, words: SceneWords, cast: Cast, dice: Random, *, count: int) -> str:
    asked = [_filled(question, cast) for question in dice.sample(words.questions, count)]
    if not (found.who or found.place or found.thing or found.want):
        asked = [words.theme.format(premise=_quoted(found)), *asked[1:]]
    return "\n".join([words.decide, *(f"– {question}" for question in asked)])


def _joined(sentences: Iterable[str], cast: Cast) -> str:
    space = " " if cast.names[0].isascii() else ""
    return space.join(_filled(sentence, cast) for sentence in sentences)


def _filled(template: str, cast: Cast) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: cast.slots[slot.group(1)], template)


def _brackets(text: str) -> int:
    return text.count("[") + text.count("【")


def _fitting(parts: Sequence[str], *, length: int, least: int) -> list[str]:
    """Return the first parts that fit into the length together, and at least the first `least`."""
    taken: list[str] = []
    for part in parts:
        if len(taken) >= least and sum(map(size, taken)) + size(part) > length:
            break
        taken.append(part)
    return taken
