"""Words for the sound planes of an assessment, and for how far the film bears out its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import gettext, gettext_lazy, ngettext

from ui.components.states import PLANE_ICONS, PLANES

register = template.Library()

SOUND_PLANES = ("voice", "music", "effects")
WHY_UNMATCHED = {
    "no-file": gettext_lazy("no file of this name lies in the work"),
    "not-found": gettext_lazy("the film does not show or play it there"),
}


@dataclass(frozen=True, slots=True)
class ToldPlane:
    """A sound plane in numbers.

    Attributes:
        low, high: Share of AI, 0 to 1.
        seconds: Whole seconds in which anything of the plane counts.
        cap: Its own cap, 0 to 1; None where the brief has none.
        result: How it stands to the cap; empty without one.
    """

    label: str
    icon: str
    low: float
    high: float
    seconds: int
    cap: float | None
    result: str


@register.filter
def told_planes(document: Mapping[str, Any]) -> list[ToldPlane]:
    """`{% with planes=document|told_planes %}`: the sound planes in which half a second or more counts.

    Less is the rest of a cut between two recordings, of which a whole share would only mislead; the strip shows it.
    """
    verdicts = document.get("verdicts", {})
    return [
        ToldPlane(
            label=str(PLANES[name]),
            icon=PLANE_ICONS[name],
            low=plane["share"][0],
            high=plane["share"][1],
            seconds=round(plane["active_seconds"]),
            cap=verdicts[name]["cap"] if name in verdicts else None,
            result=verdicts[name]["result"] if name in verdicts else "",
        )
        for name in SOUND_PLANES
        if (plane := document["planes"].get(name)) and round(plane["active_seconds"])
    ]


@register.filter
def is_heard(plane: str) -> bool:
    """`{% if plane|is_heard %}`: whether a plane is listened to instead of looked at."""
    return plane in SOUND_PLANES


@register.filter
def span(segment: Mapping[str, Any]) -> str:
    """`{{ url }}{{ segment|span }}`: a media fragment over the whole segment."""
    return f"#t={segment['start']:.3f},{segment['end']:.3f}"


@register.filter
def borne_out(timeline: Mapping[str, Any]) -> str:
    """`{{ document.timeline|borne_out }}`: how many of a timeline's clips the film shows where it puts them."""
    if timeline["clips"] == timeline["matched"]:
        return ngettext(
            "The timeline’s %(clips)s clip is found in the film where it lies.",
            "All %(clips)s clips of the timeline are found in the film where they lie.",
            timeline["clips"],
        ) % {"clips": timeline["clips"]}
    return ngettext(
        "%(matched)s of %(clips)s clip of the timeline is found in the film where it lies.",
        "%(matched)s of %(clips)s clips of the timeline are found in the film where they lie.",
        timeline["clips"],
    ) % {"matched": timeline["matched"], "clips": timeline["clips"]}


@register.filter
def unmatched_why(clip: Mapping[str, Any]) -> str:
    """`{{ clip|unmatched_why }}`: why a clip of the timeline was not found."""
    return str(WHY_UNMATCHED.get(clip["why"], "")) or gettext("not found")
