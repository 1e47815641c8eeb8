"""Lines with their times: what a dub is spoken to.

Read from subtitles (SRT, WebVTT) or a plain list, one line each: `0:01.2 - 0:03.5 The line`. A time is seconds,
minutes:seconds or hours:minutes:seconds, with a comma or a point before the thousandths. Text without a time of its own
belongs to the line above it. A line may begin with its speaker in brackets: `[woman] …`, `【老人】…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from unicodedata import east_asian_width

from footage.problems import gettext_noop

MOST_CUES = 120
LONGEST_SECONDS = 600
_TIME = r"(?:(?:\d{1,2}:)?\d{1,3}:)?\d{1,4}(?:[.,]\d{1,3})?"
_UNIT = r"(?:\s*s\b|\s*秒)?"
LISTED = re.compile(rf"\s*({_TIME}){_UNIT}\s*(?:--|[-–—~～至到])\s*({_TIME}){_UNIT}[\s:：,，|]*(.*)")
SUBTITLED = re.compile(rf"\s*({_TIME})\s*-->\s*({_TIME})(.*)")
SETTINGS = re.compile(r"(?:\s*(?:align|line|position|region|size|vertical|[XY][12]):\S+)+\s*")
"""What WebVTT and SRT may put behind the times: where on the picture the words stand."""
SKIPPED = re.compile(r"\s*(?:WEBVTT.*|NOTE\b.*|STYLE\b.*|\d+)?\s*")
"""Heads, notes and running numbers of subtitle files, and empty lines."""
TAGS = re.compile(r"<[^>]{0,40}>|\{\\[^}]{0,40}\}")
SPEAKER = re.compile(r"\s*[\[【](.{1,20}?)[\]】]\s*(.+)")
SPEAKERS = {
    "man": "man", "男": "man", "男人": "man", "woman": "woman", "女": "woman", "女人": "woman",
    "old man": "old-man", "old-man": "old-man", "老人": "old-man", "老汉": "old-man",
    "old woman": "old-woman", "old-woman": "old-woman", "老妇": "old-woman", "老太太": "old-woman",
    "whisper": "whisper", "低语": "whisper", "耳语": "whisper",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cue:
    """A line and its slot.

    Attributes:
        number: Counted from 1, in the order of the list.
        begin, end: Seconds from the start of the sound; begin < end.
        speaker: Slug of a speaker; empty: the one chosen for all.
    """

    number: int
    begin: Fraction
    end: Fraction
    line: str
    speaker: str = ""

    @property
    def slot(self) -> Fraction:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class CueProblem:
    """What is wrong with a list: a sentence as template and values."""

    template: str
    params: dict[str, object]


def read_cues(text: str) -> tuple[tuple[Cue, ...], CueProblem | None]:
    """Return the lines in the order of the list, and the first thing that can't be used, if there is one."""
    cues, problem = _collected(text)
    if problem is None:
        problem = next(_problems(cues), None)
    return tuple(cues), problem


def _collected(text: str) -> tuple[list[Cue], CueProblem | None]:
    cues: list[Cue] = []
    timed = SUBTITLED if "-->" in text else LISTED
    for number, written in enumerate(text.replace("\ufeff", "").splitlines(), start=1):
        row = TAGS.sub("", written)
        if found := timed.fullmatch(row):
            cues.append(_cue(len(cues) + 1, found))
        elif cues and not SKIPPED.fullmatch(row):
            cues[-1] = _continued(cues[-1], row)
        elif not SKIPPED.fullmatch(row):
            return cues, _no_time(number, row)
    return cues, None


def _cue(number: int, found: re.Match[str]) -> Cue:
    begin, end, rest = found.groups()
    return _continued(Cue(number, _seconds(begin), _seconds(end), ""), SETTINGS.sub("", rest))


def _continued(cue: Cue, text: str) -> Cue:
    if not cue.line and (named := SPEAKER.fullmatch(text)) and named.group(1).strip().casefold() in SPEAKERS:
        return replace(cue, speaker=SPEAKERS[named.group(1).strip().casefold()], line=named.group(2).strip())
    words = text.strip()
    return replace(cue, line=f"{cue.line}{_between(cue.line, words)}{words}")


def _between(line: str, more: str) -> str:
    """Return the space between two rows of a line: none behind Chinese letters and stops."""
    return " " if line and more and east_asian_width(line[-1]) not in "WF" else ""


def _seconds(time: str) -> Fraction:
    """Return a time such as 1:02:03,500 in seconds."""
    total = Fraction(0)
    for part in time.replace(",", ".").split(":"):
        total = 60 * total + Fraction(part)
    return total


def _problems(cues: Sequence[Cue]) -> Iterator[CueProblem]:
    if not cues:
        template = gettext_noop(
            "No line has a time. Write each as: 0:01.2 - 0:03.5 The line, or paste subtitles (SRT)."
        )
        yield CueProblem(template, {})
    elif len(cues) > MOST_CUES:
        template = gettext_noop(
            "These are %(count)d lines; at most %(most)d can be spoken at once. Split the list."
        )
        yield CueProblem(template, {"count": len(cues), "most": MOST_CUES})
    for cue in cues:
        yield from _problems_of(cue)
    for earlier, later in pairwise(cues):
        if later.begin < earlier.end:
            yield _overlap(earlier, later)


def _problems_of(cue: Cue) -> Iterator[CueProblem]:
    about: dict[str, object] = {"number": cue.number, "begin": shown(cue.begin), "end": shown(cue.end)}
    if cue.end <= cue.begin:
        template = gettext_noop(
            "Line %(number)d ends at %(end)s, before it begins at %(begin)s. Correct its times."
        )
        yield CueProblem(template, about)
    if not cue.line:
        template = gettext_noop(
            "Line %(number)d at %(begin)s says nothing. Write its words behind the times."
        )
        yield CueProblem(template, about)
    if cue.end > LONGEST_SECONDS:
        template = gettext_noop(
            "Line %(number)d ends at %(end)s; a dub can be %(most)d seconds long. Split the list."
        )
        yield CueProblem(template, about | {"most": LONGEST_SECONDS})


def _overlap(earlier: Cue, later: Cue) -> CueProblem:
    template = gettext_noop(
        "Line %(number)d begins at %(begin)s, before line %(earlier)d is over at %(over)s. Correct the times, or dub "
        "the two speakers apart."
    )
    params: dict[str, object] = {
        "number": later.number, "begin": shown(later.begin), "earlier": earlier.number, "over": shown(earlier.end),
    }  # fmt: skip
    return CueProblem(template, params)


def _no_time(number: int, row: str) -> CueProblem:
    template = gettext_noop(
        "Row %(number)d, “%(row)s”, has no time. Write: 0:01.2 - 0:03.5 The line, or paste subtitles (SRT)."
    )
    return CueProblem(template, {"number": number, "row": row.strip()[:40]})


def shown(seconds: Fraction) -> str:
    """Return seconds as minutes:seconds with tenths, such as 1:02.5."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths % 600 // 10:02d}.{tenths % 10}"
