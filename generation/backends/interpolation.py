"""Frames between frames by optical flow: no trained network.

Motion is measured both ways by OpenCV's dense inverse search (DIS; Kroeger et al., Fast Optical Flow using Dense
Inverse Search, ECCV 2016). A frame between two is each of them moved along its part of the way, mixed where both see
the same thing; where only one of them sees it, that one alone (occlusion, told by flows that don't lead back). Across
a cut nothing is mixed: the nearer frame is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footage.problems import Problem, gettext_noop
from generation.backends import films, origins, sources
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.films import Picture
from generation.backends.stepping import stop_if

Flow = NDArray[np.float32]
"""Pixels (right, down), shape (height, width, 2)."""
FLOW_SIDE = 640
"""Pixels of the longer side at which motion is measured."""
TRUST = 0.02
"""How fast trust in a pixel falls with the error of its way there and back, per squared pixel of FLOW_SIDE."""
MORPH_FPS, MORPH_SIDE = 25, 1280
"""Frames per second, and pixels of the longer side at most, of a clip made from two pictures."""
CUT_CHANGE, CUT_REST = 24.0, 18.0
"""Mean grey levels (of 255) that two frames differ by, before and after motion is taken off, when a cut is between."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How two frames are moved into each other.

    Attributes:
        there, back: From the first to the second and back.
        trust, trust_back: 0..1 per pixel of the first and of the second, shape (height, width).
    """

    there: Flow
    back: Flow
    trust: NDArray[np.float32]
    trust_back: NDArray[np.float32]


class Between:
    """Measures motion between neighbours and draws what lies between them."""

    def __init__(self, *, sees_cuts: bool = True) -> None:
        import cv2

        self.sees_cuts = sees_cuts
        self.search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def frames(self, one: Picture, other: Picture, *, count: int) -> list[Picture]:
        """Return the `count` - 1 frames that divide the time from `one` to `other` into `count` equal parts."""
        return list(self.each(one, other, count=count))[1:-1]

    def each(self, one: Picture, other: Picture, *, count: int) -> Iterator[Picture]:
        """Yield `one`, what lies between, and `other`: `count` + 1 frames in all."""
        motion = self._motion(one, other)
        is_cut = self.sees_cuts and _is_cut(one, other, motion.there)
        yield one
        for number in range(1, count):
            time = number / count
            nearer = one if time < 0.5 else other
            yield nearer if is_cut else _drawn(one, other, motion, time=time)
        yield other

    def _motion(self, one: Picture, other: Picture) -> Motion:
        first, second = _small_grey(one), _small_grey(other)
        size = (one.shape[1], one.shape[0])
        there = _enlarged(self.search.calc(first, second, None), size)
        back = _enlarged(self.search.calc(second, first, None), size)
        return Motion(there, back, _trust(there, back), _trust(back, there))


def _small_grey(picture: Picture) -> NDArray[np.uint8]:
    import cv2

    scale = min(1.0, FLOW_SIDE / max(picture.shape[:2]))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    if scale == 1:
        return np.asarray(grey, np.uint8)
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _enlarged(flow: Any, size: tuple[int, int]) -> Flow:
    """Return a flow at the size (width, height) of the pictures, in their pixels."""
    import cv2

    if (flow.shape[1], flow.shape[0]) == size:
        return np.asarray(flow, np.float32)
    larger = cv2.resize(flow, size, interpolation=cv2.INTER_LINEAR)
    larger *= np.array([size[0] / flow.shape[1], size[1] / flow.shape[0]], np.float32)
    return np.asarray(larger, np.float32)


def _drawn(one: Picture, other: Picture, motion: Motion, *, time: float) -> Picture:
    """Return the frame at `time` (0: `one`, 1: `other`).

    The flows from it to both sides are taken from the measured ones as in Jiang et al., Super SloMo, CVPR 2018, eq. 4.
    """
    import cv2

    there, back = motion.there, motion.back
    to_one = cv2.addWeighted(there, -(1 - time) * time, back, time * time, 0)
    to_other = cv2.addWeighted(there, (1 - time) * (1 - time), back, -time * (1 - time), 0)
    trust_one = (1 - time) * moved(motion.trust, to_one)
    trust_other = time * moved(motion.trust_back, to_other)
    share = trust_one / np.maximum(trust_one + trust_other, 1e-6)
    mixed = cv2.blendLinear(moved(one, to_one), moved(other, to_other), share, 1 - share)
    return np.asarray(cv2.convertScaleAbs(mixed), np.uint8)


def _trust(there: Flow, back: Flow) -> NDArray[np.float32]:
    """Return 0..1 per pixel: 1 where going there and back ends where it began, near 0 where the view was covered."""
    error = there + moved(back, there)
    unit = FLOW_SIDE / max(there.shape[:2])
    squared = (error**2).sum(axis=2) * unit**2
    return np.asarray(np.exp(-TRUST * squared) + 1e-3, np.float32)


def moved(picture: NDArray[Any], flow: Flow) -> NDArray[np.float32]:
    """Return, per pixel, what stands at the pixel plus its flow; float32, of the picture's shape."""
    import cv2

    places = _grid(flow.shape[0], flow.shape[1]) + flow
    found = cv2.remap(
        np.asarray(picture, np.float32), places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(found, np.float32)


@lru_cache(maxsize=4)
def _grid(height: int, width: int) -> Flow:
    """Return every pixel's own place, shape (height, width, 2)."""
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.stack([columns, rows], axis=-1)


def _is_cut(one: Picture, other: Picture, there: Flow) -> bool:
    """Whether the two frames show different shots: they differ much, and motion doesn't explain it."""
    change = np.abs(one.astype(np.float32) - other).mean()
    return bool(change > CUT_CHANGE and np.abs(one - moved(other, there)).mean() > CUT_REST)


def interpolated(frames: Iterator[Picture], *, count: int) -> Iterator[Picture]:
    """Yield `count` frames for each one: itself and what lies between it and the next; the last one stays."""
    between = Between()
    last: Picture | None = None
    for picture in frames:
        if last is not None:
            yield last
            yield from between.frames(last, picture, count=count)
        last = picture
    if last is not None:
        yield from (last for _number in range(count))


def rate_after(fps: Fraction, *, count: int, is_slow: bool) -> Fraction:
    """Return frames per second of the result: as before in slow motion, else `count` times as many."""
    return fps if is_slow else fps * count


class FlowProgram:
    """The program behind the interface of engines: a clip at twice or four times its rate, or in slow motion."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        if request.tool == "frame-to-frame":
            return self._morphed(request, folder=folder, progress=progress, cancelled=cancelled)
        part, shape = source_part(request)
        count, is_slow = int(request.inputs["factor"]), request.inputs["use"] == "slow"
        frames = watched(
            (picture for _at, picture in films.frames_of(part)),
            expected=round(part.seconds * shape.fps), progress=progress, cancelled=cancelled,
        )  # fmt: skip
        fps = rate_after(shape.fps, count=count, is_slow=is_slow)
        sound = None if is_slow else films.sound_of(part)
        path, written = films.write_film(interpolated(frames, count=count), folder, fps=fps, sound=sound)
        source_type = origins.enhanced(part.path)
        facts = program_facts(
            "DISOpticalFlow", source_type=source_type, width=shape.width, height=shape.height, frames=written, fps=str(fps),
            source_fps=str(shape.fps), seconds=float(written / fps),
        )  # fmt: skip
        return Produced(path, "video", facts, source_type=source_type)

    def _morphed(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        """Make the clip from one picture to another: what can be followed moves, the rest dissolves."""
        first, last = request.source, request.medium("last-frame")
        if first is None or last is None:
            raise Problem(
                gettext_noop("This tool needs a picture to begin with and one to end with. Choose both.")
            )
        width, height = morph_size(sources.whole_picture(first).size)
        one, other = (
            np.asarray(sources.first_picture(path, width=width, height=height)) for path in (first, last)
        )
        count = max(2, round(float(request.inputs["seconds"]) * MORPH_FPS))
        drawn = Between(sees_cuts=False).each(one, other, count=count - 1)
        frames = watched(drawn, expected=count, progress=progress, cancelled=cancelled)
        path, written = films.write_film(frames, folder, fps=Fraction(MORPH_FPS))
        source_type = origins.composite([first, last])
        facts = program_facts(
            "DISOpticalFlow",
            source_type=source_type,
            width=width,
            height=height,
            frames=written,
            fps=str(MORPH_FPS),
        )
        return Produced(path, "video", facts, source_type=source_type)


def morph_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return even sides for a clip in the proportions of a picture, at most MORPH_SIDE long."""
    scale = min(1.0, MORPH_SIDE / max(size))
    width, height = (2 * max(1, round(side * scale / 2)) for side in size)
    return width, height


def source_part(request: Request) -> tuple[films.Part, films.Shape]:
    """Return the part of the source that was asked for, and the film's shape.

    Raises:
        Problem: There is no film to begin with.
    """
    if request.source is None:
        raise Problem(gettext_noop("This tool begins with a clip. Choose one."))
    begin, seconds = (Fraction(str(request.inputs[name])) for name in ("begin", "seconds"))
    return films.Part(request.source, begin, seconds), films.shape_of(request.source)


def watched(
    frames: Iterator[Picture], *, expected: int, progress: Progress, cancelled: Asked
) -> Iterator[Picture]:
    """Pass frames on, reporting each of about `expected` and stopping when asked."""
    for number, picture in enumerate(frames, start=1):
        stop_if(cancelled)
        yield picture
        progress(min(number, expected), max(expected, number))


def program_facts(name: str, **more: Any) -> dict[str, Any]:
    """Return what of this machine belongs into the recipe of a film made by a program."""
    versions = {package: version(package) for package in ("opencv-python-headless", "av", "numpy")}
    return {"device": "cpu", "pipeline": name, "versions": versions, **more}
