"""What a file really is: kind, size, rate, length, camera. Content decides, the name is only checked.

Every file that can't be used ends in a `Problem` that names it and says what to do. Run it on strangers'
files through `footage.sandbox.run_limited("footage.probe:probe", …)`.
"""

from __future__ import annotations

import re
import struct
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median_low
from typing import Any

from footage.boxes import check_boxes
from footage.facts import CameraFacts, MediaFacts, MediaKind
from footage.problems import Problem, gettext_noop
from footage.sniff import SOUND_MIME, Form, check_suffix, sniff

__all__ = ["CameraFacts", "MediaFacts", "MediaKind", "clean_tags", "expect_kind", "open_media", "probe"]

LARGEST_VIDEO_SIDE = 8192
LARGEST_IMAGE_SIDE = 30_000
MOST_IMAGE_PIXELS = 150_000_000
SLOWEST_FPS, FASTEST_FPS = Fraction(1), Fraction(960)
PACKETS_TO_MEASURE_RATE = 2000
PACKETS_TO_FIND_A_FRAME = 300
MOST_TAGS, LONGEST_TAG = 100, 500

# Rates that editors know; a measured rate this close to one of them is that one.
STANDARD_RATES = tuple(
    Fraction(rate, divisor)
    for rate, divisor in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1),
        (60000, 1001), (60, 1), (100, 1), (120000, 1001), (120, 1), (240, 1),
    )
)  # fmt: skip
RATE_TOLERANCE = Fraction(1, 4000)


_DAMAGED_IMAGE = gettext_noop(
    "%(name)s is damaged or cut off: the picture can't be read to its end. Export it again."
)


def probe(path: Path, *, name: str | None = None) -> MediaFacts:
    """Look into a file and say what it is.

    Args:
        path: The file as stored; it may have any name or none.
        name: What the person called it, for the sentences and for checking its suffix; `path.name` when
            absent.

    Raises:
        Problem: for a file that is empty, cut off, encrypted, of another kind than films, pictures and
            sounds, of a kind that its suffix denies, too large in pixels, or that holds nothing that can
            be decoded.
    """
    name = path.name if name is None else name
    form = sniff(path, name=name)
    check_suffix(form, name=name)
    facts = _probe_image(path, form, name) if form.is_image else _probe_stream(path, form, name)
    return replace(facts, bytes=path.stat().st_size)


def expect_kind(facts: MediaFacts, *, kinds: Collection[MediaKind], name: str) -> None:
    """Refuse a good file in the wrong place, such as a sound where a film is wanted."""
    if facts.kind in kinds:
        return
    if facts.kind == "sound" and "video" in kinds:
        raise Problem(gettext_noop("%(name)s has sound but no picture. Upload the film file."), name=name)
    if facts.kind == "image":
        raise Problem(gettext_noop("%(name)s is a still picture, which can't be used here."), name=name)
    if facts.kind == "sound":
        raise Problem(gettext_noop("%(name)s is a sound file, which can't be used here."), name=name)
    raise Problem(gettext_noop("%(name)s is a film, which can't be used here."), name=name)


# Pictures


def _probe_image(path: Path, form: Form, name: str) -> MediaFacts:
    from PIL import Image

    try:
        # A warning about many pixels would only repeat our own limit.
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=[form.reader]) as image:
            _check_image_size(image.size, name)
            image.load()
            return _image_facts(image, form)
    except Image.DecompressionBombError as fault:
        raise _too_many_pixels(name) from fault
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        struct.error,
    ) as fault:
        raise Problem(_DAMAGED_IMAGE, name=name) from fault


def _check_image_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if max(size) > LARGEST_IMAGE_SIDE or width * height > MOST_IMAGE_PIXELS:
        raise _too_many_pixels(name)


def _too_many_pixels(name: str) -> Problem:
    return Problem(
        gettext_noop(
            "%(name)s is too large a picture: at most %(side)d pixels a side and %(millions)d million "
            "pixels in all. "
            "Export a smaller version."
        ),
        name=name,
        side=LARGEST_IMAGE_SIDE,
        millions=MOST_IMAGE_PIXELS // 1_000_000,
    )


def _image_facts(image: Any, form: Form) -> MediaFacts:
    exif = image.getexif()
    rotation = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}.get(exif.get(0x0112, 1), 0)
    width, height = image.size if rotation % 180 == 0 else image.size[::-1]
    duration = _animation_seconds(image)
    return MediaFacts(
        kind="video" if duration else "image", container=form.container, mime=form.mime,
        duration=duration, fps=_snapped(image.n_frames / duration) if duration else None,
        width=width, height=height, rotation=rotation, video_codec=form.container, audio_codec=None,
        has_audio=False, sample_rate=0, channels=0, bytes=0,
        camera=_exif_camera(exif), tags=clean_tags(_image_tags(image)),
    )  # fmt: skip


def _animation_seconds(image: Any) -> Fraction:
    """Length of an animated WebP, a film in all but name; 0 for a still. Frames without a time last 40 ms."""
    if image.format != "WEBP" or getattr(image, "n_frames", 1) < 2:
        return Fraction(0)
    total = 0
    for number in range(image.n_frames):
        image.seek(number)
        image.load()
        total += image.info.get("duration") or 40
    return Fraction(total, 1000)


