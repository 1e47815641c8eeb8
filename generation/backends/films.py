"""Films frame by frame, for programs that work on pictures as arrays; and their sound, carried along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footage.problems import Problem, gettext_noop

Picture = NDArray[np.uint8]
"""RGB, shape (height, width, 3)."""
LARGEST_SIDE = 1920
"""Pixels; larger films are made smaller, because every pixel is computed on a school's machine."""
SOUND_RATE = 48_000
WORTH_WINDING = Fraction(2)
"""Seconds into a film from which a search for a key frame is quicker than reading."""
NO_FILM = gettext_noop("%(name)s holds no film that could be read. Choose a clip that plays.")
NOTHING_THERE = gettext_noop(
    "The clip is %(seconds)s s long, so nothing is left from %(begin)s s on. Begin earlier."
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a film.

    Attributes:
        begin: Seconds from its first frame.
        seconds: Length at most; the film may end before.
    """

    path: Path
    begin: Fraction
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class Shape:
    """What a film's frames are like when they are read here: upright, square pixels, even sides."""

    width: int
    height: int
    fps: Fraction
    has_sound: bool


def shape_of(path: Path) -> Shape:
    """Return a film's shape.

    Raises:
        Problem: The file holds no film.
    """
    import av

    try:
        with av.open(f"file:{path}") as film:
            stream = film.streams.video[0]
            first = next(film.decode(stream))
            width, height = _upright_size(first, stream.sample_aspect_ratio)
            fps = stream.average_rate or stream.guessed_rate or Fraction(25)
            return Shape(width, height, Fraction(fps), bool(film.streams.audio))
    except (av.FFmpegError, IndexError, StopIteration, OSError) as fault:
        raise Problem(NO_FILM, name=path.name) from fault


def _upright_size(frame: Any, aspect: Fraction | None) -> tuple[int, int]:
    width, height = frame.width * float(aspect or 1), float(frame.height)
    if frame.rotation % 180:
        width, height = height, width
    scale = min(1.0, LARGEST_SIDE / max(width, height))
    return 2 * max(1, round(width * scale / 2)), 2 * max(1, round(height * scale / 2))


def frames_of(part: Part) -> Iterator[tuple[Fraction, Picture]]:
    """Yield the frames of a part in order, each with its seconds from the part's begin (0 or a little before it).

    Raises:
        Problem: The file holds no film, or no frame from `begin` on.
    """
    import av

    shape = shape_of(part.path)
    shown, end = None, Fraction(0)
    with av.open(f"file:{part.path}") as film:
        _wind_to(film, part.begin)
        for at, frame in _timed(film, shape.fps):
            end = at + 1 / shape.fps
            if at >= part.begin + part.seconds:
                break
            if end > part.begin:
                shown = at
                yield max(Fraction(0), at - part.begin), _picture(frame, shape)
    if shown is None:
        raise Problem(NOTHING_THERE, seconds=f"{float(end):.1f}", begin=f"{float(part.begin):g}")


def _wind_to(film: Any, begin: Fraction) -> None:
    """Go to the last key frame before `begin` seconds, where the file can be wound; else its frames are read from the start."""
    import av

    stream = film.streams.video[0]
    if begin > WORTH_WINDING and stream.time_base:
        with suppress(av.FFmpegError):
            film.seek(int(begin / stream.time_base) + (stream.start_time or 0), stream=stream)


def _timed(film: Any, fps: Fraction) -> Iterator[tuple[Fraction, Any]]:
    """Yield frames with their seconds from the film's start; frames without a time follow each other at `fps`."""
    stream = film.streams.video[0]
    stream.thread_type = "AUTO"
    start = (stream.start_time or 0) * (stream.time_base or Fraction(0))
    for number, frame in enumerate(film.decode(stream)):
        known = frame.pts is not None and frame.time_base is not None
        yield frame.pts * frame.time_base - start if known else number / fps, frame


def _picture(frame: Any, shape: Shape) -> Picture:
    import cv2

    picture: Picture = np.rot90(frame.to_ndarray(format="rgb24"), k=round(frame.rotation / 90) % 4)
    if picture.shape[:2] == (shape.height, shape.width):
        return np.ascontiguousarray(picture)
    resized = cv2.resize(
        np.ascontiguousarray(picture), (shape.width, shape.height), interpolation=cv2.INTER_AREA
    )
    return np.asarray(resized, np.uint8)


def sound_of(part: Part) -> NDArray[np.float32]:
    """Return the part's sound as float32, shape (2, samples) at 48 kHz; no samples when it has none."""
    import av

    first = round(part.begin * SOUND_RATE)
    last, at = first + round(part.seconds * SOUND_RATE), 0
    heard = [np.zeros((2, 0), np.float32)]
    with av.open(f"file:{part.path}") as film:
        for samples in _samples(film):
            heard.append(samples[:, max(0, first - at) : max(0, last - at)])
            at += samples.shape[1]
            if at >= last:
                break
    return np.concatenate(heard, axis=1).astype(np.float32)


def _samples(film: Any) -> Iterator[NDArray[np.float32]]:
    import av

    if not film.streams.audio:
        return
    stereo = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
    for frame in film.decode(audio=0):
        for made in stereo.resample(frame):
            yield made.to_ndarray()
    for made in stereo.resample(None):
        yield made.to_ndarray()


def write_film(
    frames: Iterator[Picture], folder: Path, *, fps: Fraction, sound: NDArray[np.float32] | None = None
) -> tuple[Path, int]:
    """Encode frames as H.264 and the sound (2, samples) as AAC in an MP4; return the file and the number of frames."""
    import av

    path, count = folder / "clip.mp4", 0
    with av.open(str(path), "w", options={"movflags": "faststart"}) as film:
        picture = film.add_stream("libx264", rate=fps, options={"crf": "14", "preset": "veryfast"})
        picture.pix_fmt = "yuv420p"
        track = film.add_stream("aac", rate=SOUND_RATE, layout="stereo") if _is_heard(sound) else None
        for pixels in frames:
            if not count:
                picture.height, picture.width = pixels.shape[:2]
            count += 1
            film.mux(picture.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(picture.encode(None))
        if track is not None and sound is not None:
            for frame in _sound_frames(sound[:, : round(count / fps * SOUND_RATE)]):
                film.mux(track.encode(frame))
            film.mux(track.encode(None))
    return path, count


def _is_heard(sound: NDArray[np.float32] | None) -> bool:
    return sound is not None and sound.size > 0


def _sound_frames(sound: NDArray[np.float32]) -> Iterator[Any]:
    import av

    for first in range(0, sound.shape[1], SOUND_RATE):
        piece = np.ascontiguousarray(sound[:, first : first + SOUND_RATE])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, first, Fraction(1, SOUND_RATE)
        yield frame
