"""What a film report draws: gauge, strip and waterfall laid out in units of a fixed page.

A report has no script and no second chance to measure: places are numbers of the drawing's own box, 700 units
wide for 174 mm, and letters of segments too narrow for them stand in rows under the lane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext, gettext_lazy, ngettext

from assignments.templatetags.briefs import listed, tool_name
from grading.queries.reports import ToolUse
from ui.components.formats import share_interval
from ui.components.gauge import gauge
from ui.components.states import EVIDENCE_GRADES, PLANES, STATES, State, state_of
from ui.components.strip import strip
from ui.components.waterfall import waterfall
from ui.languages import pick

register = template.Library()
WIDTH = 700
LETTER = 9.0
"""Units a letter takes with some air."""
LANE, BAR, ROW = 40, 24, 11
KINDS = {
    "rush": gettext_lazy("rush"),
    "footage": gettext_lazy("footage"),
    "generated": gettext_lazy("generated"),
    "other": gettext_lazy("another crew’s material"),
    "edit": gettext_lazy("edit"),
    "drawing": gettext_lazy("drawing"),
}


@dataclass(frozen=True, slots=True)
class PaperSegment:
    """One stretch: bar and letter; `letter_y` is inside the bar, or in a row under it."""

    state: State
    x: float
    width: float
    y: float
    letter_x: float
    letter_y: float
    is_inside: bool


@dataclass(frozen=True, slots=True)
class PaperLane:
    label: str
    share: str
    y: float
    segments: tuple[PaperSegment, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """What one source rests on, over all its stretches.

    Attributes:
        seconds: On the timeline, summed.
        grade: The best grade among the notes, 0 to 3.
    """

    name: str
    kind: str
    states: tuple[State, ...]
    seconds: float
    grade: int
    notes: tuple[str, ...]

    @property
    def grade_words(self) -> str:
        return str(EVIDENCE_GRADES[self.grade])


def units(per_cent: float) -> float:
    """Per cent of the film as units of the drawing."""
    return round(per_cent * WIDTH / 100, 3)


@register.inclusion_tag("grading/paper/strip.html")
def paper_strip(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{% paper_strip document %}`: the provenance strip for paper."""
    laid = strip(document, key="paper", cuts=document["film"].get("cuts"))
    lanes: list[PaperLane] = []
    y = 22.0
    for lane in laid.lanes:
        segments = _segments(lane.segments, y=y + 12)
        lanes.append(PaperLane(str(lane.label), lane.share, y, segments))
        y = max((segment.letter_y for segment in segments), default=y + 12 + BAR) + 14
        y = max(y, lanes[-1].y + LANE + 10)
    return {
        "lanes": lanes,
        "ticks": [(units(tick.x), tick.label) for tick in laid.ticks],
        "cuts": [units(cut.x) for cut in laid.cuts],
        "width": WIDTH,
        "height": y,
        "states": _states_in(laid.lanes),
    }


def _segments(raw: Sequence[Any], *, y: float) -> tuple[PaperSegment, ...]:
    """Bars with their letters; a letter that doesn't fit goes to the first row under the bar with room for it."""
    ends: list[float] = []
    found = []
    for segment in raw:
        x, width, middle = units(segment.x), units(segment.width), units(segment.middle)
        is_inside = width >= LETTER + 3
        row = -1 if is_inside else _row(ends, middle)
        letter_y = y + BAR / 2 + 3.5 if is_inside else y + BAR + ROW * (row + 1)
        found.append(PaperSegment(segment.state, x, width, y, middle, round(letter_y, 3), is_inside))
    return tuple(found)


def _row(ends: list[float], middle: float) -> int:
    """The first row whose last letter ends before this one begins; `ends` is kept up to date."""
    for row, end in enumerate(ends):
        if middle - LETTER / 2 >= end:
            ends[row] = middle + LETTER / 2
            return row
    ends.append(middle + LETTER / 2)
    return len(ends) - 1


def _states_in(lanes: Sequence[Any]) -> list[State]:
    letters = {segment.state.letter for lane in lanes for segment in lane.segments}
    return [state for letter, state in STATES.items() if letter in letters]


