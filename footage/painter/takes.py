"""Writing a painted take as a camera would: H.264 and AAC in MP4 or MOV, with the camera's facts inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from footage.painter.frames import paint_take
from footage.painter.scene import Scene
from footage.painter.sound import RATE, location_sound
from footage.problems import Problem, gettext_noop

CONTAINERS = {".mp4": "mp4", ".mov": "mov", ".m4v": "mp4"}


@dataclass(frozen=True, slots=True)
class Camera:
    """What the file says it was taken with. No real maker is imitated.

    Attributes:
        lens: Name of the lens, such as "35 mm f/2".
        serial: Serial number of the body; takes of one camera share it.
    """

    make: str = "Dailies"
    model: str = "Dailies Painter"
    software: str = "Dailies Painter 1.0"
    lens: str = "35 mm f/2"
    serial: str = "DP-0001"


def write_take(
    path: Path,
    scene: Scene,
    *,
    seed: int,
    seconds: float | Fraction,
    fps: Fraction = Fraction(25),
    width: int = 640,
    height: int = 360,
    camera: Camera | None,
    taken_at: datetime,
) -> None:
    """Paint a take with location sound and write it.

    The film lasts `round(seconds * fps)` frames. With a camera the file carries QuickTime camera metadata
    (`com.apple.quicktime.make` and so on), creation time and a timecode track that starts at the time of day;
    without one it carries none of these, like an export.

    Raises:
        Problem: the name isn't one of a film file, or the size or length can't be encoded.
    """
    count = round(Fraction(seconds) * fps)
    _check(path, count=count, width=width, height=height)
    options = {"movflags": "use_metadata_tags+faststart" if camera else "faststart"}
    kind = CONTAINERS[path.suffix.lower()]
    with av.open(str(path), "w", format=kind, container_options=options) as film:
        if camera:
            film.metadata.update(_facts(camera, taken_at=taken_at, fps=fps))
        picture, sound = _streams(film, fps=fps, width=width, height=height)
        frames = paint_take(
            scene, seed=seed, seconds=Fraction(count) / fps, fps=fps, width=width, height=height
        )
        samples = location_sound(scene, seed=seed, seconds=float(Fraction(count) / fps))
        for packet in _interleaved(picture, sound, frames, samples, fps=fps):
            film.mux(packet)


def _check(path: Path, *, count: int, width: int, height: int) -> None:
    if path.suffix.lower() not in CONTAINERS:
        raise Problem(
            gettext_noop("A take can't be written to “%(name)s”: give it a name ending in .mp4 or .mov."),
            name=path.name,
        )
    if count < 1 or width < 16 or height < 16 or width % 2 or height % 2:
        raise Problem(
            gettext_noop(
                "“%(name)s”: a take of %(frames)s frames at %(width)s × %(height)s can't be encoded; "
                "it needs at least one frame and even sides of 16 or more."
            ),
            name=path.name,
            frames=count,
            width=width,
            height=height,
        )


def _facts(camera: Camera, *, taken_at: datetime, fps: Fraction) -> dict[str, str]:
    """Keys of Apple's QuickTime metadata, as phones and cameras write them."""
    rate = round(fps)
    clock = f"{taken_at:%H:%M:%S}:{taken_at.microsecond * rate // 1_000_000:02d}"
    offset = taken_at.strftime("%z") or "+0000"
    utc = (taken_at - (taken_at.utcoffset() or timedelta())).replace(tzinfo=None)
    return {
        "com.apple.quicktime.make": camera.make,
        "com.apple.quicktime.model": camera.model,
        "com.apple.quicktime.software": camera.software,
        "com.apple.quicktime.creationdate": f"{taken_at:%Y-%m-%dT%H:%M:%S}{offset}",
        "com.apple.quicktime.camera.lens_model": camera.lens,
        "com.apple.quicktime.camera.identifier": camera.serial,
        "creation_time": f"{utc:%Y-%m-%dT%H:%M:%S.%f}Z",
        "timecode": clock,
    }


def _streams(
    film: OutputContainer, *, fps: Fraction, width: int, height: int
) -> tuple[VideoStream, AudioStream]:
    picture = film.add_stream("libx264", rate=fps, options={"crf": "20", "preset": "veryfast"})
    picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
    picture.codec_context.thread_count = 1
    picture.codec_context.time_base = 1 / fps
    sound = film.add_stream("aac", rate=RATE, layout="mono")
    sound.bit_rate = 96_000
    return picture, sound


def _interleaved(
    picture: VideoStream,
    sound: AudioStream,
    frames: Iterator[np.ndarray],
    samples: np.ndarray,
    *,
    fps: Fraction,
) -> Iterator[av.Packet]:
    """Packets of both streams, sound never more than a frame behind the picture."""
    heard = 0
    for index, pixels in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = index, 1 / fps
        yield from picture.encode(frame)
        until = round((index + 1) / fps * RATE)
        yield from sound.encode(_audio(samples[heard:until], at=heard))
        heard = until
    yield from picture.encode(None)
    yield from sound.encode(None)


def _audio(samples: np.ndarray, *, at: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples[None, :], np.float32), format="fltp", layout="mono"
    )
    frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
    return frame
