"""Takes with a gyroscope's track, as GoPro writes it (GPMF, github.com/gopro/gpmf-parser): keys, lengths, values."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from footage.decode import Array
from tests.footage.drawing import texture

RATE, FPS = 200, 25
PIXELS_PER_DEGREE = 16
SIZE = 320, 180
SCALE = 1000
Turns = npt.NDArray[np.float64]


def handheld(seed: int, seconds: int) -> Turns:
    """Degrees a second about three axes, float64 (n, 3), 200 a second: a hand that now shakes and now holds still."""
    rng = np.random.default_rng(seed)
    count = seconds * RATE
    smooth = np.ones(RATE // 5) / (RATE // 5)
    turns = np.stack([np.convolve(rng.normal(0, 24, count), smooth, "same") for _ in range(3)], axis=1)
    calm = np.repeat(rng.random(2 * seconds + 1), RATE // 2)[:count]
    return np.asarray(turns * calm[:, None])


def seen(turns: Turns) -> list[Array]:
    """What a camera sees that turns so over a wide picture, uint8 frames (180, 320, 3)."""
    wide = texture(5, 960, 540)
    places = np.cumsum(turns, axis=0)[:: RATE // FPS] / RATE * PIXELS_PER_DEGREE
    middles = np.array([480, 270]) + np.clip(places[:, :2], [-310, -170], [310, 170])
    return [np.asarray(cv2.getRectSubPix(wide, SIZE, (float(x), float(y))), np.uint8) for x, y in middles]


def write_sensed(path: Path, frames: list[Array], turns: Turns) -> Path:
    """A film with a motion sensor's track beside the picture, one packet a second."""
    with av.open(str(path), "w") as film:
        picture = film.add_stream("libx264", rate=FPS, options={"crf": "20", "preset": "veryfast"})
        picture.width, picture.height, picture.pix_fmt = *SIZE, "yuv420p"
        data = film.add_data_stream("bin_data")
        data.time_base = Fraction(1, 1000)
        for frame in frames:
            film.mux(picture.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        film.mux(picture.encode(None))
        for second in range(len(turns) // RATE):
            packet = av.Packet(payload(turns[second * RATE : (second + 1) * RATE]))
            packet.stream, packet.time_base = data, Fraction(1, 1000)
            packet.pts = packet.dts = 1000 * second
            packet.duration = 1000
            film.mux(packet)
    return path


def payload(turns: Turns) -> bytes:
    """A second of gyroscope samples."""
    values = np.radians(turns) * SCALE
    stream = _nest(
        b"STRM",
        _value(b"SIUN", b"c", 5, 1, b"rad/s"),
        _value(b"SCAL", b"s", 2, 1, struct.pack(">h", SCALE)),
        _value(b"GYRO", b"s", 6, len(turns), values.astype(">i2").tobytes()),
    )
    return _nest(b"DEVC", _value(b"DVNM", b"c", 1, 6, b"Camera"), stream)


def _value(key: bytes, kind: bytes, size: int, count: int, data: bytes) -> bytes:
    return key + struct.pack(">cBH", kind, size, count) + data + b"\0" * (-len(data) % 4)


def _nest(key: bytes, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return _value(key, b"\0", 1, len(data), data)
