"""The provenance strip: an assessment (`dailies-assessment/1`) as lanes of segments.

Places and widths are per cent of the film, so that SVG scales them; heights are px.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from . import formats
from .formats import exact
from .states import EVIDENCE_GRADES, PLANE_ICONS, PLANES, State, state_of

LANE = 28  # px: height of a lane with its gap
BAR = 22  # px: height of a segment
LETTER_FROM = Fraction(
    2, 100
)  # share of the film a segment needs to carry its letter before the script measures


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of one plane: where it is drawn and what is said about it.

    Attributes:
        x, width, middle: Per cent of the film.
        y: Top of the bar, px.
        seconds: Where it starts on the timeline.
        url: Where its evidence is, or the anchor of its row in the table.
    """

    id: str
    plane: str
    state: State
    x: float
    width: float
    middle: float
    y: int
    seconds: float
    start: str
    end: str
    alpha: str
    sources: str
    evidence: tuple[str, ...]
    url: str
    has_letter: bool
    wants_proof: bool

    @property
    def end_x(self) -> float:
        return round(self.x + self.width, 4)

    @property
    def words(self) -> str:
        """All of it in one line: for screen readers and for the line under the strip."""
        parts = [f"{self.start}{formats.EN_DASH}{self.end}", str(self.state.label)]
        parts += [part for part in (self.alpha, self.sources, *self.evidence[:2]) if part]
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Lane:
    """One plane of the strip, with its share of AI in words."""

    key: str
    label: str | Promise
    icon: str
    share: str
    y: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the strip, per cent of the film."""

    x: float
    label: str = ""
    width: float = 0.0
    seconds: float = 0.0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """Everything the template draws."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Mark, ...]
    cuts: tuple[Mark, ...]
    notes: tuple[Mark, ...]
    seconds: float
    fps: str
    width: int
    height: int
    frame_aspect: float


CHARACTERS = "characters"
"""Unit of a plane that is read, not played; its lane is as wide as the film."""


def _share_of(seconds: Fraction, total: Fraction) -> float:
    return round(float(seconds / total * 100), 4) if total else 0.0


def _sources(segment: Mapping[str, Any]) -> str:
    names = [str(source.get("id", "")) for source in segment.get("sources", [])]
    return ", ".join(name for name in names if name)


def _evidence(segment: Mapping[str, Any]) -> tuple[str, ...]:
    items = [item for source in segment.get("sources", []) for item in source.get("evidence", [])]
    items += segment.get("evidence", [])
    return tuple(_one_evidence(item) for item in sorted(items, key=lambda item: -int(item.get("grade", 0))))


def _one_evidence(item: Mapping[str, Any]) -> str:
    words = [
        str(item.get("note") or item.get("kind", "")),
        str(EVIDENCE_GRADES.get(item.get("grade", 0), "")),
    ]
    if item.get("confidence") is not None:
        words.append(_("confidence %(share)s") % {"share": formats.percent(item["confidence"])})
    return ", ".join(word for word in words if word)


def _alpha(segment: Mapping[str, Any], plane: str) -> str:
    if segment["state"] not in {"M", "A"} or segment.get("alpha") in (None, [1, 1], [1.0, 1.0]):
        return ""
    share = formats.share_interval(*segment["alpha"])
    if plane == "picture":
        return _("%(share)s of the frame is AI") % {"share": share}
    return _("%(share)s of it is AI") % {"share": share}


@dataclass(frozen=True, slots=True)
class _Scale:
    """How a plane counts: seconds of the film, or characters of a text laid along it.

    Attributes:
        seconds: Seconds of the film that one unit stands for.
        fps: For timecodes; empty for characters.
    """

    seconds: Fraction
    fps: str

    def said(self, place: Fraction) -> str:
        return formats.timecode(place, fps=self.fps) if self.fps else f"{int(place):,}"


def _scale(data: Mapping[str, Any], total: Fraction, fps: str) -> tuple[Fraction, _Scale]:
    """Return the length of a plane in its own unit, and how it counts."""
    if data.get("unit") != CHARACTERS:
        return total, _Scale(Fraction(1), fps)
    length = exact(data["segments"][-1]["end"])
    return length, _Scale(total / length, "")


