"""Read the edit as data: OTIO, CMX 3600 EDL, Final Cut 7 XML and FCPXML, all into one flat `Timeline`.

Files come from strangers, so size, nesting and XML entities are checked before any adapter sees them, and
what an adapter returns is checked against what the file says of itself. Times are exact seconds from the
film's first frame.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import quote, unquote, urlparse

from footage.problems import Problem, gettext_noop

TimelineKind = Literal["otio", "edl", "fcp7", "fcpxml"]
ClipKind = Literal["video", "audio"]

LARGEST_FILE_BYTES = 32 * 2**20
DEEPEST_NESTING = 200
MOST_CLIPS = 50_000
DURATION_TOLERANCE = Fraction(1, 10)
RATE_TOLERANCE = Fraction(1, 4000)

NTSC = Fraction(1000, 1001)
EDL_RATES = (Fraction(24), Fraction(25), Fraction(30), 30 * NTSC, Fraction(50), Fraction(60))
_KNOWN_RATES = (*EDL_RATES, 24 * NTSC, 60 * NTSC, Fraction(48), Fraction(100), Fraction(120))

_NO_CUT = gettext_noop(
    "%(name)s holds no cut: there is no clip on its timeline. Export the sequence that was edited."
)
_UNREADABLE = gettext_noop(
    "%(name)s can't be read as a timeline: %(why)s. Export it as OTIO or as a CMX 3600 EDL."
)


@dataclass(frozen=True, slots=True)
class Clip:
    """One use of a source.

    Attributes:
        track: Number of the track of its kind, from 1, bottom to top for pictures.
        name: Clip name as written.
        source: File name, or reel where the format knows only reels; as written, never to be opened as a
            path.
        source_start: Seconds into the source; see `source_is_timecode`.
        start: Seconds on the timeline where its cut stands, without transitions.
        duration: Seconds on the timeline; it plays duration·|speed| seconds of the source.
        speed: 1 normal, 0 a freeze frame, negative backwards.
        transition_in: Seconds before `start` in which it already fades or wipes in.
        transition_out: Seconds after its end in which it still fades or wipes out.
        layer: Order inside a compound clip, from 0; higher lies on top.
        source_is_timecode: The timeline doesn't say at which timecode the source begins, so
            `source_start` counts from timecode 0.
    """

    track: int
    kind: ClipKind
    name: str
    source: str
    source_start: Fraction
    start: Fraction
    duration: Fraction
    speed: Fraction = Fraction(1)
    transition_in: Fraction = Fraction(0)
    transition_out: Fraction = Fraction(0)
    layer: int = 0
    source_is_timecode: bool = False

    @property
    def end(self) -> Fraction:
        return self.start + self.duration


@dataclass(frozen=True, slots=True)
class Timeline:
    """A flat edit. `duration` in seconds includes gaps; `notes` are problems that didn't stop the reading."""

    name: str
    fps: Fraction
    duration: Fraction
    clips: tuple[Clip, ...]
    notes: tuple[Problem, ...] = ()
    kind: TimelineKind = "otio"


def read_timeline(path: Path, *, film_fps: Fraction | None = None, name: str | None = None) -> Timeline:
    """Read a timeline file; its content decides which kind it is.

    Args:
        path: The file as stored.
        film_fps: Rate of the film it belongs to; an EDL, which names no rate, is tried at this one first.
        name: What the person called it, for the sentences.

    Raises:
        Problem: for a file that is no timeline, is damaged, hostile or empty, or that its adapter misreads.
    """
    name = path.name if name is None else name
    text = _text(path, name)
    kind = _kind_of(text, name)
    if kind == "edl":
        return _read_edl(text, film_fps, name)
    if kind == "otio":
        _check_depth(text, name)
        return _flatten(_adapted(text, "otio_json", name), name=name, kind="otio")
    facts = _xml_facts(text, name)
    if facts.root == "xmeml":
        return _read_fcp7(text, facts, name)
    return _read_fcpxml(text, facts, name)


def check_against_film(timeline: Timeline, *, film_duration: Fraction, film_fps: Fraction) -> list[Problem]:
    """What doesn't fit between a timeline and the film said to be made of it; an empty list when all does."""
    problems = []
    difference = timeline.duration - film_duration
    if abs(difference) > max(DURATION_TOLERANCE, 2 / film_fps):
        template = (
            gettext_noop(
                "The timeline %(name)s runs %(timeline)s s, %(difference)s s longer than the film "
                "(%(film)s s). "
                "Export both from the same cut."
            )
            if difference > 0
            else gettext_noop(
                "The timeline %(name)s runs %(timeline)s s, %(difference)s s shorter than the film "
                "(%(film)s s). "
                "Export both from the same cut."
            )
        )
        problems.append(
            Problem(
                template,
                name=timeline.name,
                timeline=_shown(timeline.duration),
                difference=_shown(abs(difference)),
                film=_shown(film_duration),
            )
        )
    if abs(timeline.fps / film_fps - 1) > RATE_TOLERANCE:
        problems.append(
            Problem(
                gettext_noop(
                    "The timeline %(name)s counts %(timeline)s frames a second, the film runs at %(film)s. "
                    "Export both at one rate."
                ),
                name=timeline.name,
                timeline=_shown(timeline.fps),
                film=_shown(film_fps),
            )
        )
    return problems