@register.inclusion_tag("grading/paper/gauge.html")
def paper_gauge(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{% paper_gauge document %}`: the share of the picture against the cap."""
    picture, cap = document["planes"]["picture"], document["verdict"]["cap"]
    laid = gauge(*picture["share"], cap=cap, robust=picture["robust"])
    return {
        "gauge": laid,
        "width": WIDTH,
        "lo": units(laid.lo),
        "open": units(laid.open_width),
        "hi": units(laid.hi),
        "human": units(laid.human_width),
        "cap": units(laid.cap or 0),
        "robust": units(laid.robust or 0),
        "is_cap_right": (laid.cap or 0) > 60,
    }


@register.inclusion_tag("grading/paper/waterfall.html")
def paper_waterfall(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{% paper_waterfall document %}`: the terms of the degree as steps, each with what it rests on."""
    laid = waterfall(document["hcid"])
    return {
        "waterfall": laid,
        "steps": [(step, step.x * 3, step.solid * 3, step.open * 3, step.end * 3) for step in laid.steps],
        "sum": (laid.lo * 3, laid.open * 3),
    }


@register.filter
def evidence_rows(document: Mapping[str, Any]) -> list[EvidenceRow]:
    """`{{ document|evidence_rows }}`: every source once, in order of appearance."""
    found: dict[tuple[str, str], list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {}
    for _plane, segment in all_segments(document):
        for source in segment["sources"]:
            found.setdefault((source["id"], source["kind"]), []).append((segment, source))
    return [_evidence_row(name, kind, uses) for (name, kind), uses in found.items()]


def _evidence_row(
    name: str, kind: str, uses: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> EvidenceRow:
    items = [item for _segment, source in uses for item in source["evidence"]]
    letters = {segment["state"] for segment, _source in uses}
    return EvidenceRow(
        name=name,
        kind=str(KINDS.get(kind, kind)),
        states=tuple(state_of(letter) for letter in sorted(letters)),
        seconds=sum(segment["end"] - segment["start"] for segment, _source in uses),
        grade=max((item["grade"] for item in items), default=0),
        notes=tuple(dict.fromkeys(str(item["note"]) for item in items if item["note"])),
    )


@register.filter
def all_segments(document: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """`{% for plane, segment in document|all_segments %}`: the planes in their order, each in time."""
    measured = [(plane, document["planes"].get(plane) or {}) for plane in PLANES]
    return [(str(PLANES[plane]), part) for plane, data in measured for part in data.get("segments", [])]


@register.filter
def other_planes(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """`{% for plane, share in document|other_planes %}`: shares of the planes beside the picture."""
    measured = [(plane, document["planes"].get(plane)) for plane in PLANES if plane != "picture"]
    return [(str(PLANES[plane]), share_interval(*data["share"])) for plane, data in measured if data]


@register.filter
def state_named(letter: str) -> State:
    """`{% with state=segment.state|state_named %}`: a segment's state."""
    return state_of(letter)


@register.filter
def unproven(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """`{{ document|unproven }}`: stretches of the picture that are unknown."""
    return [part for part in document["planes"]["picture"]["segments"] if part["state"] == "U"]


@register.filter
def seconds_in(document: Mapping[str, Any], letter: str) -> float:
    """`{{ document|seconds_in:"A" }}`: seconds of the picture in one state."""
    segments = document["planes"]["picture"]["segments"]
    return float(sum(part["end"] - part["start"] for part in segments if part["state"] == letter))


@register.filter
def tools_words(tools: Sequence[ToolUse]) -> str:
    """`{{ report.tools|tools_words }}`: "one file by voice (Practice engine) and 2 files by …"."""
    return listed([_tool_words(use) for use in tools])


def _tool_words(use: ToolUse) -> str:
    return ngettext(
        "one file by %(tool)s (%(engine)s)", "%(count)s files by %(tool)s (%(engine)s)", use.count
    ) % {"count": use.count, "tool": tool_name(use.tool), "engine": pick(use.engine)}


@register.filter
def entry_words(kind: str) -> str:
    """`{{ entry.kind|entry_words }}`: what a ledger entry is about, for people who read no code."""
    return {
        "media.uploaded": gettext("material brought in"),
        "media.generated": gettext("material generated"),
        "asset.generated": gettext("material generated"),
        "cut.saved": gettext("cut saved"),
        "cut.handed_in": gettext("cut handed in"),
        "cut.assessed": gettext("film measured"),
        "assessment.overridden": gettext("an open stretch decided"),
        "assessment.appealed": gettext("appeal opened"),
        "appeal.answered": gettext("appeal answered"),
        "appeal.withdrawn": gettext("appeal taken back"),
        "declaration.made": gettext("cut declared"),
        "film.sealed": gettext("film labelled and signed"),
        "grade.given": gettext("marks given"),
        "policy.set": gettext("AI policy set"),
    }.get(kind, kind)
