"""Dialogue polished by word lists, every change marked; and marks on what somebody else polished.

Only what is spoken is touched: the speeches of a screenplay, or every row when the text has none. The person's own list
goes before the dialect's, the dialect's before the list of spoken words; what was put in is not looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from generation.domain.dialects.model import Pack
from generation.domain.languages import Language, language_of
from generation.domain.lexicon import Entry
from generation.domain.screenplay import spoken_rows

Span = tuple[int, int, int, int]
"""Pieces from and to, of the old row and of the new one."""
OWN = "own"
"""Name of the person's own list in a change."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place that was changed.

    Attributes:
        row: Of the text, counted from 1.
        begin: Letter of the row, as it was, at which it begins.
        source: Slug of the list it comes from, OWN, or the slug of an engine.
    """

    row: int
    begin: int
    was: str
    now: str
    source: str


@dataclass(frozen=True, slots=True)
class Polished:
    """A text before and after.

    Attributes:
        rows: As they were.
        changes: In the order of the text; they don't overlap.
    """

    language: Language
    rows: tuple[str, ...]
    changes: tuple[Change, ...]

    def row(self, number: int, *, is_marked: bool) -> str:
        """Return a row after its changes; marked, each reads ⟦was→now⟧."""
        text, at = "", 0
        written = self.rows[number - 1]
        for change in (change for change in self.changes if change.row == number):
            text += written[at : change.begin] + (f"⟦{change.was}→{change.now}⟧" if is_marked else change.now)
            at = change.begin + len(change.was)
        return text + written[at:]

    def text(self, *, is_marked: bool = False) -> str:
        return "\n".join(self.row(number, is_marked=is_marked) for number in range(1, len(self.rows) + 1))


@dataclass(frozen=True, slots=True)
class WordList:
    """Entries and what they are called in a change."""

    source: str
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, pack: Pack) -> WordList:
        return cls(pack.slug, tuple(Entry(word, said) for word, said in pack.entries))


def polish(text: str, *, lists: Sequence[WordList]) -> Polished:
    """Return the text with the words of the lists, the first list that knows a word deciding."""
    rows, language = tuple(text.splitlines()), language_of(text)
    said: dict[str, tuple[str, str]] = {}
    for words in lists:
        for entry in words.entries:
            said.setdefault(_key(entry.word), (entry.said, words.source))
    pattern = _pattern(
        [word for words in lists for word in (entry.word for entry in words.entries)], language
    )
    spoken = spoken_rows(text)
    changes = [
        Change(number, begin + found.start(), found.group(), _cased(now, found.group()), source)
        for number, (begin, words_said) in spoken.items()
        for found in (pattern.finditer(words_said) if pattern else ())
        for now, source in [said[_key(found.group())]]
        if _cased(now, found.group()) != found.group()
    ]
    return Polished(language, rows, tuple(changes))


def _key(word: str) -> str:
    return " ".join(word.replace("'", "’").casefold().split())


def _pattern(words: Sequence[str], language: Language) -> re.Pattern[str] | None:
    """Match the longest words first; Latin ones whole, in either case and with either apostrophe."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    parts = [re.escape(word).replace("’", "['’]").replace(r"\ ", r"\s+") for word in longest_first]
    edges = [_edges(word) for word in longest_first]
    joined = "|".join(f"{before}{part}{after}" for part, (before, after) in zip(parts, edges, strict=True))
    return re.compile(joined, re.IGNORECASE) if joined else None


def _edges(word: str) -> tuple[str, str]:
    before = r"(?<![A-Za-z0-9’'])" if word[0].isascii() else ""
    after = r"(?![A-Za-z0-9])(?!['’][A-Za-z])" if word[-1].isascii() else ""
    return before, after


def _cased(now: str, was: str) -> str:
    """Return the new word with a capital where the old one had one that its place asks for."""
    if was[:1].isupper() and was != "I" and not was.startswith("I ") and now[:1].islower():
        return now[:1].upper() + now[1:]
    return now


# ---------------------------------------------------------------- what somebody else changed
def compared(before: str, after: str, *, source: str) -> Polished:
    """Return `after` as changes to `before`, found row by row, then word by word (English) or letter by letter."""
    old, new = tuple(before.splitlines()), tuple(after.splitlines())
    language = language_of(before)
    if len(old) != len(new):
        old, new = _aligned(old, new)
    changes = [
        change
        for number, (was, now) in enumerate(zip(old, new, strict=True), start=1)
        for change in _row_changes(number, was, now, language, source)
    ]
    return Polished(language, old, tuple(changes))


def _aligned(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Pair rows that belong together; where one side has none, its row is empty."""
    left: list[str] = []
    right: list[str] = []
    for _kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        longest = max(b - a, d - c)
        left += [*old[a:b], *[""] * (longest - (b - a))]
        right += [*new[c:d], *[""] * (longest - (d - c))]
    return tuple(left), tuple(right)


def _row_changes(number: int, was: str, now: str, language: Language, source: str) -> list[Change]:
    pieces = re.compile(r"\s+|[\w’'-]+|." if language == "en" else r"[A-Za-z]+|.", re.DOTALL)
    old, new = pieces.findall(was), pieces.findall(now)
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    differing = [code[1:] for code in found if code[0] != "equal"]
    return [
        Change(number, len("".join(old[:a])), "".join(old[a:b]), "".join(new[c:d]), source)
        for a, b, c, d in _joined(differing, old)
    ]


def _joined(spans: Sequence[Span], old: Sequence[str]) -> list[Span]:
    """Make one of differences that only a space parts, so that a phrase is shown as it was."""
    joined: list[Span] = []
    for a, b, c, d in spans:
        if joined and not "".join(old[joined[-1][1] : a]).strip():
            joined[-1] = (joined[-1][0], b, joined[-1][2], d)
        else:
            joined.append((a, b, c, d))
    return joined


# ---------------------------------------------------------------- what a reader would remark
BREATH: Mapping[Language, int] = {"en": 22, "zh": 34}
"""Words (English) or letters (Chinese) of a sentence that is too long for one breath."""
FEELING = re.compile(
    r"\bI(?:’m|'m| am| feel) (?:so |very |really )?(?:sad|angry|happy|afraid|scared|lonely|jealous|hurt|in love)\b"
    r"|我(?:真的|真|很|好|太|非常)*(?:难过|伤心|生气|愤怒|高兴|开心|害怕|孤独|寂寞|嫉妒|爱你|恨你)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something left to the writer: a row, what kind, and the words meant."""

    row: int
    kind: str
    words: str


def remarks(text: str) -> tuple[Remark, ...]:
    """Return sentences too long to be said in one breath, and feelings that are told by name."""
    language, found = language_of(text), list[Remark]()
    for number, (_begin, spoken) in spoken_rows(text).items():
        found += [
            Remark(number, "breath", one)
            for one in _sentences(spoken)
            if _size(one, language) > BREATH[language]
        ]
        found += [Remark(number, "feeling", match.group()) for match in FEELING.finditer(spoken)]
    return tuple(found)


def _sentences(spoken: str) -> list[str]:
    return [one.strip() for one in re.split(r"(?<=[.!?。！？…])", spoken) if one.strip()]


def _size(sentence: str, language: Language) -> int:
    return len(sentence.split()) if language == "en" else len(re.findall(r"\w", sentence))
