"""One pass over a film: every frame once, shrunk early, with its exact time.

Shots, neutral spans and fingerprints all read the same small frames, so a film is decoded once and what stays
in memory per frame is a few kilobytes whatever the picture size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter
from PIL import Image, UnidentifiedImageError

from footage.problems import Problem, gettext_noop

Array = npt.NDArray[np.uint8]
Progress = Callable[[float], None]

SMALL_WIDTH, SMALL_HEIGHT = 128, 72
"""Size in pixels of the frames handed out; the picture is squashed into it whatever its shape."""

STILL_SECONDS = Fraction(1, 25)
"""How long a still lasts when nothing says otherwise."""

IMAGE_HEADS = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"II*\0", b"MM\0*")
"""First bytes of the pictures that Pillow reads here; stored files may have no suffix, so content decides."""

NO_PICTURE = gettext_noop(
    "%(name)s holds no picture that can be read. Export it again, for example as MP4 with H.264."
)
NOT_THERE = gettext_noop("There is no file %(name)s. Check the path and its spelling.")


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, shrunk.

    Attributes:
        start: Seconds from the film's first frame.
        end: Seconds; the start of the next frame, or start plus the frame's own length for the last one.
        picture: uint8 (72, 128, 3), blue-green-red, upright.
    """

    start: Fraction
    end: Fraction
    picture: Array


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a picture stream before its frames.

    Attributes:
        width: Pixels as shown (after rotation and pixel aspect).
        height: Pixels as shown.
        fps: Average frames per second; None for a still.
        seconds: Promised length; 0 where the container doesn't say.
    """

    width: int
    height: int
    fps: Fraction | None
    seconds: Fraction


def open_pictures(path: Path, *, every: Fraction = Fraction(0)) -> tuple[Head, Iterator[Frame]]:
    """Open a film, an animated picture or a still, and hand out its frames in order.

    Args:
        path: The file; its content decides what it is, not its suffix.
        every: Least seconds between two frames handed out; 0 hands out all.

    Raises:
        Problem: when the file is absent or holds no picture.
    """
    if not path.is_file():
        raise Problem(NOT_THERE, name=path.name)
    return _open_image(path) if _is_image(path) else _open_film(path, every)


def _is_image(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    return head.startswith(IMAGE_HEADS) or (head[:4] == b"RIFF" and head[8:] == b"WEBP")


def _open_film(path: Path, every: Fraction) -> tuple[Head, Iterator[Frame]]:
    try:
        container = av.open(f"file:{path.resolve()}", options={"protocol_whitelist": "file"})
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise Problem(NO_PICTURE, name=path.name) from error
    stream = container.streams.best("video")
    if stream is None:
        container.close()
        raise Problem(NO_PICTURE, name=path.name)
    decoded = _decoded(container, stream)
    first = next(decoded, None)
    if first is None:
        container.close()
        raise Problem(NO_PICTURE, name=path.name)
    frames = _film_frames(stream, first, decoded, every)
    return _film_head(container, stream, first), _closing(container, frames)


def _closing(container: av.container.InputContainer, frames: Iterator[Frame]) -> Iterator[Frame]:
    with container:
        yield from frames


def _decoded(container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[av.VideoFrame]:
    """Decode, stepping over packets that are damaged: a truncated film still gives what it holds."""
    stream.thread_type = "AUTO"
    packets = container.demux(stream)
    while True:
        try:
            yield from next(packets).decode()
        except StopIteration:
            return
        except av.error.InvalidDataError:
            continue
        except (av.error.FFmpegError, OSError):
            return


def _film_head(container: av.container.InputContainer, stream: av.VideoStream, first: av.VideoFrame) -> Head:
    width, height = first.width, first.height
    if aspect := stream.sample_aspect_ratio:
        width = max(1, round(width * aspect))
    if first.rotation % 180:
        width, height = height, width
    seconds = Fraction(container.duration, av.time_base) if container.duration else Fraction(0)
    return Head(width=width, height=height, fps=_plausible_rate(stream), seconds=seconds)


def _plausible_rate(stream: av.VideoStream) -> Fraction:
    """Average rate; a time base passed off as a rate (90000/1) falls back to 25."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate and 1 <= rate <= 480:
            return Fraction(rate)
    return Fraction(25)


def _film_frames(
    stream: av.VideoStream, first: av.VideoFrame, rest: Iterator[av.VideoFrame], every: Fraction
) -> Iterator[Frame]:
    step = 1 / _plausible_rate(stream)
    zero = _time_of(first) or Fraction(0)
    shrinker = VideoReformatter()
    held = _shrink(shrinker, first)
    start = last = Fraction(0)
    length = _length_of(first, step)
    for frame in rest:
        time = _time_of(frame)
        now = last + step if time is None else time - zero
        if now <= last:  # doubled or backward time stamps: keep the order, move by one frame
            now = last + step
        last, length = now, _length_of(frame, step)
        if now - start >= every:
            yield Frame(start=start, end=now, picture=held)
            held, start = _shrink(shrinker, frame), now
    yield Frame(start=start, end=last + length, picture=held)


def _time_of(frame: av.VideoFrame) -> Fraction | None:
    return None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base


def _length_of(frame: av.VideoFrame, step: Fraction) -> Fraction:
    length = frame.duration * frame.time_base if frame.duration and frame.time_base else step
    return length if 0 < length <= 10 else step


def _shrink(shrinker: VideoReformatter, frame: av.VideoFrame) -> Array:
    # One reformatter per film: building its filters costs five times the shrinking itself.
    turned = frame.rotation % 180 != 0
    width, height = (SMALL_HEIGHT, SMALL_WIDTH) if turned else (SMALL_WIDTH, SMALL_HEIGHT)
    small = shrinker.reformat(frame, width, height, "bgr24", interpolation="AREA")
    return _upright(np.asarray(small.to_ndarray(), np.uint8), frame.rotation)


def _upright(picture: Array, degrees: int) -> Array:
    """Turn a picture the way its display matrix asks for (degrees counter-clockwise, as PyAV says them)."""
    quarter = round(degrees / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, quarter)) if quarter else picture


def _open_image(path: Path) -> tuple[Head, Iterator[Frame]]:
    try:
        image = Image.open(path)
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Problem(NO_PICTURE, name=path.name) from error
    count = getattr(image, "n_frames", 1)
    lengths = _image_lengths(image, count)
    seconds = sum(lengths, Fraction(0))
    head = Head(
        width=image.width, height=image.height, fps=count / seconds if count > 1 else None, seconds=seconds
    )
    return head, _image_frames(image, lengths)


def _image_lengths(image: Image.Image, count: int) -> list[Fraction]:
    """Seconds of every frame of an animated picture, as its own time table says."""
    if count == 1:
        return [STILL_SECONDS]
    lengths = []
    for index in range(count):
        image.seek(index)
        image.load()
        lengths.append(Fraction(int(image.info.get("duration", 100) or 100), 1000))
    return lengths


def _image_frames(image: Image.Image, lengths: list[Fraction]) -> Iterator[Frame]:
    start = Fraction(0)
    with image:
        for index, length in enumerate(lengths):
            image.seek(index)
            yield Frame(start=start, end=start + length, picture=shrink_image(image))
            start += length


def shrink_image(image: Image.Image) -> Array:
    """Squash a picture into uint8 (72, 128, 3), blue-green-red; transparent places become black."""
    flat = Image.new("RGB", image.size)
    rgba = image.convert("RGBA")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    pixels = np.asarray(flat)[:, :, ::-1]
    small = cv2.resize(pixels, (SMALL_WIDTH, SMALL_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
