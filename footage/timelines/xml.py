"""Final Cut 7 XML and FCPXML, checked for entities first and against their own figures afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from footage.problems import Problem, gettext_noop
from footage.timelines.adapters import adapted, unreadable
from footage.timelines.flatten import flatten
from footage.timelines.model import DEEPEST_NESTING, NTSC, Timeline, exact


@dataclass(slots=True)
class XmlFacts:
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
            self._timebase = exact(words)
        elif inside[-3:] == ["sequence", "rate", "ntsc"]:
            self._is_ntsc = self._is_ntsc or words.upper() == "TRUE"
        elif inside[-2:] == ["sequence", "duration"] and self._frames is None and words:
            self._frames = exact(words)
        elif tag == "xmeml" and self._timebase:
            self.fps = self._timebase * (NTSC if self._is_ntsc else 1)
            self.duration = self._frames / self.fps if self._frames is not None else None


def xml_facts(text: str, name: str) -> XmlFacts:
    """Check that the XML is harmless and read the sequence's own facts, in one pass without a tree."""
    from xml.parsers import expat

    facts = XmlFacts()
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
        parser.Parse(without_declaration(text), True)
    except (expat.ExpatError, ValueError, ZeroDivisionError) as fault:
        raise unreadable(name, fault) from fault
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


def without_declaration(text: str) -> str:
    """The XML without its declaration, whose encoding no longer holds for decoded text."""
    return re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)


def _xml_seconds(value: str) -> Fraction:
    """FCPXML time such as "1001/30000s"."""
    return exact(value.removesuffix("s"))


def read_fcp7(text: str, facts: XmlFacts, name: str) -> Timeline:
    timeline = flatten(adapted(without_declaration(text), "fcp_xml", name), name=name, kind="fcp7")
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
