"""A screenplay read into scenes, action, speeches and transitions, as plain rules, in English and Chinese.

English as screenplays are laid out (Fountain's rules, fountain.io/syntax: a slugline begins with INT or EXT, a name in
capitals stands over its speech), with `NAME: line` beside it; Chinese as crews write it (`1. 内景 茶馆 夜`, `△` before
action, `名字（情绪）：台词`). What no rule knows is action.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from generation.domain.languages import Language, language_of
from generation.domain.screenplay import chinese, english
from generation.domain.screenplay.marks import Heading, Marks

Kind = Literal["action", "speech", "transition"]
MARKS: dict[Language, Marks] = {"en": english.MARKS, "zh": chinese.MARKS}
LONGEST_HEAD = 120
"""Letters of a row that may be a slugline, a name or a transition."""


@dataclass(frozen=True, slots=True)
class Element:
    """A part of a scene.

    Attributes:
        row: Row of the text it begins in, counted from 1.
        name, aside: Of a speech: who speaks, and how (empty: as it comes).
    """

    kind: Kind
    text: str
    row: int
    name: str = ""
    aside: str = ""


@dataclass(slots=True)
class Scene:
    """A scene under its heading; what stands before the first heading is a scene without one."""

    heading: Heading
    elements: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Screenplay:
    language: Language
    scenes: tuple[Scene, ...]

    @property
    def elements(self) -> list[Element]:
        return [element for scene in self.scenes for element in scene.elements]


def read_screenplay(text: str) -> Screenplay:
    """Return the scenes of a text. Scenes in which nothing happens are left out."""
    scenes = tuple(scene for scene in _read(text).scenes if scene.elements)
    return Screenplay(language_of(text), scenes)


def _read(text: str) -> _Reading:
    reading = _Reading(MARKS[language_of(text)])
    rows = _without_notice(text.splitlines())
    for number, row in enumerate(rows, start=1):
        reading.take(number, row, following=rows[number] if number < len(rows) else "")
    return reading


def spoken_rows(text: str) -> dict[int, tuple[int, str]]:
    """Return what is spoken in each row that is spoken, by its number: the letter it begins at, and the words.

    A text without speeches counts as spoken all through.
    """
    reading = _read(text)
    rows = text.splitlines()
    if not reading.spoken:
        return {number: (0, row) for number, row in enumerate(rows, start=1) if row.strip()}
    return {number: (rows[number - 1].rfind(words), words) for number, words in reading.spoken.items()}


def _without_notice(rows: Sequence[str]) -> list[str]:
    """Empty the rows that our own drafts carry for the reader and that are no script: label, head, brackets, questions."""
    kept, is_over = [], False
    for row in rows:
        is_over = is_over or bool(re.fullmatch(r"\s*(?:To decide:|要你来定：)\s*", row))
        is_ours = is_over or re.match(
            r"\s*(?:\[AI-generated|TEMPLATE DRAFT|模板草稿|From: “|出自：“|\[In brackets\]|【方头括号】)", row
        )
        kept.append("" if is_ours else row)
    return kept


class _Reading:
    """What has been read so far, row by row."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.scenes: list[Scene] = [Scene(Heading())]
        self.spoken: dict[int, str] = {}
        self.speaker: tuple[str, str] | None = None
        self.is_joined = False

    def take(self, number: int, written: str, *, following: str) -> None:
        row = written.strip()
        head = row if len(row) <= LONGEST_HEAD else ""
        if not row:
            self.speaker, self.is_joined = None, False
        elif heading := self.marks.heading(head):
            self.scenes.append(Scene(heading))
            self.speaker, self.is_joined = None, False
        elif self.speaker:
            self._say(number, row, *self.speaker)
        elif spoken := self.marks.spoken(row):
            self.spoken[number] = spoken.line
            self._add(Element("speech", spoken.line, number, spoken.name, spoken.aside))
        elif (named := self.marks.cue(head)) and following.strip():
            self.speaker, self.is_joined = named, False
        elif self.marks.transition.fullmatch(head):
            self._add(Element("transition", row, number))
        else:
            self._act(number, self.marks.bullet.sub("", row))

    def _say(self, number: int, row: str, name: str, aside: str) -> None:
        """Add a row under a name: how it is said, or what."""
        if how := re.fullmatch(r"[(（](.+)[)）]", row):
            self.speaker = (name, "; ".join(filter(None, (aside, how.group(1)))))
            return
        self.spoken[number] = row
        if self.is_joined:
            self._join(row)
        else:
            self._add(Element("speech", row, number, name, aside))
        self.is_joined = True

    def _act(self, number: int, row: str) -> None:
        last = self._last
        if self.is_joined and last and last.kind == "action":
            self._join(row)
        else:
            self._add(Element("action", row, number))
        self.is_joined = True

    def _add(self, element: Element) -> None:
        self.scenes[-1].elements.append(element)
        self.is_joined = False

    def _join(self, row: str) -> None:
        last = self.scenes[-1].elements.pop()
        text = f"{last.text}{self.marks.space}{row}"
        self.scenes[-1].elements.append(Element(last.kind, text, last.row, last.name, last.aside))

    @property
    def _last(self) -> Element | None:
        return self.scenes[-1].elements[-1] if self.scenes[-1].elements else None
