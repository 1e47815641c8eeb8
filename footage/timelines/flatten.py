"""From OTIO's tree of tracks, compounds and effects to a flat list of clips."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlparse

from footage.problems import Problem, gettext_noop
from footage.timelines.adapters import unreadable
from footage.timelines.model import (
    DEEPEST_NESTING,
    KNOWN_RATES,
    NO_CUT,
    RATE_TOLERANCE,
    Clip,
    ClipKind,
    Timeline,
    TimelineKind,
)

MOST_CLIPS = 50_000


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a composition lies: its time `inside` falls on timeline second `at`; `speed` scales the rest."""

    at: Fraction
    inside: Fraction
    end: Fraction
    speed: Fraction
    track: int
    kind: ClipKind
    layer: int = 0
    depth: int = 0
    name: str = ""


@dataclass(slots=True)
class _Flattening:
    name: str
    clips: list[Clip] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    layers: int = 0

    def track(self, track: Any, place: _Place) -> None:
        """Place the items of a track one after the other; transitions overlap and take no time."""
        now, fade_in = Fraction(0), Fraction(0)
        items = list(track)
        for number, item in enumerate(items):
            if _is_transition(item):
                fade_in = _seconds(item.in_offset)
                continue
            length = _length(item, self.name)
            follows = items[number + 1] if number + 1 < len(items) else None
            fade_out = _seconds(follows.out_offset) if follows and _is_transition(follows) else Fraction(0)
            self.item(item, now, length, place, (fade_in, fade_out))
            now, fade_in = now + length, Fraction(0)

    def item(
        self, item: Any, start: Fraction, length: Fraction, place: _Place, fades: tuple[Fraction, Fraction]
    ) -> None:
        """Place an item that stands at [start, start + length) of its parent, as far as that shows it."""
        import opentimelineio as otio

        first, last = max(start, place.inside), min(start + length, place.end)
        if last <= first or isinstance(item, otio.schema.Gap):
            return
        if not getattr(item, "enabled", True):
            self.note(
                gettext_noop("%(name)s: the clip %(clip)s is switched off and was left out."), clip=item.name
            )
            return
        at = place.at + (first - place.inside) / place.speed
        duration = (last - first) / place.speed
        speed = self.speed_of(item)
        if isinstance(item, otio.schema.Clip):
            self.clip(item, place, at, duration, (first - start) * speed, speed, fades)
        elif isinstance(item, otio.core.Composition):
            self.compound(item, place, at, first - start, last - first, speed)
        else:
            self.note(
                gettext_noop("%(name)s: %(clip)s is of a kind that isn't known and was left out."),
                clip=item.name,
            )

    def clip(
        self,
        item: Any,
        place: _Place,
        at: Fraction,
        duration: Fraction,
        skipped: Fraction,
        speed: Fraction,
        fades: tuple[Fraction, Fraction],
    ) -> None:
        if len(self.clips) >= MOST_CLIPS:
            raise Problem(
                gettext_noop("%(name)s has more than %(limit)d clips, too many for a film of this school."),
                name=self.name,
                limit=MOST_CLIPS,
            )
        start, is_timecode = _source_start(item)
        self.clips.append(
            Clip(
                track=place.track, kind=place.kind, name=item.name or "", source=_source(item),
                source_start=start + skipped, start=at, duration=duration, speed=speed * place.speed,
                transition_in=fades[0] / place.speed, transition_out=fades[1] / place.speed,
                layer=place.layer, source_is_timecode=is_timecode, track_name=place.name,
            )
        )  # fmt: skip

    def compound(
        self, item: Any, place: _Place, at: Fraction, skipped: Fraction, shown: Fraction, speed: Fraction
    ) -> None:
        """Follow a nested sequence; frozen or backward ones stay one clip without a source."""
        if speed <= 0 or place.depth > DEEPEST_NESTING:
            self.note(
                gettext_noop(
                    "%(name)s: the compound clip %(clip)s is frozen or reversed; its inside was not followed."
                ),
                clip=item.name,
            )
            self.clips.append(
                Clip(
                    place.track, place.kind, item.name or "", "", Fraction(0), at, shown / place.speed, speed
                )
            )
            return
        inside = (
            _seconds(item.source_range.start_time) if item.source_range else Fraction(0)
        ) + skipped * speed
        inner = replace(
            place,
            at=at,
            inside=inside,
            end=inside + shown * speed,
            speed=place.speed * speed,
            depth=place.depth + 1,
        )
        self.stack([item] if _is_track(item) else list(item), inner)

    def stack(self, members: list[Any], place: _Place) -> None:
        for member in members:
            self.layers += 1
            inner = replace(place, layer=self.layers)
            if not _is_track(member):
                self.item(member, Fraction(0), _length(member, self.name), inner, (Fraction(0), Fraction(0)))
            elif _kind_of_track(member) == place.kind:
                self.trimmed_track(member, inner)

    def trimmed_track(self, track: Any, place: _Place) -> None:
        """A track that shows only a part of its own items."""
        if track.source_range is None:
            self.track(track, place)
            return
        start, length = _seconds(track.source_range.start_time), _seconds(track.source_range.duration)
        end = min(place.end, length)
        if end > place.inside:
            self.track(track, replace(place, inside=place.inside + start, end=end + start))

    def speed_of(self, item: Any) -> Fraction:
        import opentimelineio as otio

        speed = Fraction(1)
        for effect in item.effects:
            if isinstance(effect, otio.schema.FreezeFrame):
                return Fraction(0)
            if isinstance(effect, otio.schema.LinearTimeWarp):
                speed *= Fraction(effect.time_scalar).limit_denominator(10_000)
            elif isinstance(effect, otio.schema.TimeEffect):
                self.note(
                    gettext_noop(
                        "%(name)s: the clip %(clip)s changes speed within itself; it was read at normal "
                        "speed."
                    ),
                    clip=item.name,
                )
        return speed

    def note(self, template: str, **params: object) -> None:
        self.notes.append(Problem(template, name=self.name, **params))