def write_otio(timeline: Timeline, path: Path) -> None:
    """Write the edit as an OTIO file that `read_timeline` reads back equal, up to compound layers."""
    import opentimelineio as otio

    target = otio.schema.Timeline(timeline.name)
    lanes: dict[tuple[str, int, int], list[Clip]] = defaultdict(list)
    for clip in timeline.clips:
        lanes[clip.kind, clip.track, clip.layer].append(clip)
    for (kind, number, _), clips in sorted(lanes.items(), key=lambda lane: (lane[0][0] != "video", lane[0])):
        track = otio.schema.Track(f"{kind[0].upper()}{number}")
        track.kind = otio.schema.TrackKind.Video if kind == "video" else otio.schema.TrackKind.Audio
        track.extend(_otio_items(sorted(clips, key=lambda clip: clip.start), timeline.fps))
        target.tracks.append(track)
    path.write_text(otio.adapters.write_to_string(target, "otio_json"))


def _otio_items(clips: list[Clip], fps: Fraction) -> Iterator[Any]:
    import opentimelineio as otio

    now, fade = Fraction(0), Fraction(0)
    for clip in clips:
        if clip.start < now:
            raise ValueError(f"{clip.name} overlaps the clip before it on track {clip.track}")
        if clip.start > now:
            yield otio.schema.Gap(source_range=_otio_range(Fraction(0), clip.start - now, fps))
        elif fade or clip.transition_in:
            yield otio.schema.Transition(
                transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
                in_offset=_otio_time(clip.transition_in, fps),
                out_offset=_otio_time(fade, fps),
            )
        yield _otio_clip(clip, fps)
        now, fade = clip.end, clip.transition_out


def _otio_clip(clip: Clip, fps: Fraction) -> Any:
    import opentimelineio as otio

    used = max(clip.duration * abs(clip.speed), 1 / fps)
    item = otio.schema.Clip(
        name=clip.name,
        source_range=_otio_range(clip.source_start, clip.duration, fps),
        media_reference=otio.schema.ExternalReference(
            target_url=quote(clip.source),
            available_range=None
            if clip.source_is_timecode
            else _otio_range(Fraction(0), clip.source_start + used, fps),
        ),
    )
    if clip.speed == 0:
        item.effects.append(otio.schema.FreezeFrame())
    elif clip.speed != 1:
        item.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(clip.speed)))
    return item


def _otio_time(seconds: Fraction, fps: Fraction) -> Any:
    import opentimelineio as otio

    return otio.opentime.RationalTime(float(seconds * fps), float(fps))


def _otio_range(start: Fraction, duration: Fraction, fps: Fraction) -> Any:
    import opentimelineio as otio

    return otio.opentime.TimeRange(_otio_time(start, fps), _otio_time(duration, fps))


