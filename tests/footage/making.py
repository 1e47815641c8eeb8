"""Small films and sounds for tests, made on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def make_film(
    path: Path,
    *,
    frames: int = 5,
    fps: Fraction = Fraction(25),
    size: tuple[int, int] = (96, 64),
    sound: bool = False,
    rotation: int = 0,
    tags: Mapping[str, str] | None = None,
    stamps: Sequence[int] | None = None,
) -> Path:
    """A film whose frame n is grey level 8·n with a bright block at the top left.

    Args:
        rotation: Degrees counter-clockwise written as display matrix.
        stamps: Time of each frame in 1/90000 s, instead of an even rate.
    """
    options = {"movflags": "use_metadata_tags"} if tags else {}
    with av.open(str(path), "w", options=options) as target:
        target.metadata.update(tags or {})
        stream = target.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"preset": "ultrafast", "bf": "0"}
        if rotation:
            stream.set_display_rotation(rotation)
        if stamps is not None:
            stream.codec_context.time_base = Fraction(1, 90_000)
        voice = target.add_stream("aac", rate=48_000, layout="mono") if sound else None
        for number in range(frames):
            picture = np.full((size[1], size[0], 3), number * 8 % 256, np.uint8)
            picture[: size[1] // 4, : size[0] // 4] = 255
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            if stamps is not None:
                frame.pts, frame.time_base = stamps[number], Fraction(1, 90_000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
        if voice is not None:
            sing(target, voice, seconds=frames / float(fps))
    return path


def make_sound(path: Path, *, codec: str, seconds: float = 1.0) -> Path:
    """A tone of 440 Hz at half loudness, mono, 48 kHz."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream(codec, rate=48_000, layout="mono")
        sing(target, stream, seconds=seconds)
    return path


def sing(target: av.container.OutputContainer, stream: av.AudioStream, *, seconds: float) -> None:
    times = np.arange(round(seconds * 48_000)) / 48_000
    samples = (np.sin(times * 2 * np.pi * 440) * 16_384).astype(np.int16)[None, :]
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
    for part in av.AudioResampler(format=stream.format, layout="mono", rate=48_000, frame_size=1024).resample(
        frame
    ):
        target.mux(stream.encode(part))
    target.mux(stream.encode(None))
