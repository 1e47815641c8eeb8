"""A crew's word list for voices: how names, dialect words and readings are to be said.

One entry per line, `word=how it is said`; empty lines and lines that begin with # are skipped. What stands right of
the sign may be other words (`gif=jiff`, `埃=挨`), pinyin with tone numbers or tone marks (`银行=yin2 hang2`,
`银行=yín háng`), or, for a voice that takes them, phonemes in double brackets (`Xi'an=[[S;i55an55]]`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from footage.problems import gettext_noop

MOST_ENTRIES = 200
SIGNS = re.compile(r"[=＝]")
TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
PHONEMES = re.compile(r"\[\[.*?\]\]")
INITIALS = r"(?:zh|ch|sh|[bpmfdtnlgkhjqxzcsryw])?"
FINALS = r"(?:[iuvü]?(?:ang|eng|ing|ong|an|en|in|un|vn|ai|ei|ao|ou|er|ia|ie|iu|ua|uo|ui|ue|ve|a|e|i|o|u|v|ü)|n|ng|m)"
SYLLABLE = re.compile(rf"{INITIALS}{FINALS}[1-5]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A word and how it is said."""

    word: str
    said: str


@dataclass(frozen=True, slots=True)
class LexiconProblem:
    """A line that can't be used: a sentence as template and values."""

    template: str
    params: dict[str, object]


def read_lexicon(text: str) -> tuple[tuple[Entry, ...], LexiconProblem | None]:
    """Return the entries and the first line that can't be used, if there is one."""
    entries: list[Entry] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        word, *said = (part.strip() for part in SIGNS.split(line, maxsplit=1))
        if not word or not said or not said[0]:
            return tuple(entries), _not_an_entry(number, line)
        entries.append(Entry(word, said[0]))
    if len(entries) > MOST_ENTRIES:
        return tuple(entries), _too_many(len(entries))
    return tuple(entries), None


def _not_an_entry(number: int, line: str) -> LexiconProblem:
    template = gettext_noop("Line %(number)d, “%(line)s”, is no entry. Write: word=how it is said.")
    return LexiconProblem(template, {"number": number, "line": line.strip()[:40]})


def _too_many(count: int) -> LexiconProblem:
    template = gettext_noop("The list has %(count)d entries; at most %(most)d can be used. Shorten it.")
    return LexiconProblem(template, {"count": count, "most": MOST_ENTRIES})


def apply_lexicon(line: str, entries: Sequence[Entry], *, takes_phonemes: bool) -> str:
    """Return the line as it is to be said.

    Longer words win over shorter ones, the later of two entries for a word over the earlier one, and what was put in
    is not looked at again. Latin words match whole, in either case. Without `takes_phonemes` entries that hold
    phonemes are left out.
    """
    usable = [entry for entry in entries if takes_phonemes or not PHONEMES.search(entry.said)]
    said = {entry.word.casefold(): spelled(entry.said) for entry in usable}
    if not said:
        return line
    longest_first = sorted({entry.word for entry in usable}, key=lambda word: (-len(word), word))
    pattern = re.compile("|".join(map(_matching, longest_first)), re.IGNORECASE)
    return pattern.sub(lambda found: said[found.group().casefold()], line)


def _matching(word: str) -> str:
    before = r"(?<![A-Za-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return before + re.escape(word) + after


def spelled(said: str) -> str:
    """Return what is put into the line: pinyin as syllables with tone numbers, set off by spaces; else as it stands."""
    numbered = " ".join(_numbered(word) for word in said.split())
    syllables = SYLLABLE.findall(numbered)
    if syllables and "".join(syllables) == numbered.replace(" ", ""):
        return f" {' '.join(syllables).lower().replace('ü', 'v')} "
    return said


def _numbered(word: str) -> str:
    """Turn the tone mark of one syllable into a number at its end: háng to hang2."""
    letters = unicodedata.normalize("NFD", word)
    tone = next((TONES[letter] for letter in letters if letter in TONES), "")
    plain = "".join(letter for letter in letters if letter not in TONES)
    return unicodedata.normalize("NFC", plain) + tone
