"""Putting a short film together: stretches of takes and stills in order, with their sound and a voice over it.

A cutting room in two functions, for films whose every second is known: the demo's, and the tests'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from footage.problems import Problem, gettext_noop
from footage.timelines import Clip, Timeline

Picture = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float32]
SOUND_RATE = 48_000
STILLS = {".png", ".jpg", ".jpeg", ".webp"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the film.

    Attributes:
        source: Film or still it comes from; None is black.
        duration: Seconds on the film's timeline.
        source_start: Seconds into the source (0 for stills).
        zoom: A still grows by this share over its stretch (0.15 = slow push-in of 15 %).
        keeps_sound: Whether the source's own sound is laid under it.
    """

    source: Path | None
    duration: Fraction
    source_start: Fraction = Fraction(0)
    zoom: float = 0.0
    keeps_sound: bool = True


@dataclass(frozen=True, slots=True)
class Overlay:
    """A sound laid over the film at `start` seconds, at `gain` (1 = as recorded)."""

    source: Path
    start: Fraction
    gain: float = 1.0


def assemble(
    path: Path,
    stretches: Sequence[Stretch],
    *,
    fps: Fraction,
    width: int,
    height: int,
    overlays: Sequence[Overlay] = (),
    crf: int = 21,
) -> None:
    """Write the film as H.264 and AAC. Durations must be whole frames; sides even."""
    sound = mix(stretches, overlays)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as film:
        picture = film.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"})
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        track = film.add_stream("aac", rate=SOUND_RATE, layout="mono")
        heard = 0
        for number, pixels in enumerate(_pictures(stretches, fps=fps, width=width, height=height)):
            film.mux(picture.encode(av.VideoFrame.from_ndarray(pixels, format="bgr24")))
            until = int((number + 1) / fps * SOUND_RATE)
            film.mux(track.encode(_audio_frame(sound[heard:until], heard)))
            heard = until
        film.mux(picture.encode(None))
        film.mux(track.encode(None))


def timeline_of(
    stretches: Sequence[Stretch], *, name: str, fps: Fraction, names: dict[Path, str] | None = None
) -> Timeline:
    """Return the edit as a timeline; `names` gives the file names the crew knows."""
    clips, start = [], Fraction(0)
    for stretch in stretches:
        if stretch.source is not None:
            label = (names or {}).get(stretch.source, stretch.source.name)
            clips.append(
                Clip(
                    track=1,
                    kind="video",
                    name=Path(label).stem,
                    source=label,
                    source_start=stretch.source_start,
                    start=start,
                    duration=stretch.duration,
                    speed=Fraction(1),
                )
            )
        start += stretch.duration
    return Timeline(name=name, fps=fps, duration=start, clips=tuple(clips), notes=(), kind="otio")


def mix(stretches: Sequence[Stretch], overlays: Sequence[Overlay]) -> Samples:
    """Return the film's sound, float32 (samples,) at 48 kHz within [-1, 1]."""
    length = int(sum((stretch.duration for stretch in stretches), Fraction(0)) * SOUND_RATE) + 1
    total, start = np.zeros(length, np.float32), Fraction(0)
    for stretch in stretches:
        if stretch.source is not None and stretch.keeps_sound and stretch.source.suffix.lower() not in STILLS:
            own = read_sound(stretch.source, start=stretch.source_start, duration=stretch.duration)
            _lay(total, _faded(own), start)
        start += stretch.duration
    for overlay in overlays:
        _lay(total, read_sound(overlay.source) * overlay.gain, overlay.start)
    return np.clip(total, -1.0, 1.0)


def read_sound(path: Path, *, start: Fraction = Fraction(0), duration: Fraction | None = None) -> Samples:
    """Return a file's sound as float32 mono at 48 kHz; empty when it has none."""
    with av.open(str(path)) as source:
        if not source.streams.audio:
            return np.zeros(0, np.float32)
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SOUND_RATE)
        parts = [out.to_ndarray()[0] for frame in source.decode(audio=0) for out in resampler.resample(frame)]
        parts += [out.to_ndarray()[0] for out in resampler.resample(None)]
    samples = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    first = int(start * SOUND_RATE)
    last = None if duration is None else first + int(duration * SOUND_RATE)
    return samples[first:last].astype(np.float32)


def _lay(total: Samples, samples: Samples, at: Fraction) -> None:
    first = int(at * SOUND_RATE)
    part = samples[: max(0, len(total) - first)]
    total[first : first + len(part)] += part


def _faded(samples: Samples) -> Samples:
    """Take 10 ms at both ends down to silence, so that cuts don't click."""
    ramp = np.ones(len(samples), np.float32)
    edge = min(SOUND_RATE // 100, len(samples) // 2)
    if edge:
        ramp[:edge] = np.linspace(0, 1, edge, dtype=np.float32)
        ramp[-edge:] = ramp[:edge][::-1]
    return samples * ramp


def _audio_frame(samples: Samples, heard: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
    frame.sample_rate = SOUND_RATE
    frame.pts, frame.time_base = heard, Fraction(1, SOUND_RATE)
    return frame


def _pictures(stretches: Sequence[Stretch], *, fps: Fraction, width: int, height: int) -> Iterator[Picture]:
    for stretch in stretches:
        count = stretch.duration * fps
        if count.denominator != 1:
            raise ValueError(f"{stretch.duration} s are not whole frames at {fps} per second.")
        if stretch.source is None:
            yield from (np.zeros((height, width, 3), np.uint8) for _number in range(int(count)))
        elif stretch.source.suffix.lower() in STILLS:
            yield from _still(stretch, count=int(count), width=width, height=height)
        else:
            yield from _take(stretch, fps=fps, count=int(count), width=width, height=height)


def _still(stretch: Stretch, *, count: int, width: int, height: int) -> Iterator[Picture]:
    picture = cv2.imread(str(stretch.source), cv2.IMREAD_COLOR)
    if picture is None:
        raise Problem(
            gettext_noop("%(name)s is no picture that can be read."), name=Path(str(stretch.source)).name
        )
    for number in range(count):
        scale = 1 + stretch.zoom * number / max(1, count - 1)
        yield filled(picture, width=width, height=height, zoom=scale)


def filled(picture: Picture, *, width: int, height: int, zoom: float = 1.0) -> Picture:
    """Scale a picture so that it fills the frame, cropped round its centre, magnified by `zoom`."""
    scale = max(width / picture.shape[1], height / picture.shape[0]) * zoom
    matrix = np.array(
        [
            [scale, 0, width / 2 - scale * picture.shape[1] / 2],
            [0, scale, height / 2 - scale * picture.shape[0] / 2],
        ]
    )
    drawn: Picture = cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return drawn


def _take(stretch: Stretch, *, fps: Fraction, count: int, width: int, height: int) -> Iterator[Picture]:
    """Yield the take's frames at the film's rate: for each film frame the source frame then shown."""
    with av.open(str(stretch.source)) as source:
        shown: Picture | None = None
        number = 0
        for frame in source.decode(video=0):
            time = Fraction(frame.pts) * frame.time_base - stretch.source_start
            while number < count and shown is not None and Fraction(number) / fps < time:
                yield shown
                number += 1
            if number >= count:
                return
            if time + Fraction(1) >= 0:
                shown = filled(frame.to_ndarray(format="bgr24"), width=width, height=height)
        while number < count and shown is not None:
            yield shown
            number += 1
