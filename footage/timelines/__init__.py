"""Read the edit as data: OTIO, CMX 3600 EDL, Final Cut 7 XML, FCPXML and AAF, all into one flat `Timeline`.

Files come from strangers, so size, nesting and XML entities are checked before any adapter sees them, and
what an adapter returns is checked against what the file says of itself. Times are exact seconds from the
film's first frame.
"""

from __future__ import annotations

from footage.timelines.fit import check_against_film
from footage.timelines.model import Clip, ClipKind, Timeline, TimelineKind
from footage.timelines.reading import read_timeline
from footage.timelines.writing import write_otio

__all__ = [
    "Clip",
    "ClipKind",
    "Timeline",
    "TimelineKind",
    "check_against_film",
    "read_timeline",
    "write_otio",
]