def flatten(read: Any, *, name: str, kind: TimelineKind) -> Timeline:
    try:
        return _flattened(read, name=name, kind=kind)
    except (ValueError, TypeError, AttributeError, RuntimeError, ArithmeticError) as fault:
        raise unreadable(name, fault) from fault


def _flattened(read: Any, *, name: str, kind: TimelineKind) -> Timeline:
    timeline, others = _main_timeline(read, name)
    work = _Flattening(name)
    if others:
        work.note(
            gettext_noop("%(name)s holds %(count)d sequences; the first one was read."), count=others + 1
        )
    tracks = [track for track in timeline.tracks if _is_track(track)]
    # The EDL adapter writes the record start into the track's range with the wrong sign.
    starts = [_record_start(track) if kind == "edl" else Fraction(0) for track in tracks]
    origin = min(starts, default=Fraction(0))
    numbers: Counter[str] = Counter()
    duration = Fraction(0)
    for track, start in zip(tracks, starts, strict=True):
        of = _kind_of_track(track)
        numbers[of] += 1
        length = sum((_length(item, name) for item in track if not _is_transition(item)), Fraction(0))
        place = _Place(
            start - origin, Fraction(0), length, Fraction(1), numbers[of], of, name=_name_of(track)
        )
        work.layers = 0
        if kind == "edl":
            work.track(track, place)
        else:
            work.trimmed_track(track, place)
            length = _seconds(track.source_range.duration) if track.source_range else length
        duration = max(duration, start - origin + length)
    if not work.clips:
        raise Problem(NO_CUT, name=name)
    clips = tuple(sorted(work.clips, key=lambda clip: (clip.kind, clip.track, clip.layer, clip.start)))
    return Timeline(timeline.name or name, _common_rate(tracks), duration, clips, tuple(work.notes), kind)