def _image_tags(image: Any) -> dict[str, str]:
    text = getattr(image, "text", {})
    return {str(key): str(value) for key, value in text.items() if not str(key).startswith("XML:")}


def _exif_camera(exif: Any) -> CameraFacts | None:
    """Exif 2.32: 0x010F make, 0x0110 model, 0x0131 software, 0xA434 lens, 0x9003 time taken."""
    detail = exif.get_ifd(0x8769)
    make, model = _clean(exif.get(0x010F)), _clean(exif.get(0x0110))
    # Some generators keep their workflow, as JSON, where a camera writes its maker.
    if not (make or model) or "{" in f"{make}{model}":
        return None
    taken = _exif_time(detail.get(0x9003) or exif.get(0x0132), detail.get(0x9011))
    return CameraFacts(make, model, _clean(detail.get(0xA434)), _clean(exif.get(0x0131)), taken)


def _exif_time(stamp: object, offset: object) -> str | None:
    parts = re.fullmatch(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)\W*", str(stamp))
    if not parts:
        return None
    zone = str(offset) if re.fullmatch(r"[+-]\d\d:\d\d", str(offset)) else ""
    year, month, day, time = parts.groups()
    return f"{year}-{month}-{day}T{time}{zone}"


# Films and sounds


def _probe_stream(path: Path, form: Form, name: str) -> MediaFacts:
    import av

    if form.reader == "mov":
        check_boxes(path, name)
    try:
        with open_media(path, reader=form.reader) as container:
            video = next((stream for stream in container.streams.video if _moves(stream)), None)
            audio = next((stream for stream in container.streams.audio if stream.codec_context), None)
            if video is not None:
                return _video_facts(container, video, audio, path, form, name)
            return _sound_facts(container, audio, form, name)
    except MemoryError:
        raise
    except (av.FFmpegError, ValueError, IndexError, OverflowError, ZeroDivisionError) as fault:
        raise Problem(
            gettext_noop("%(name)s can't be opened: the file is damaged or cut off. Export it again."),
            name=name,
        ) from fault


def open_media(path: Path, *, reader: str | None = None) -> Any:
    """Open a film or sound with PyAV from this disk only, whatever its name or content refer to."""
    import av

    return av.open(
        f"file:{path.resolve()}",
        format=reader,
        options={"protocol_whitelist": "file"},
        metadata_errors="replace",
    )


def _moves(stream: Any) -> bool:
    """Whether a picture stream is a film and not the cover of a record."""
    from av.stream import Disposition

    return not stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails)


def _video_facts(container: Any, video: Any, audio: Any, path: Path, form: Form, name: str) -> MediaFacts:
    _check_video_size(video, name)
    frame = _first_frame(container, video)
    if frame is None:
        raise Problem(
            gettext_noop(
                "%(name)s holds no picture that can be shown: it is empty, cut off or locked. Export it "
                "again."
            ),
            name=name,
        )
    rate = _frame_rate(video, path, form, name)
    rotation = -round(frame.rotation / 90) * 90 % 360
    width, height = _displayed_size(frame, video, rotation)
    tags = clean_tags(dict(video.metadata) | dict(container.metadata))
    return MediaFacts(
        kind="video", container=form.container, mime=form.mime,
        duration=_duration(container, video, path, form) or 1 / rate, fps=rate,
        width=width, height=height, rotation=rotation,
        video_codec=video.codec_context.name, audio_codec=audio and audio.codec_context.name,
        has_audio=audio is not None, sample_rate=audio.sample_rate if audio else 0,
        channels=audio.channels if audio else 0, bytes=0, camera=_tag_camera(tags), tags=tags,
    )  # fmt: skip


def _sound_facts(container: Any, audio: Any, form: Form, name: str) -> MediaFacts:
    if audio is None:
        raise Problem(gettext_noop("%(name)s holds neither picture nor sound that can be played."), name=name)
    if _first_frame(container, audio) is None:
        raise Problem(
            gettext_noop(
                "%(name)s holds no sound that can be played: it is empty, cut off or locked. Export it again."
            ),
            name=name,
        )
    tags = clean_tags(dict(audio.metadata) | dict(container.metadata))
    return MediaFacts(
        kind="sound", container=form.container, mime=SOUND_MIME.get(form.container, form.mime),
        duration=_header_duration(container, audio) or Fraction(0), fps=None, width=0, height=0, rotation=0,
        video_codec=None, audio_codec=audio.codec_context.name, has_audio=True, sample_rate=audio.sample_rate,
        channels=audio.channels, bytes=0, camera=None, tags=tags,
    )  # fmt: skip


def _check_video_size(video: Any, name: str) -> None:
    if max(video.width, video.height) > LARGEST_VIDEO_SIDE:
        raise Problem(
            gettext_noop(
                "%(name)s is %(width)d × %(height)d pixels; at most %(side)d a side can be shown. "
                "Export a smaller version."
            ),
            name=name,
            width=video.width,
            height=video.height,
            side=LARGEST_VIDEO_SIDE,
        )


