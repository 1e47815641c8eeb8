"""Writing what engines make: PNG, H.264 in MP4, WAV, text."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generation.backends.gate import beside


@beside
def write_picture(picture: Image.Image, folder: Path) -> Path:
    path = folder / "picture.png"
    picture.save(path)
    return path


@beside
def write_clip(frames: Sequence[Image.Image], folder: Path, *, fps: int) -> Path:
    """Encode frames of one even size as H.264 (yuv420p, near lossless) in an MP4 that starts playing early."""
    import av

    path = folder / "clip.mp4"
    with av.open(str(path), "w", options={"movflags": "faststart"}) as film:
        stream = film.add_stream("libx264", rate=Fraction(fps), options={"crf": "14", "preset": "veryfast"})
        stream.width, stream.height = frames[0].size
        stream.pix_fmt = "yuv420p"
        for picture in frames:
            for packet in stream.encode(av.VideoFrame.from_image(picture)):
                film.mux(packet)
        for packet in stream.encode(None):
            film.mux(packet)
    return path


def write_sound(samples: np.ndarray[Any, Any], folder: Path, *, rate: int) -> Path:
    """Write samples (float, -1..1, shape (n,) or (n, channels)) as 16-bit PCM."""
    path = folder / "sound.wav"
    pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return path


def write_text(words: str, folder: Path, *, name: str = "draft.txt") -> Path:
    path = folder / name
    path.write_text(words.strip() + "\n", encoding="utf-8")
    return path
