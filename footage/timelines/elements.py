"""Single elements of FCPXML: their times, names, kinds, and the clips that become of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from footage.timelines.model import KNOWN_RATES, RATE_TOLERANCE, Clip, ClipKind, exact

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

STORY = frozenset(
    {"asset-clip", "clip", "ref-clip", "sync-clip", "mc-clip", "audition", "gap", "title", "video", "audio"}
)
BOTH: frozenset[ClipKind] = frozenset({"video", "audio"})
ENABLED: Mapping[str, frozenset[ClipKind]] = {"video": frozenset({"video"}), "audio": frozenset({"audio"})}


def angles(item: Element, media: Element) -> Iterator[tuple[Element, frozenset[ClipKind]]]:
    chosen = {
        source.get("angleID"): ENABLED.get(source.get("srcEnable", "all"), BOTH)
        for source in item.findall("mc-source")
        if source.get("srcEnable") != "none"
    }
    for angle in media.findall("multicam/mc-angle"):
        if angle.get("angleID") in chosen:
            yield angle, chosen[angle.get("angleID")]


def kinds_of(item: Element, asset: Element | None) -> frozenset[ClipKind]:
    if item.tag in {"video", "title"} or asset is None or asset.tag != "asset":
        return frozenset({"audio" if item.tag == "audio" else "video"})
    if item.tag == "audio":
        return frozenset({"audio"})
    found: set[ClipKind] = set()
    if asset.get("hasVideo") == "1" or asset.get("hasAudio") != "1":
        found.add("video")
    if asset.get("hasAudio") == "1":
        found.add("audio")
    return frozenset(found)


def role_of(item: Element, kind: ClipKind) -> str:
    """The role an editor gave the clip, such as "dialogue" or "music.music-1"; it stands where others name a track."""
    own = item.get(f"{kind}Role") or item.get("role") or ""
    channel = item.find("audio-channel-source") if kind == "audio" else None
    return own or (channel.get("role", "") if channel is not None else "")


def box_of(item: Element, aspect: Fraction) -> tuple[Fraction, Fraction, Fraction, Fraction] | None:
    """Where a scaled and moved clip lies: left, top, right, bottom as shares of the frame's sides.

    Positions are per cent of the frame's height from its middle, upwards (FCPXML, adjust-transform). None for a clip that
    fills the frame, is turned, or moves while it plays.

    Args:
        aspect: Width by height of the frame.
    """
    moved = item.find("adjust-transform")
    if moved is None or moved.get("enabled") == "0" or moved.find("param") is not None:
        return None
    wide, high = (abs(exact(number)) for number in moved.get("scale", "1 1").split())
    right, up = (exact(number) / 100 for number in moved.get("position", "0 0").split())
    if exact(moved.get("rotation", "0")) or (wide == high == 1 and not right and not up):
        return None
    across, down = Fraction(1, 2) + right / aspect, Fraction(1, 2) - up
    return across - wide / 2, down - high / 2, across + wide / 2, down + high / 2


def name_of(item: Element, asset: Element | None) -> str:
    return item.get("name", "") or (asset.get("name", "") if asset is not None else "")


def file_name(asset: Element | None) -> str:
    """File name as written; empty for generators and titles."""
    if asset is None or asset.tag != "asset":
        return ""
    representation = asset.find("media-rep")
    url = asset.get("src") or (representation.get("src", "") if representation is not None else "")
    return PurePosixPath(unquote(urlparse(url).path)).name or asset.get("name", "")


def faded(clip: Clip, fades: list[tuple[Fraction, Fraction]]) -> Clip:
    """The clip with those of the sorted transitions that lie over its borders."""
    begin, end = _over(clip.start, fades), _over(clip.end, fades)
    return replace(
        clip,
        transition_in=clip.start - begin[0] if begin else clip.transition_in,
        transition_out=end[1] - clip.end if end else clip.transition_out,
    )


def _over(second: Fraction, fades: list[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction] | None:
    found = bisect_right(fades, second, key=lambda fade: fade[0]) - 1
    return fades[found] if found >= 0 and second <= fades[found][1] else None


def mapped(points: list[tuple[Fraction, Fraction]], local: Fraction) -> Fraction:
    """Linear between the points, and beyond them as between the nearest two."""
    last = len(points) - 1
    number = next((n for n in range(last) if local < points[n + 1][0]), last - 1)
    (time, value), (later, further) = points[number : number + 2]
    return value if later == time else value + (local - time) * (further - value) / (later - time)


def numbered(clips: list[Clip]) -> tuple[Clip, ...]:
    """Lanes as tracks from 1: pictures bottom to top, sounds from the main storyline outwards."""
    lanes = {kind: {clip.track for clip in clips if clip.kind == kind} for kind in BOTH}
    pictures = {lane: n for n, lane in enumerate(sorted(lanes["video"]), 1)}
    sounds = {lane: n for n, lane in enumerate(sorted(lanes["audio"], key=lambda lane: (abs(lane), lane)), 1)}
    placed = [
        replace(clip, track=(pictures if clip.kind == "video" else sounds)[clip.track]) for clip in clips
    ]
    return tuple(sorted(placed, key=lambda clip: (clip.kind, clip.track, clip.layer, clip.start)))


def seconds(value: str | None) -> Fraction:
    """FCPXML time such as "1001/30000s"."""
    return exact((value or "").strip().removesuffix("s"))


def snapped(rate: Fraction) -> Fraction:
    return next((known for known in KNOWN_RATES if abs(rate / known - 1) <= RATE_TOLERANCE), rate)
