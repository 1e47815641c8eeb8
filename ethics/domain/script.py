"""The script plane: which characters of the final script come from AI drafts, and which were written by hand.

No detector looks at the words. A passage is AI where it stands in a draft from the ledger, robust to light edits; it is
human where the saved versions show it growing by hand; else it is unknown (MEASURE §1, §3.6). Segments are half-open
stretches of characters of the final text, counted from 0 in Unicode code points.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from fractions import Fraction
from functools import cache
from itertools import pairwise

from ethics.domain.segments import (
    ALL,
    ANYTHING,
    NOTHING,
    ZERO,
    Evidence,
    Grade,
    Interval,
    Segment,
    SourceUse,
    State,
    exact,
)

SHINGLE = 3
"""Words (Chinese: characters) in a row that have to agree to speak for a draft."""

GAP = 6
"""Words that may be changed between two places that agree."""

LEAST_RUN = 12
"""Words of a passage; shorter ones are phrases that anybody writes."""

LEAST_AGREEING = Fraction(3, 5)
"""Part of a passage's words that have to agree."""

MOST_AT_ONCE = 600
"""Characters that may be new in one saved version to count as growing by hand; more was brought from elsewhere."""

MOST_PER_SECOND = 10
"""Characters that a person types over a while; also an input method's best typists stay below."""

_WORD = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]|[^\W_぀-ヿ㐀-鿿豈-﫿]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Draft:
    """A text from the ledger that an engine wrote.

    Attributes:
        id: Media id or file name.
        given: What the person gave it to work on; words of that are theirs.
        made_at: When; None where it isn't known.
    """

    id: str
    text: str
    given: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A version of the script as the platform recorded it."""

    text: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or one Chinese character, with its place in the text."""

    form: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """Words [first, last) of the final text that stand in a draft.

    Attributes:
        agreeing: The words among them that are the draft's.
        draft_start: Character of the draft where it begins.
    """

    draft: str
    first: int
    last: int
    agreeing: frozenset[int]
    draft_start: int


def text_sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def words_of(text: str) -> list[Word]:
    """Words without case, width and punctuation; each Chinese character is one."""
    return [Word(found.group().casefold().replace("’", "'"), *found.span()) for found in _WORD.finditer(text)]


def script_segments(
    final: str, *, drafts: Sequence[Draft] = (), versions: Sequence[Saved] = ()
) -> list[Segment]:
    """The final text in judged stretches of characters, all of it; none for a text without words.

    Args:
        versions: What was saved before, oldest first, with the final text last; without them nothing is proven human.
    """
    words = words_of(final)
    if not words:
        return []
    typed = _typed_words(words, versions)
    pieces = list(_pieces(words, _matches(words, drafts, versions), typed))
    return list(_stretched(pieces, words, len(final)))


# ---------------------------------------------------------------- drafts in the text
def _matches(words: Sequence[Word], drafts: Iterable[Draft], versions: Sequence[Saved]) -> list[Match]:
    """Passages out of drafts, the longest first, none over another."""
    found = [match for draft in drafts for match in _from_draft(words, draft, versions)]
    chosen: list[Match] = []
    for match in sorted(found, key=lambda one: (-len(one.agreeing), one.first, one.draft)):
        if all(match.last <= other.first or other.last <= match.first for other in chosen):
            chosen.append(match)
    return sorted(chosen, key=lambda one: one.first)


def _from_draft(words: Sequence[Word], draft: Draft, versions: Sequence[Saved]) -> Iterator[Match]:
    theirs = words_of(draft.text)
    places: dict[tuple[str, ...], list[int]] = {}
    for index, shingle in enumerate(_shingles(theirs)):
        places.setdefault(shingle, []).append(index)
    own = _own_shingles(draft, versions)
    pairs = [
        (index, place)
        for index, shingle in enumerate(_shingles(words))
        if shingle not in own
        for place in places.get(shingle, ())
    ]
    for run in _runs(pairs):
        agreeing = frozenset(index + step for index, _ in run for step in range(SHINGLE))
        first, last = min(agreeing), max(agreeing) + 1
        if last - first >= LEAST_RUN and len(agreeing) >= LEAST_AGREEING * (last - first):
            yield Match(draft.id, first, last, agreeing, theirs[run[0][1]].start)


