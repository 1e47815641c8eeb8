"""Write an edit as OTIO."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote

from footage.timelines.model import Clip, Timeline


def write_otio(timeline: Timeline, path: Path) -> None:
    """Write the edit as an OTIO file that `read_timeline` reads back equal, up to compound layers."""
    import opentimelineio as otio

    target = otio.schema.Timeline(timeline.name)
    lanes: dict[tuple[str, int, int], list[Clip]] = defaultdict(list)
    for clip in timeline.clips:
        lanes[clip.kind, clip.track, clip.layer].append(clip)
    for (kind, number, _), clips in sorted(lanes.items(), key=lambda lane: (lane[0][0] != "video", lane[0])):
        track = otio.schema.Track(clips[0].track_name or f"{kind[0].upper()}{number}")
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