def _first_frame(container: Any, stream: Any) -> Any:
    """The first frame that decodes, or None; broken packets before it are passed over."""
    import av

    if stream.codec_context is None:
        return None
    for count, packet in enumerate(container.demux(stream)):
        try:
            for frame in packet.decode():
                return frame
        except (av.InvalidDataError, av.EOFError):
            continue
        if count >= PACKETS_TO_FIND_A_FRAME:
            break
    return None


def _displayed_size(frame: Any, video: Any, rotation: int) -> tuple[int, int]:
    aspect = video.sample_aspect_ratio or Fraction(1)
    # Beyond any real lens the shape of a pixel is a fault of the header.
    if not Fraction(1, 4) <= aspect <= 4:
        aspect = Fraction(1)
    width, height = round(frame.width * aspect), frame.height
    return (width, height) if rotation % 180 == 0 else (height, width)


def _frame_rate(video: Any, path: Path, form: Form, name: str) -> Fraction:
    for claimed in (video.average_rate, video.guessed_rate, video.base_rate):
        if claimed and SLOWEST_FPS <= claimed <= FASTEST_FPS:
            return _snapped(Fraction(claimed))
    measured = _measured_rate(path, form)
    if measured and SLOWEST_FPS <= measured <= FASTEST_FPS:
        return _snapped(measured)
    raise Problem(
        gettext_noop(
            "%(name)s claims %(rate)s pictures a second, and its time stamps make no more sense. "
            "Export it at a constant 24, 25 or 30."
        ),
        name=name,
        rate=video.average_rate or video.base_rate or 0,
    )


def _measured_rate(path: Path, form: Form) -> Fraction | None:
    """Frames per second from the median distance of time stamps."""
    with open_media(path, reader=form.reader) as container:
        stream = next(stream for stream in container.streams.video if _moves(stream))
        stamps = sorted({stamp for stamp in _stamps(container, stream) if stamp is not None})
        if len(stamps) < 2:
            return None
        step = median_low([later - earlier for earlier, later in pairwise(stamps)])
        return 1 / (step * Fraction(stream.time_base))


def _stamps(container: Any, stream: Any) -> Iterator[int | None]:
    for count, packet in enumerate(container.demux(stream)):
        yield packet.pts
        if count >= PACKETS_TO_MEASURE_RATE:
            return


def _snapped(rate: Fraction) -> Fraction:
    for standard in STANDARD_RATES:
        if abs(rate / standard - 1) <= RATE_TOLERANCE:
            return standard
    return rate.limit_denominator(1001)


def _duration(container: Any, stream: Any, path: Path, form: Form) -> Fraction | None:
    return _header_duration(container, stream) or _measured_duration(path, form)


def _header_duration(container: Any, stream: Any) -> Fraction | None:
    if stream.duration and stream.duration > 0:
        return Fraction(stream.duration) * Fraction(stream.time_base)
    if container.duration and container.duration > 0:
        return Fraction(container.duration, 1_000_000)
    return None


def _measured_duration(path: Path, form: Form) -> Fraction | None:
    """Seconds from first to last packet, for recordings whose header was never finished."""
    with open_media(path, reader=form.reader) as container:
        stream = next(stream for stream in container.streams.video if _moves(stream))
        first, end = None, 0
        for packet in container.demux(stream):
            if packet.pts is not None:
                first = packet.pts if first is None else min(first, packet.pts)
                end = max(end, packet.pts + (packet.duration or 0))
        return (end - first) * Fraction(stream.time_base) if first is not None and end > first else None


# Metadata

_CAMERA_KEYS: Mapping[str, tuple[str, ...]] = {
    "make": ("com.apple.quicktime.make", "com.android.manufacturer", "make", "manufacturer"),
    "model": ("com.apple.quicktime.model", "com.android.model", "model"),
    "lens": ("com.apple.quicktime.camera.lens_model", "lens_model", "lens"),
    "software": ("com.apple.quicktime.software", "com.android.version", "software", "firmware"),
    "taken_at": ("com.apple.quicktime.creationdate", "creation_time", "date"),
}


def _tag_camera(tags: Mapping[str, str]) -> CameraFacts | None:
    found = {
        fact: next((tags[key] for key in keys if tags.get(key)), None) for fact, keys in _CAMERA_KEYS.items()
    }
    return CameraFacts(**found) if found["make"] or found["model"] else None


def clean_tags(raw: Mapping[str, str]) -> dict[str, str]:
    """Metadata fit to keep and show: keys in lower case, no control characters, cut to a bearable length."""
    pairs = ((key.strip().lower()[:LONGEST_TAG], _clean(value)) for key, value in raw.items())
    kept = [(key, value) for key, value in pairs if key and value]
    return dict(sorted(kept)[:MOST_TAGS])


def _clean(value: object) -> str | None:
    text = "" if value is None else str(value)
    printable = "".join(sign for sign in text[:LONGEST_TAG] if sign >= " " or sign in "\t\n")
    return printable.strip() or None
