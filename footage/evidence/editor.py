"""Which programs had a file in hand, by the names they leave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from footage.evidence.findings import Finding, Note, names
from footage.labels.aigc import Damaged
from footage.labels.model import Carried
from footage.labels.xmp import xmp_values
from footage.problems import gettext_noop

_XMP_TOOLS = (
    "{http://ns.adobe.com/xap/1.0/}CreatorTool",
    "{http://ns.adobe.com/xap/1.0/sType/ResourceEvent#}softwareAgent",
    "{http://ns.adobe.com/tiff/1.0/}Software",
)
_TOOL_KEYS = frozenset(
    {
        "software", "processingsoftware", "encoder", "encoded_by", "handler_name", "creation_tool",
        "writing_application", "com.apple.quicktime.software", "com.apple.proapps.manufacturer",
    }
)  # fmt: skip
EDITORS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"premiere", "Adobe Premiere Pro"),
        (r"after effects", "Adobe After Effects"),
        (r"media encoder", "Adobe Media Encoder"),
        (r"photoshop", "Adobe Photoshop"),
        (r"lightroom|camera raw", "Adobe Lightroom"),
        (r"\bgimp\b", "GIMP"),
        (r"krita", "Krita"),
        (r"affinity", "Affinity"),
        (r"davinci|resolve|blackmagic", "DaVinci Resolve"),
        (r"final cut", "Final Cut Pro"),
        (r"avid", "Avid Media Composer"),
        (r"capcut|jianying|剪映|lvcr", "CapCut"),
        (r"imovie", "iMovie"),
        (r"handbrake", "HandBrake"),
        (r"kdenlive", "Kdenlive"),
        (r"mainconcept", "MainConcept"),
        (r"blender", "Blender"),
        (r"nuke", "Nuke"),
        (r"^mac os x", "macOS Preview"),
        (r"lav[fc]\d|ffmpeg", "FFmpeg"),
        (r"x26[45]\b", "x264"),
    )
)


def editors_of(texts: Iterable[Carried]) -> dict[str, str]:
    """Programs by name, each with the place where it was first found."""
    found: dict[str, str] = {}
    for text in texts:
        for value in _tools(text):
            for pattern, name in EDITORS:
                if pattern.search(value):
                    found.setdefault(name, text.place)
    return found


def _tools(text: Carried) -> Iterator[str]:
    if text.carrier == "XMP":
        try:
            values = xmp_values(text.text)
        except Damaged:
            return
        yield from (value[:200] for name in _XMP_TOOLS for value in values.get(name, ()))
    elif text.key.lower() in _TOOL_KEYS:
        yield text.text[:200].strip("\0\x1f\x0c# ")


def editor_findings(texts: Iterable[Carried]) -> Iterator[Finding]:
    """That programs had the file in hand says nothing of who made what is in it."""
    found = editors_of(texts)
    if found:
        note = Note(gettext_noop("It went through %(software)s."), {"software": names(list(found))})
        yield Finding("editor", 0, "unknown", None, {"software": list(found), "places": found}, (note,))
