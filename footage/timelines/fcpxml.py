"""FCPXML, read by its own rules: each element says where it stands in its parent's time.

Sources: Apple's FCPXML reference and its DTD. An element's `offset` counts in its parent's local time, its
`start` begins its own local time, which connected clips (`lane`) and contents count in. Where a clip is
conformed to the sequence's rate, its local time runs by the media's frames.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from footage.problems import Problem, gettext_noop
from footage.timelines.adapters import unreadable
from footage.timelines.elements import (
    BOTH,
    ENABLED,
    STORY,
    angles,
    box_of,
    faded,
    file_name,
    kinds_of,
    mapped,
    name_of,
    numbered,
    role_of,
    seconds,
    snapped,
)
from footage.timelines.model import (
    NO_CUT,
    Clip,
    ClipKind,
    Timeline,
    exact,
    shown,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_VISITS, DEEPEST_COMPOUND = 20_000, 40


def read_fcpxml(text: str, name: str) -> Timeline:
    """The first project's sequence as a flat edit.

    Raises:
        Problem: there is no sequence with a clip, or what was understood of it is not as long as it says.
    """
    from defusedxml import ElementTree as SafeTree

    try:
        return _read(SafeTree.fromstring(text.encode()), name)
    except (ValueError, ZeroDivisionError, OverflowError, SyntaxError) as fault:
        raise unreadable(name, fault) from fault


def _read(root: Element, name: str) -> Timeline:
    sequences = [sequence for project in root.iter("project") for sequence in project.findall("sequence")]
    cut = [sequence for sequence in sequences if len(sequence.findall("spine/*"))]
    if not cut:
        raise Problem(NO_CUT, name=name)
    reading = _Reading(name, {item.get("id", ""): item for item in root.findall("resources/*")})
    if len(cut) > 1:
        reading.note(
            gettext_noop("%(name)s holds %(count)d sequences; the first one was read."), count=len(cut)
        )
    titles = {project.find("sequence"): project.get("name") for project in root.iter("project")}
    return reading.timeline(cut[0], titles.get(cut[0]) or name)


@dataclass(frozen=True, slots=True)
class _Clock:
    """A local time: its second `local` falls on timeline second `at`, and it runs `pace` times as fast."""

    at: Fraction
    local: Fraction
    pace: Fraction = Fraction(1)

    def second_of(self, local: Fraction) -> Fraction:
        return self.at + (local - self.local) / self.pace


@dataclass(frozen=True, slots=True)
class _Place:
    """What an element inherits: its parent's time, the part of the timeline it may show in, its lane."""

    clock: _Clock
    low: Fraction
    high: Fraction
    lane: int = 0
    layer: int = 0
    kinds: frozenset[ClipKind] = BOTH
    depth: int = 0