def _segment(
    raw: Mapping[str, Any],
    *,
    key: str,
    plane: str,
    y: int,
    total: Fraction,
    scale: _Scale,
    url: str,
    todo: Sequence[Any],
) -> Segment:
    start, end = exact(raw["start"]), exact(raw["end"])
    proofs = [(exact(item["start"]), exact(item["end"])) for item in todo]
    return Segment(
        id=key,
        plane=plane,
        state=state_of(raw["state"]),
        x=_share_of(start, total),
        width=_share_of(end - start, total),
        middle=_share_of((start + end) / 2, total),
        y=y,
        seconds=round(float(start * scale.seconds), 6),
        start=scale.said(start),
        end=scale.said(end),
        alpha=_alpha(raw, plane),
        sources=_sources(raw),
        evidence=_evidence(raw),
        url=url or f"#{key}-row",
        has_letter=(end - start) >= LETTER_FROM * total,
        wants_proof=any(start < to and since < end for since, to in proofs)
        and raw["state"] in {"U", "M", "X"},
    )


def _lane(
    plane: str,
    data: Mapping[str, Any],
    *,
    index: int,
    key: str,
    total: Fraction,
    fps: str,
    url: str,
    verdict: Mapping[str, Any],
) -> Lane:
    todo = verdict.get("todo", []) if verdict.get("plane", "picture") == plane else []
    length, scale = _scale(data, total, fps)
    segments = tuple(
        _segment(
            raw,
            key=f"{key}-{plane}-{number}",
            plane=plane,
            y=index * LANE,
            total=length,
            scale=scale,
            url=url.replace("{plane}", plane).replace("{index}", str(number)),
            todo=todo,
        )
        for number, raw in enumerate(data.get("segments", []))
    )
    share = data.get("share")
    return Lane(
        key=plane,
        label=PLANES[plane],
        icon=PLANE_ICONS[plane],
        share=formats.share_interval(*share) if share else "",
        y=index * LANE,
        segments=segments,
    )


def _ticks(total: Fraction, fps: str) -> tuple[Mark, ...]:
    """Return about eight marks at a round step, so that the ruler can be read at any length."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)
    step = next((candidate for candidate in steps if total / candidate <= 8), 7200)
    places = range(0, int(total), step) if total else range(0)
    return tuple(
        Mark(x=_share_of(Fraction(at), total), label=formats.timecode(at, fps=fps)[3:8]) for at in places
    )


def _cuts(assessment: Mapping[str, Any], given: Sequence[Any] | None, total: Fraction) -> tuple[Mark, ...]:
    picture = (assessment["planes"].get("picture") or {}).get("segments", [])
    places = given if given is not None else [segment["start"] for segment in picture[1:]]
    return tuple(Mark(x=_share_of(exact(at), total), seconds=float(at)) for at in places)


def _note(raw: Mapping[str, Any], total: Fraction) -> Mark:
    start = exact(raw["start"])
    end = exact(raw.get("end") or raw["start"])
    return Mark(
        x=_share_of(start, total),
        width=_share_of(end - start, total),
        label=str(raw.get("text", "")),
        seconds=float(start),
        url=str(raw.get("url", "")),
    )


def strip(
    assessment: Mapping[str, Any],
    *,
    key: str,
    evidence_url: str = "",
    cuts: Sequence[Any] | None = None,
    notes: Sequence[Mapping[str, Any]] = (),
) -> Strip:
    """Lay out an assessment.

    Args:
        assessment: MEASURE §10; planes that are absent, null or empty get no lane.
        key: Prefix of all ids.
        evidence_url: Address of a segment's evidence with `{plane}` and `{index}` in it.
        cuts: Cut points in seconds; without them, the borders of the picture's segments.
        notes: {"start", "end" or None, "text", "url"}, seconds.
    """
    film = assessment["film"]
    total, fps = exact(film["duration"]), str(film.get("fps") or "25")
    planes = [(plane, assessment["planes"].get(plane)) for plane in PLANES]
    filled = [(plane, data) for plane, data in planes if data and data.get("segments")]
    verdict, verdicts = assessment.get("verdict") or {}, assessment.get("verdicts") or {}
    lanes = tuple(
        _lane(
            plane,
            data,
            index=index,
            key=key,
            total=total,
            fps=fps,
            url=evidence_url,
            verdict={"plane": plane, **verdicts[plane]} if plane in verdicts else verdict,
        )
        for index, (plane, data) in enumerate(filled)
    )
    return Strip(
        lanes=lanes,
        ticks=_ticks(total, fps),
        cuts=_cuts(assessment, cuts, total),
        notes=tuple(_note(raw, total) for raw in notes),
        seconds=float(total),
        fps=fps,
        width=100,
        height=max(1, len(lanes)) * LANE,
        frame_aspect=round(film.get("width", 16) / (film.get("height") or 9), 4),
    )