def _shingles(words: Sequence[Word]) -> list[tuple[str, ...]]:
    forms = [word.form for word in words]
    return list(zip(*(forms[step:] for step in range(SHINGLE)), strict=False))


def _own_shingles(draft: Draft, versions: Sequence[Saved]) -> set[tuple[str, ...]]:
    """What the person had written before the draft: given to the engine, or saved in an earlier version."""
    before = [draft.given]
    if draft.made_at is not None:
        earlier = [version for version in versions if version.saved_at < draft.made_at]
        before += [version.text for version in earlier[-1:]]
    return {shingle for text in before for shingle in _shingles(words_of(text))}


def _runs(pairs: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Pairs of places that go on from one another, with at most GAP words changed in between."""
    runs: list[list[tuple[int, int]]] = []
    open_runs: list[list[tuple[int, int]]] = []
    for index, place in pairs:
        open_runs = [run for run in open_runs if index - run[-1][0] <= GAP + SHINGLE]
        follows = [run for run in open_runs if _goes_on(run[-1], (index, place))]
        if follows:
            min(follows, key=lambda run: abs((place - run[-1][1]) - (index - run[-1][0]))).append(
                (index, place)
            )
            continue
        open_runs.append([(index, place)])
        runs.append(open_runs[-1])
    return runs


def _goes_on(last: tuple[int, int], here: tuple[int, int]) -> bool:
    ahead, there = here[0] - last[0], here[1] - last[1]
    return 0 < ahead <= GAP + SHINGLE and 0 < there <= GAP + SHINGLE


# ---------------------------------------------------------------- written by hand
Line = tuple[str, ...]


def _typed_words(words: Sequence[Word], versions: Sequence[Saved]) -> list[bool]:
    """Which words of the final text came in by versions that grew by hand."""
    forms = cache(lambda line: tuple(word.form for word in words_of(line)))
    came = _came_with([[forms(line) for line in version.text.splitlines()] for version in versions])
    if not came or len(came[-1]) != len(words):
        return [False] * len(words)
    grown = _grew_by_hand(versions, came)
    return [grown[number] for number, _ in came[-1]]


Origin = tuple[int, int]
"""In which version a word came in, and how many characters it has."""


def _came_with(versions: Sequence[list[Line]]) -> list[list[Origin]]:
    """For each version, where each of its words came in; a line that stood anywhere before keeps its origins."""
    found: list[list[Origin]] = []
    seen: dict[Line, list[Origin]] = {}
    before: list[Line] = []
    origins: list[list[Origin]] = []
    for number, lines in enumerate(versions):
        origins = _carried(before, lines, origins, number, seen)
        seen.update(zip(lines, origins, strict=True))
        before = lines
        found.append([origin for line in origins for origin in line])
    return found


def _carried(
    before: list[Line],
    after: list[Line],
    origins: list[list[Origin]],
    number: int,
    seen: dict[Line, list[Origin]],
) -> list[list[Origin]]:
    """Origins of the words of every line after a change; only changed lines are compared word by word."""
    result: list[list[Origin]] = []
    for kind, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            result.extend(origins[first:last])
            continue
        old = [form for line in before[first:last] for form in line]
        known = [origin for line in origins[first:last] for origin in line]
        fresh = _carried_words(old, known, [form for line in after[start:end] for form in line], number)
        for line in after[start:end]:
            taken, fresh = fresh[: len(line)], fresh[len(line) :]
            result.append(seen.get(line, taken))
    return result


def _carried_words(before: list[str], origins: list[Origin], after: list[str], number: int) -> list[Origin]:
    result = [(number, len(form)) for form in after]
    for old, new, size in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        result[new : new + size] = origins[old : old + size]
    return result


def _grew_by_hand(versions: Sequence[Saved], came: Sequence[Sequence[Origin]]) -> list[bool]:
    """Which versions could have been typed: what is new in them draws on a store that fills up as time goes by."""
    found: list[bool] = []
    store = float(MOST_AT_ONCE)
    for number, words in enumerate(came):
        if number:
            seconds = (versions[number].saved_at - versions[number - 1].saved_at).total_seconds()
            store = min(MOST_AT_ONCE, store + MOST_PER_SECOND * max(0.0, seconds))
        added = sum(size for origin, size in words if origin == number)
        found.append(added <= store)
        store -= added if found[-1] else 0
    return found


# ---------------------------------------------------------------- judged passages
@dataclass(frozen=True, slots=True)
class _Piece:
    """Words [first, last) with one judgement."""

    first: int
    last: int
    state: State
    alpha: Interval
    sources: tuple[SourceUse, ...] = ()
    why: str = ""


def _pieces(words: Sequence[Word], matches: Sequence[Match], typed: Sequence[bool]) -> Iterator[_Piece]:
    place = 0
    for match in matches:
        yield from _unmatched(place, match.first, typed)
        yield _matched(words, match, typed)
        place = match.last
    yield from _unmatched(place, len(words), typed)


def _unmatched(first: int, last: int, typed: Sequence[bool]) -> Iterator[_Piece]:
    """Words that stand in no draft, in runs that were typed or were not."""
    start = first
    for place in range(first + 1, last + 1):
        if place == last or typed[place] != typed[start]:
            if typed[start]:
                yield _Piece(start, place, State.HUMAN, NOTHING, (_record(),))
            else:
                yield _Piece(start, place, State.UNKNOWN, ANYTHING, why="unwritten")
            start = place


def _matched(words: Sequence[Word], match: Match, typed: Sequence[bool]) -> _Piece:
    """A passage out of a draft: AI where nothing was changed, else mixed by its characters."""
    sizes = {place: len(words[place].form) for place in range(match.first, match.last)}
    total = sum(sizes.values())
    drafted = sum(size for place, size in sizes.items() if place in match.agreeing)
    open_size = sum(size for place, size in sizes.items() if place not in match.agreeing and not typed[place])
    alpha = Interval(exact(Fraction(drafted, total)), exact(Fraction(drafted + open_size, total)))
    state = State.AI if drafted == total else State.MIXED
    return _Piece(match.first, match.last, state, ALL if state is State.AI else alpha, (_drafted(match),))


def _drafted(match: Match) -> SourceUse:
    part = Fraction(len(match.agreeing), match.last - match.first)
    note = f"{len(match.agreeing)} of {match.last - match.first} words stand in {match.draft}."
    params = (("agreeing", str(len(match.agreeing))), ("source", match.draft))
    evidence = Evidence("text-match", Grade.CONTENT, exact(part), note, params)
    start = Fraction(match.draft_start)
    return SourceUse(match.draft, "generated", start, Fraction(1), False, ALL, (evidence,))


def _record() -> SourceUse:
    note = "The saved versions show it growing by hand."
    evidence = Evidence("script-record", Grade.CONTENT, Fraction(1), note)
    return SourceUse("", "record", ZERO, Fraction(1), False, ALL, (evidence,))


def _stretched(pieces: Sequence[_Piece], words: Sequence[Word], length: int) -> Iterator[Segment]:
    """Pieces as characters, each with the spaces and stops that follow it; the first from the beginning."""
    starts = [0, *(words[piece.first].start for piece in pieces[1:]), length]
    for piece, (start, end) in zip(pieces, pairwise(starts), strict=True):
        yield Segment(Fraction(start), Fraction(end), piece.state, piece.alpha, piece.sources, piece.why)
