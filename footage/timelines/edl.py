"""CMX 3600 edit decision lists, which don't say at which rate they count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from footage.problems import Problem, gettext_noop
from footage.timelines.adapters import adapted
from footage.timelines.flatten import flatten
from footage.timelines.model import EDL_RATES, Timeline, shown

_TIMECODE = re.compile(r"(?<![\d:;.])\d\d[:;.]\d\d[:;.]\d\d[:;.](\d\d\d?)(?![\d:;.])")


@dataclass(frozen=True, slots=True)
class _HighestFrame:
    """The timecode with the highest frame number of an EDL: it bounds the rate from below."""

    number: int = -1
    line: int = 0
    timecode: str = ""


def read_edl(text: str, film_fps: Fraction | None, name: str) -> Timeline:
    highest = _highest_frame(text)
    rates = list(dict.fromkeys([film_fps, *EDL_RATES] if film_fps else EDL_RATES))
    possible = [rate for rate in rates if round(rate) > highest.number]
    fault: Problem | None = None
    for tolerant in (False, True):
        for rate in possible:
            try:
                timeline = _edl_at(text, rate, name, tolerant=tolerant)
            except Problem as problem:
                fault = fault or problem
                continue
            return replace(
                timeline, notes=(*timeline.notes, *_edl_notes(rate, film_fps, highest, name, tolerant))
            )
    if not possible:
        raise _impossible_timecode(highest, rates, name)
    raise _unfitting(text, fault, rates, name)


def _unfitting(text: str, fault: Problem | None, rates: Iterable[Fraction], name: str) -> Problem:
    """No rate fits; says what stopped the first one, and on which line, where the reader had words for it."""
    why = str(fault.params.get("why") or "") if fault else ""
    if not why:
        return Problem(
            gettext_noop(
                "%(name)s can't be read as an EDL at any of these rates: %(rates)s. "
                "Export it again, or as OTIO."
            ),
            name=name,
            rates=_rate_list(rates),
        )
    return Problem(
        gettext_noop(
            "%(name)s can't be read as an EDL at any of these rates: %(rates)s. "
            "First trouble, at line %(line)d: %(why)s. Export it again, or as OTIO."
        ),
        name=name,
        rates=_rate_list(rates),
        line=_line_meant(text, why),
        why=why,
    )


def _line_meant(text: str, why: str) -> int:
    """Number of the line that the reader quotes (an event, a clip, a timecode), else of the first event."""
    quoted = re.search(r"form statement: (.+)|for clip (.+)|(\d\d:\d\d:\d\d[:;]\d\d)", why)
    words = next((group for group in quoted.groups() if group), "") if quoted else ""
    lines = list(enumerate(text.splitlines(), start=1))
    found = (number for number, line in lines if words and words in line)
    events = (number for number, line in lines if line.lstrip()[:1].isdigit())
    return next(found, next(events, 1))


def _highest_frame(text: str) -> _HighestFrame:
    highest = _HighestFrame()
    for number, line in enumerate(text.splitlines(), start=1):
        # Comments may quote timecodes of other rates.
        if not line.lstrip()[:1].isdigit():
            continue
        for match in _TIMECODE.finditer(line):
            if int(match.group(1)) > highest.number:
                highest = _HighestFrame(int(match.group(1)), number, match.group())
    return highest


def _edl_at(text: str, rate: Fraction, name: str, *, tolerant: bool) -> Timeline:
    read = adapted(text, "cmx_3600", name, rate=float(rate), ignore_timecode_mismatch=tolerant)
    return replace(flatten(read, name=name, kind="edl"), fps=rate)


def _edl_notes(
    rate: Fraction, film_fps: Fraction | None, highest: _HighestFrame, name: str, tolerant: bool
) -> Iterator[Problem]:
    if film_fps and rate != film_fps:
        yield Problem(
            gettext_noop(
                "%(name)s can't be at the film's %(film)s frames a second (line %(line)d, %(timecode)s), "
                "so it was read at %(rate)s."
            ),
            name=name,
            film=shown(film_fps),
            line=highest.line,
            timecode=highest.timecode,
            rate=shown(rate),
        )
    elif film_fps is None:
        yield Problem(
            gettext_noop("%(name)s doesn't say its rate; it was read at %(rate)s frames a second."),
            name=name,
            rate=shown(rate),
        )
    if tolerant:
        yield Problem(
            gettext_noop("In %(name)s source and record lengths disagree; the source lengths were used."),
            name=name,
        )


def _impossible_timecode(highest: _HighestFrame, rates: Iterable[Fraction], name: str) -> Problem:
    return Problem(
        gettext_noop(
            "%(name)s, line %(line)d: timecode %(timecode)s exists at none of the rates tried (%(rates)s "
            "frames a second). "
            "Export the EDL at the film's rate."
        ),
        name=name,
        line=highest.line,
        timecode=highest.timecode,
        rates=_rate_list(rates),
    )


def _rate_list(rates: Iterable[Fraction]) -> str:
    return ", ".join(shown(rate) for rate in rates)