@dataclass(slots=True)
class _Reading:
    name: str
    resources: Mapping[str, Element]
    fps: Fraction = Fraction(0)
    aspect: Fraction = Fraction(16, 9)
    clips: list[Clip] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    visits: int = 0

    def timeline(self, sequence: Element, title: str) -> Timeline:
        self.fps = self.rate_of(sequence)
        self.aspect = self.aspect_of(sequence)
        origin = seconds(sequence.get("tcStart", "0s"))
        spine = sequence.find("spine")
        assert spine is not None  # noqa: S101 - only sequences with a spine come here
        clock = _Clock(Fraction(0), origin)
        read = self.spine_end(spine, clock)
        stated = seconds(sequence.get("duration", f"{read}s"))
        if abs(read - stated) > 1 / self.fps:
            raise Problem(_MISREAD, name=self.name, stated=shown(stated), read=shown(read))
        self.spine(spine, _Place(clock, Fraction(0), max(read, stated)))
        if not self.clips:
            raise Problem(NO_CUT, name=self.name)
        return Timeline(title, self.fps, stated, numbered(self.clips), tuple(self.notes), "fcpxml")

    def rate_of(self, sequence: Element) -> Fraction:
        known = self.resources.get(sequence.get("format", ""))
        stated = known.get("frameDuration") if known is not None else None
        if stated:
            return 1 / seconds(stated)
        by_name = re.search(r"[pi](\d{2,4})$", known.get("name", "") if known is not None else "")
        if not by_name:
            raise ValueError("the sequence names no frame rate")
        digits = by_name.group(1)
        return snapped(Fraction(int(digits), 100 if len(digits) == 4 else 1))

    def aspect_of(self, sequence: Element) -> Fraction:
        """Width by height of the frame; that of most films where the format doesn't say."""
        known = self.resources.get(sequence.get("format", ""))
        sides = (
            [exact(known.get(side, "0")) for side in ("width", "height")]
            if known is not None
            else [Fraction(0)] * 2
        )
        return sides[0] / sides[1] if all(sides) else Fraction(16, 9)

    def note(self, template: str, **params: object) -> None:
        self.notes.append(Problem(template, name=self.name, **params))

    def spine(self, spine: Element, place: _Place) -> None:
        """Items one after the other, then the transitions between them."""
        first = len(self.clips)
        now = place.clock.local
        for item in spine:
            if item.tag in STORY:
                offset = seconds(item.get("offset")) if item.get("offset") else now
                self.item(item, place, offset)
                now = offset + (self.length_of(item) or 0)
        fades = sorted(
            (begin, begin + seconds(transition.get("duration", "0s")))
            for transition in spine.findall("transition")
            for begin in [place.clock.second_of(seconds(transition.get("offset", "0s")))]
        )
        for number in range(first, len(self.clips)) if fades else ():
            if self.clips[number].track == place.lane:
                self.clips[number] = faded(self.clips[number], fades)

    def item(self, item: Element, place: _Place, offset: Fraction) -> None:
        self.visits += 1
        if self.visits > MOST_VISITS:
            raise Problem(
                gettext_noop("%(name)s has more than %(limit)d clips, too many for a film of this school."),
                name=self.name,
                limit=MOST_VISITS,
            )
        if item.tag == "audition":
            # The first of an audition is the one picked.
            picked = next((child for child in item if child.tag in STORY), None)
            if picked is not None:
                self.item(picked, place, offset)
            return
        at = place.clock.second_of(offset)
        start = seconds(item.get("start")) if item.get("start") else self.default_start(item)
        length = self.length_of(item)
        clock = _Clock(at, start, self.pace_of(item))
        end = place.high if length is None else at + length
        inside = replace(place, clock=clock, low=max(place.low, at), high=min(place.high, end))
        if item.get("enabled") == "0":
            self.note(_OFF, clip=item.get("name", ""))
        elif inside.high > inside.low:
            self.content(item, inside)
        self.connected(item, replace(place, clock=clock))

    def connected(self, item: Element, place: _Place) -> None:
        """Clips and storylines attached to an item; they may outlast it."""
        for child in item:
            if child.get("lane") is None or child.tag not in STORY | {"spine"}:
                continue
            step = int(child.get("lane", "0"))
            above = (
                replace(place, layer=max(0, place.layer + step))
                if place.depth
                else replace(place, lane=place.lane + step)
            )
            offset = seconds(child.get("offset")) if child.get("offset") else place.clock.local
            if child.tag == "spine":
                self.spine(child, replace(above, clock=_Clock(place.clock.second_of(offset), Fraction(0))))
            else:
                self.item(child, above, offset)

    def content(self, item: Element, place: _Place) -> None:
        kinds = place.kinds & ENABLED.get(item.get("srcEnable", "all"), BOTH)
        inside = replace(place, kinds=kinds)
        if item.tag in {"asset-clip", "video", "audio", "title"}:
            self.leaf(item, inside)
        elif item.tag in {"ref-clip", "mc-clip"}:
            self.compound(item, inside)
        elif item.tag in {"clip", "sync-clip"}:
            for child in item:
                if child.tag == "spine" and child.get("lane") is None:
                    self.spine(child, inside)
                elif child.tag in STORY and child.get("lane") is None:
                    self.item(child, inside, seconds(child.get("offset", "0s")))

    def compound(self, item: Element, place: _Place) -> None:
        """The sequence or the angles behind a compound or multicam clip; retimed ones stay one clip."""
        media = self.resources.get(item.get("ref", ""))
        if item.find("timeMap") is not None or media is None or place.depth > DEEPEST_COMPOUND:
            self.note(_NOT_FOLLOWED, clip=item.get("name", ""))
            self.leaf(item, place)
            return
        inner = replace(place, depth=place.depth + 1)
        for spine in media.findall("sequence/spine"):
            self.spine(spine, inner)
        for angle, kinds in angles(item, media):
            self.spine(angle, replace(inner, kinds=inner.kinds & kinds))

    def leaf(self, item: Element, place: _Place) -> None:
        asset = self.resources.get(item.get("ref", ""))
        begins = seconds(asset.get("start", "0s")) if asset is not None else Fraction(0)
        first, last = (self.media_second(item, place.clock, second) for second in (place.low, place.high))
        if item.find("timeMap") is not None and len(item.findall("timeMap/timept")) > 2:
            self.note(_VARIES, clip=item.get("name", ""))
        for kind in sorted(kinds_of(item, asset) & place.kinds, reverse=True):
            self.clips.append(
                Clip(
                    track=place.lane, kind=kind, name=name_of(item, asset), source=file_name(asset),
                    source_start=first - begins, start=place.low, duration=place.high - place.low,
                    speed=((last - first) / (place.high - place.low)).limit_denominator(10_000),
                    layer=place.layer, track_name=role_of(item, kind),
                    box=box_of(item, self.aspect) if kind == "video" else None,
                )
            )  # fmt: skip

    def media_second(self, item: Element, clock: _Clock, second: Fraction) -> Fraction:
        """Second of the media that plays at a second of the timeline, through the time map if there is one."""
        points = [
            (seconds(point.get("time", "0s")), seconds(point.get("value", "0s")))
            for point in item.findall("timeMap/timept")[:1000]
        ]
        local = clock.local + (second - clock.at) * clock.pace
        return mapped(points, local) if len(points) > 1 else local

    def pace_of(self, item: Element) -> Fraction:
        """How much faster the media's frames run when they are played one by one at the sequence's rate."""
        conform = item.find("conform-rate")
        if conform is None or conform.get("scaleEnabled") == "0" or not conform.get("srcFrameRate"):
            return Fraction(1)
        return self.fps / snapped(exact(conform.get("srcFrameRate", "1")))

    def default_start(self, item: Element) -> Fraction:
        resource = self.resources.get(item.get("ref", ""))
        if resource is not None and resource.tag == "asset":
            return seconds(resource.get("start", "0s"))
        inner = resource.find("sequence") if resource is not None else None
        if inner is not None:
            return seconds(inner.get("tcStart", "0s"))
        child = next((child for child in item if child.tag in STORY and child.get("lane") is None), None)
        return seconds(child.get("offset", "0s")) if child is not None and item.tag == "clip" else Fraction(0)

    def length_of(self, item: Element) -> Fraction | None:
        """Stated length, or that of the media; None where neither is known."""
        if item.tag == "audition":
            item = next((child for child in item if child.tag in STORY), item)
        if item.get("duration"):
            return seconds(item.get("duration"))
        resource = self.resources.get(item.get("ref", ""))
        holder = resource.find("sequence") if resource is not None and resource.tag == "media" else resource
        stated = holder.get("duration") if holder is not None else None
        return seconds(stated) if stated else None

    def spine_end(self, spine: Element, clock: _Clock) -> Fraction:
        now = clock.local
        for item in spine:
            if item.tag in STORY:
                offset = seconds(item.get("offset")) if item.get("offset") else now
                now = offset + (self.length_of(item) or 0)
        return clock.second_of(now)


_MISREAD = gettext_noop(
    "%(name)s can't be read faithfully: the project lasts %(stated)s s, what was understood of it %(read)s s. "
    "Export the sequence as OTIO or as a CMX 3600 EDL."
)
_OFF = gettext_noop("%(name)s: the clip %(clip)s is switched off and was left out.")
_VARIES = gettext_noop(
    "%(name)s: the clip %(clip)s changes speed within itself; it was read at its mean speed."
)
_NOT_FOLLOWED = gettext_noop(
    "%(name)s: the compound clip %(clip)s is retimed or missing; its inside was not followed."
)