def _shown(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


# What kind of file


def _text(path: Path, name: str) -> str:
    """The file as text; refuses empty, oversized and binary files."""
    if path.stat().st_size > LARGEST_FILE_BYTES:
        raise Problem(
            gettext_noop("%(name)s is larger than %(limit)d MB, too large for a timeline."),
            name=name,
            limit=LARGEST_FILE_BYTES // 2**20,
        )
    data = path.read_bytes()
    if not data.strip():
        raise Problem(gettext_noop("%(name)s is empty. Export the timeline again."), name=name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Problem(gettext_noop("%(name)s is an AAF file. Export the sequence as OTIO or EDL."), name=name)
    if data.startswith(b"PK\x03\x04"):
        raise Problem(
            gettext_noop(
                "%(name)s is a bundle or archive. Export the sequence as a single OTIO or EDL file."
            ),
            name=name,
        )
    for encoding in (
        ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030", "latin-1")
    ):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Problem(_UNREADABLE, name=name, why="binary data")


_EVENT = re.compile(r"^\s*\d+\s+\S+.*(?:\d\d[:;.]\d\d[:;.]\d\d[:;.]\d\d\s*){2}", re.MULTILINE)


def _kind_of(text: str, name: str) -> Literal["otio", "edl", "xml"]:
    start = text.lstrip()[:1]
    if start == "{" and "OTIO_SCHEMA" in text:
        return "otio"
    if start == "<":
        return "xml"
    if _EVENT.search(text):
        return "edl"
    raise Problem(
        gettext_noop(
            "%(name)s is no timeline that we know. Export the sequence as OTIO, EDL or Final Cut XML."
        ),
        name=name,
    )


def _check_depth(text: str, name: str) -> None:
    """Deep nesting would exhaust the stack of the JSON reader, which is written in C++."""
    depth = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        sign = mark.group()
        depth += (sign in "[{") - (sign in "]}")
        if depth > DEEPEST_NESTING:
            raise Problem(
                gettext_noop(
                    "%(name)s nests its clips more than %(limit)d deep; flatten the sequence and export "
                    "again."
                ),
                name=name,
                limit=DEEPEST_NESTING,
            )


def _adapted(text: str, adapter: str, name: str, **options: Any) -> Any:
    """What an OTIO adapter makes of the text."""
    import opentimelineio as otio

    try:
        return otio.adapters.read_from_string(text, adapter, **options)
    except Exception as fault:
        # Adapters raise whatever a strange file makes them stumble over.
        raise Problem(_UNREADABLE, name=name, why=_reason(fault)) from fault


def _reason(fault: Exception) -> str:
    """What an adapter said, fit to show, or that it had nothing fit to show."""
    words = re.sub(r"RationalTime\((\d+), \d+\)", r"\1 frames", " ".join(str(fault).split())).rstrip(".")
    is_slip = isinstance(fault, AttributeError | TypeError | KeyError)
    return words[:200] if words and not is_slip else "its structure is unusual"


# EDL


_TIMECODE = re.compile(r"(?<![\d:;.])\d\d[:;.]\d\d[:;.]\d\d[:;.](\d\d\d?)(?![\d:;.])")


@dataclass(frozen=True, slots=True)
class _HighestFrame:
    """The timecode with the highest frame number of an EDL: it bounds the rate from below."""

    number: int = -1
    line: int = 0
    timecode: str = ""


def _read_edl(text: str, film_fps: Fraction | None, name: str) -> Timeline:
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
    raise Problem(
        gettext_noop(
            "%(name)s can't be read as an EDL at any of these rates: %(rates)s. First trouble: %(why)s. "
            "Export it again, or as OTIO."
        ),
        name=name,
        rates=_rate_list(rates),
        why=fault.params.get("why", "") if fault else "",
    )


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
    adapted = _adapted(text, "cmx_3600", name, rate=float(rate), ignore_timecode_mismatch=tolerant)
    return replace(_flatten(adapted, name=name, kind="edl"), fps=rate)


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
            film=_shown(film_fps),
            line=highest.line,
            timecode=highest.timecode,
            rate=_shown(rate),
        )
    elif film_fps is None:
        yield Problem(
            gettext_noop("%(name)s doesn't say its rate; it was read at %(rate)s frames a second."),
            name=name,
            rate=_shown(rate),
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
    return ", ".join(_shown(rate) for rate in rates)


# XML


@dataclass(slots=True)
class _XmlFacts:
    """What the file says of itself: root element, and of its main sequence length (s) and rate."""

    root: str = ""
    duration: Fraction | None = None
    fps: Fraction | None = None
    _formats: dict[str, Fraction] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _words: str = ""
    _timebase: Fraction | None = None
    _is_ntsc: bool = False
    _frames: Fraction | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        self._path.append(tag)
        self._words = ""
        if tag == "format" and "frameDuration" in attributes:
            self._formats[attributes.get("id", "")] = 1 / _xml_seconds(attributes["frameDuration"])
        # The edited sequence stands in a project; those in resources are compound clips.
        if tag == "sequence" and "project" in self._path and self.duration is None:
            self.duration = _xml_seconds(attributes.get("duration", "")) if "duration" in attributes else None
            self.fps = self._formats.get(attributes.get("format", ""))

    def data(self, words: str) -> None:
        self._words += words

    def end(self, tag: str) -> None:
        """Final Cut 7: sequence/duration in frames, sequence/rate/timebase and ntsc."""
        inside, words = self._path[-4:], self._words.strip()
        self._path.pop()
        self._words = ""
        if inside[-3:] == ["sequence", "rate", "timebase"] and self._timebase is None:
            self._timebase = Fraction(words)
        elif inside[-3:] == ["sequence", "rate", "ntsc"]:
            self._is_ntsc = self._is_ntsc or words.upper() == "TRUE"
        elif inside[-2:] == ["sequence", "duration"] and self._frames is None and words:
            self._frames = Fraction(words)
        elif tag == "xmeml" and self._timebase:
            self.fps = self._timebase * (NTSC if self._is_ntsc else 1)
            self.duration = self._frames / self.fps if self._frames is not None else None


def _xml_facts(text: str, name: str) -> _XmlFacts:
    """Check that the XML is harmless and read the sequence's own facts, in one pass without a tree."""
    from xml.parsers import expat

    facts = _XmlFacts()
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        facts.start(tag, attributes)
        if len(facts._path) > DEEPEST_NESTING:
            raise Problem(_HOSTILE_XML, name=name)

    def refuse(*_: object) -> int:
        raise Problem(_HOSTILE_XML, name=name)

    def doctype(_root: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset:
            refuse()

    parser.StartElementHandler, parser.EndElementHandler = start, facts.end
    parser.CharacterDataHandler = facts.data
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(_without_declaration(text), True)
    except (expat.ExpatError, ValueError, ZeroDivisionError) as fault:
        raise Problem(_UNREADABLE, name=name, why=_reason(fault)) from fault
    if facts.root not in {"xmeml", "fcpxml"}:
        raise Problem(
            gettext_noop(
                "%(name)s is XML, but neither Final Cut XML nor FCPXML. Export the sequence as OTIO or EDL."
            ),
            name=name,
        )
    return facts


_HOSTILE_XML = gettext_noop(
    "%(name)s declares entities or nests too deep, which no editor's export does; it was not read. Export "
    "it again."
)


def _without_declaration(text: str) -> str:
    """The XML without its declaration, whose encoding no longer holds for decoded text."""
    return re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)


def _xml_seconds(value: str) -> Fraction:
    """FCPXML time such as "1001/30000s"."""
    return Fraction(value.removesuffix("s"))


def _read_fcp7(text: str, facts: _XmlFacts, name: str) -> Timeline:
    timeline = _flatten(_adapted(_without_declaration(text), "fcp_xml", name), name=name, kind="fcp7")
    if facts.fps is None:
        return timeline
    # The adapter counts NTSC rates as whole numbers, so its seconds are short by a thousandth.
    is_rounded = timeline.fps == round(facts.fps) != facts.fps
    return replace(_stretched(timeline, 1 / NTSC) if is_rounded else timeline, fps=facts.fps)


def _stretched(timeline: Timeline, factor: Fraction) -> Timeline:
    clips = tuple(
        replace(
            clip,
            source_start=clip.source_start * factor,
            start=clip.start * factor,
            duration=clip.duration * factor,
            transition_in=clip.transition_in * factor,
            transition_out=clip.transition_out * factor,
        )
        for clip in timeline.clips
    )
    return replace(timeline, clips=clips, duration=timeline.duration * factor)


def _read_fcpxml(text: str, facts: _XmlFacts, name: str) -> Timeline:
    """FCPXML, accepted only where the adapter arrives at the length and rate that the file states."""
    timeline = _flatten(_adapted(text, "fcpx_xml", name), name=name, kind="fcpxml")
    fps = facts.fps or timeline.fps
    if facts.duration is None or abs(timeline.duration - facts.duration) > 1 / fps:
        raise Problem(
            gettext_noop(
                "%(name)s can't be read faithfully: the project lasts %(stated)s s, what was understood of "
                "it %(read)s s. "
                "Export the sequence as OTIO or as a CMX 3600 EDL."
            ),
            name=name,
            stated="?" if facts.duration is None else _shown(facts.duration),
            read=_shown(timeline.duration),
        )
    return replace(timeline, fps=fps)


# From OTIO's tree to a flat list


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
                layer=place.layer, source_is_timecode=is_timecode,
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


def _flatten(read: Any, *, name: str, kind: TimelineKind) -> Timeline:
    try:
        return _flattened(read, name=name, kind=kind)
    except (ValueError, TypeError, AttributeError, RuntimeError, ArithmeticError) as fault:
        raise Problem(_UNREADABLE, name=name, why=_reason(fault)) from fault


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
        place = _Place(start - origin, Fraction(0), length, Fraction(1), numbers[of], of)
        work.layers = 0
        if kind == "edl":
            work.track(track, place)
        else:
            work.trimmed_track(track, place)
            length = _seconds(track.source_range.duration) if track.source_range else length
        duration = max(duration, start - origin + length)
    if not work.clips:
        raise Problem(_NO_CUT, name=name)
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
    raise Problem(_NO_CUT, name=name)


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
    for known in _KNOWN_RATES:
        if abs(Fraction(rate) / known - 1) <= RATE_TOLERANCE:
            return known
    if rate <= 0:
        raise ValueError(f"{rate} frames a second")
    return Fraction(rate).limit_denominator(1001)


def _kind_of_track(track: Any) -> ClipKind:
    import opentimelineio as otio

    return "audio" if track.kind == otio.schema.TrackKind.Audio else "video"


def _is_track(item: Any) -> bool:
    import opentimelineio as otio

    return isinstance(item, otio.schema.Track)


def _is_transition(item: Any) -> bool:
    import opentimelineio as otio

    return isinstance(item, otio.schema.Transition)
