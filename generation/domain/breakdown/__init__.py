"""A screenplay broken down into shots, by the rules of thumb of a first assistant director's first pass.

A scene opens wide on its place. What a sentence shows decides the size (hands and letters close, somebody running in
full figure), its verb the camera (who walks is followed), words of sound the sound. A dialogue is covered as a crew
covers it: one two-shot, then over the shoulder of whoever listens, close when the talk has gone on. A shot the script
names itself ("CLOSE ON", 特写) wins. Nothing is understood: the list is there to be corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from generation.domain.breakdown.chinese import WORDS as CHINESE
from generation.domain.breakdown.english import WORDS as ENGLISH
from generation.domain.breakdown.table import Shot
from generation.domain.breakdown.words import Words
from generation.domain.languages import Language
from generation.domain.screenplay import Element, Scene, Screenplay

WORDS: Mapping[Language, Words] = {"en": ENGLISH, "zh": CHINESE}
MOST_SHOTS = 400
CLOSE_AFTER = 4
"""Speeches of a dialogue after which the camera has come close."""
LEAST_SECONDS = 2


def break_down(screenplay: Screenplay) -> tuple[Shot, ...]:
    """Return the shots of a screenplay, numbered through, at most MOST_SHOTS."""
    words = WORDS[screenplay.language]
    shots: list[Shot] = []
    for count, scene in enumerate(screenplay.scenes, start=1):
        for shot in _scene(scene, words, name=scene.heading.number or str(count)):
            shots.append(shot.numbered(len(shots) + 1))
            if len(shots) == MOST_SHOTS:
                return tuple(shots)
    return tuple(shots)


def _scene(scene: Scene, words: Words, *, name: str) -> Iterator[Shot]:
    is_open = bool(scene.heading.place)
    for kind, run in groupby(scene.elements, key=lambda element: element.kind):
        if kind == "action":
            for element in run:
                yield from _action(element, words, scene=name, opens=is_open, where=_where(scene, words))
                is_open = False
        elif kind == "speech":
            if is_open:
                yield _opening(_where(scene, words), "", words, scene=name)
                is_open = False
            yield from _dialogue(list(run), words, scene=name)


def _where(scene: Scene, words: Words) -> str:
    head = scene.heading
    return words.comma.join(filter(None, (head.place, head.hour)))


def _opening(where: str, sentence: str, words: Words, *, scene: str) -> Shot:
    picture = words.stop.join(filter(None, (where, sentence)))
    camera = _named(sentence, words.moves_named) or _followed(sentence, words) or words.still
    return _shot(scene, words.wide, camera, picture, _sound(f"{where} {sentence}", words), words)


def _action(element: Element, words: Words, *, scene: str, opens: bool, where: str) -> Iterator[Shot]:
    sentences = list(_sentences(element.text, words))
    if opens:
        names_a_size = bool(sentences) and bool(_named(sentences[0], words.sizes_named))
        first = "" if names_a_size or not sentences else sentences.pop(0)
        yield _opening(where, first, words, scene=scene)
    for group in _together(sentences, words):
        text = words.space.join(group)
        size = _named(text, words.sizes_named) or _shown(text, words) or words.medium
        camera = _named(text, words.moves_named) or _followed(text, words) or words.still
        yield _shot(scene, size, camera, text, _sound(text, words), words)


def _sentences(text: str, words: Words) -> Iterator[str]:
    for sentence in re.split(words.sentence_end, text):
        if sentence.strip():
            yield sentence.strip()


def _together(sentences: Iterable[str], words: Words) -> Iterator[list[str]]:
    """Put a sentence into the shot of the one before when it is short, calls for no size of its own and follows at once."""
    group: list[str] = []
    for sentence in sentences:
        is_short = len(sentence) <= words.short and not (
            _named(sentence, words.sizes_named) or _shown(sentence, words)
        )
        if group and is_short and len(group) < 3:
            group.append(sentence)
            continue
        if group:
            yield group
        group = [sentence]
    if group:
        yield group


def _dialogue(run: list[Element], words: Words, *, scene: str) -> Iterator[Shot]:
    """Cover a run of speeches: the first two in one shot when two people talk, then whoever speaks."""
    seen = list(dict.fromkeys(speech.name for speech in run if not _is_unseen(speech, words)))
    rest = run
    if len(seen) == 2 and len(run) > 1 and not any(_is_unseen(speech, words) for speech in run[:2]):
        picture = words.two.format(one=seen[0], other=seen[1])
        yield _shot(scene, words.two_shot, words.still, picture, _said(run[:2], words), words)
        rest = run[2:]
    for speaker, speeches in groupby(enumerate(rest), key=lambda numbered: numbered[1].name):
        spoken = list(speeches)
        yield _cover(
            speaker, [speech for _at, speech in spoken], words, scene=scene, at=spoken[0][0], seen=seen
        )


def _cover(name: str, spoken: list[Element], words: Words, *, scene: str, at: int, seen: list[str]) -> Shot:
    listener = next((other for other in seen if other != name), "")
    if _is_unseen(spoken[0], words):
        picture = words.listening.format(name=listener) if listener else words.no_speaker
        return _shot(scene, words.close, words.still, picture, _said(spoken, words), words)
    is_close = at + 2 >= CLOSE_AFTER or not listener
    asides = words.comma.join(speech.aside for speech in spoken if speech.aside)
    picture = words.speaks.format(name=name) + (words.how.format(how=asides) if asides else "")
    size = words.close if is_close else words.over_shoulder.format(name=listener)
    return _shot(scene, size, words.still, picture, _said(spoken, words), words)


def _is_unseen(speech: Element, words: Words) -> bool:
    return bool(words.unseen.search(f"{speech.name} {speech.aside}"))


def _said(speeches: Iterable[Element], words: Words) -> str:
    return words.line_end.join(words.said.format(name=speech.name, line=speech.text) for speech in speeches)


def _named(text: str, names: Mapping[str, re.Pattern[str]]) -> str:
    """Return the key whose pattern the text bears first; empty when it bears none."""
    places = {key: found.start() for key, pattern in names.items() if (found := pattern.search(text))}
    return min(places, key=lambda key: places[key], default="")


def _shown(text: str, words: Words) -> str:
    """Return the size that what is shown calls for; the nearer one where it calls for two."""
    return next((size for size, pattern in words.sizes_shown.items() if pattern.search(text)), "")


def _followed(text: str, words: Words) -> str:
    return words.follow if words.moving.search(text) else ""


def _sound(text: str, words: Words) -> str:
    heard = [name for name, pattern in words.sounds.items() if pattern.search(text)]
    return words.comma.join(heard)


def _shot(scene: str, size: str, camera: str, picture: str, sound: str, words: Words) -> Shot:
    seconds = LEAST_SECONDS + round(max(len(picture) / words.read_speed, len(sound) / words.speech_speed))
    return Shot(0, scene, size, camera, picture, sound, seconds)