def _main_timeline(read: Any, name: str) -> tuple[Any, int]:
    """The first timeline that holds something, and how many others there are."""
    import opentimelineio as otio

    if isinstance(read, otio.schema.Timeline):
        return read, 0
    if isinstance(read, otio.schema.SerializableCollection):
        found = [item for item in read if isinstance(item, otio.schema.Timeline) and len(item.tracks)]
        if found:
            return found[0], len(found) - 1
    raise Problem(NO_CUT, name=name)


def _record_start(track: Any) -> Fraction:
    return -_seconds(track.source_range.start_time) if track.source_range else Fraction(0)


def _common_rate(tracks: list[Any]) -> Fraction:
    """The rate that most items count in, picture before sound."""
    counted: dict[str, Counter[Fraction]] = {"video": Counter(), "audio": Counter()}
    for track in tracks:
        for item in track:
            if not _is_transition(item):
                counted[_kind_of_track(track)][_rate(item.duration().rate)] += 1
    rates = counted["video"] or counted["audio"]
    return rates.most_common(1)[0][0]


def _length(item: Any, name: str) -> Fraction:
    """Seconds an item takes in its parent."""
    import opentimelineio as otio

    try:
        length = _seconds(item.duration())
    except otio.exceptions.OTIOError as fault:
        raise Problem(
            gettext_noop(
                "%(name)s: the length of clip %(clip)s is written nowhere. Export the sequence again."
            ),
            name=name,
            clip=item.name,
        ) from fault
    if length < 0:
        raise Problem(
            gettext_noop("%(name)s: clip %(clip)s has a negative length. Export the sequence again."),
            name=name,
            clip=item.name,
        )
    return length


def _source_start(item: Any) -> tuple[Fraction, bool]:
    """Seconds into the source, and whether they count from timecode 0 for want of a stated beginning."""
    media = item.media_reference
    available = media.available_range if media else None
    if item.source_range is None:
        return Fraction(0), False
    start = _seconds(item.source_range.start_time)
    if available is None:
        return start, True
    return start - _seconds(available.start_time), False


def _source(item: Any) -> str:
    """File name or reel, as written; empty for generators and missing media without a reel."""
    media = item.media_reference
    url = getattr(media, "target_url", None)
    if url:
        path = unquote(urlparse(url.replace("\\", "/")).path or url)
        return PurePosixPath(path).name or url
    if getattr(media, "name_prefix", None):
        return f"{media.name_prefix}{media.name_suffix}"
    notes = item.metadata.get("cmx_3600", {})
    return str(notes.get("reel") or item.name or "") if not getattr(media, "generator_kind", None) else ""


def _seconds(time: Any) -> Fraction:
    """Exact seconds of a RationalTime, whose value and rate are floats."""
    return Fraction(time.value).limit_denominator(1_000_000) / _rate(time.rate)


def _rate(rate: float) -> Fraction:
    for known in KNOWN_RATES:
        if abs(Fraction(rate) / known - 1) <= RATE_TOLERANCE:
            return known
    if rate <= 0:
        raise ValueError(f"{rate} frames a second")
    return Fraction(rate).limit_denominator(1001)


def _kind_of_track(track: Any) -> ClipKind:
    import opentimelineio as otio

    return "audio" if track.kind == otio.schema.TrackKind.Audio else "video"


def _name_of(track: Any) -> str:
    """What the editor called a track; the number that every program gives says nothing."""
    name = str(track.name or "")
    return "" if re.fullmatch(r"[AV]\d+", name) else name


def _is_track(item: Any) -> bool:
    import opentimelineio as otio

    return isinstance(item, otio.schema.Track)


def _is_transition(item: Any) -> bool:
    import opentimelineio as otio

    return isinstance(item, otio.schema.Transition)
