"""A subject before a screen, set over a plate: the program behind the tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from footage.problems import Problem, gettext_noop
from generation.backends import films, keying, origins, sources
from generation.backends.base import Asked, EngineSpec, Produced, Progress, Request
from generation.backends.films import Part, Picture
from generation.backends.interpolation import program_facts, source_part, watched
from generation.backends.stepping import stop_if

SOFTENED_PIXELS = 4.0
"""Standard deviation of the blur at `soften` 1, in a picture 1920 pixels wide."""
CHOKED_PIXELS = 6.0
LONGEST = Fraction(24 * 3600)
"""Seconds; more than any plate has."""


class KeyProgram:
    """Green or blue screen in front of a still or a clip."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec

    def run(self, request: Request, *, folder: Path, progress: Progress, cancelled: Asked) -> Produced:
        stop_if(cancelled)
        part, shape = source_part(request)
        plate = request.medium("plate")
        if plate is None:
            raise Problem(gettext_noop("A chroma key needs a plate to set the subject over. Choose one."))
        key = keying.key_for(_colour(request.inputs, part), tolerance=float(request.inputs["tolerance"]))
        finish, shares = finish_of(request.inputs, width=shape.width), list[float]()
        frames = set_over(part, _Plate(plate, shape), key=key, finish=finish, shares=shares)
        expected = round(part.seconds * shape.fps)
        path, written = films.write_film(
            watched(frames, expected=expected, progress=progress, cancelled=cancelled),
            folder, fps=shape.fps, sound=films.sound_of(part),
        )  # fmt: skip
        source_type = origins.composite([part.path, plate])
        facts = program_facts(
            "ChromaKey", source_type=source_type, width=shape.width, height=shape.height, frames=written, fps=str(shape.fps),
            seconds=float(written / shape.fps), key=hex_of(key), plate_share=round(float(np.mean(shares)), 4),
        )  # fmt: skip
        return Produced(path, "video", facts, source_type=source_type)


def set_over(
    part: Part, plate: _Plate, *, key: keying.Key, finish: keying.Finish, shares: list[float]
) -> Iterator[Picture]:
    """Yield the composite's frames, noting each one's share of plate."""
    for at, picture in films.frames_of(part):
        whole, share = keying.composite(picture, plate.at(at), key=key, finish=finish)
        shares.append(share)
        yield whole


def finish_of(inputs: Mapping[str, Any], *, width: int) -> keying.Finish:
    """Return the finish for a picture of this width: what 0..1 means is the same part of the picture at every size."""
    scale = width / films.LARGEST_SIDE
    return keying.Finish(
        choke=round(CHOKED_PIXELS * scale * float(inputs["choke"])),
        soften=SOFTENED_PIXELS * scale * float(inputs["soften"]),
        wrap=float(inputs["wrap"]),
    )


def _colour(inputs: Mapping[str, Any], part: Part) -> tuple[float, float, float]:
    """Return the screen's colour: the person's, or the commonest strong one at the borders of the first frame."""
    written = str(inputs["colour"])
    if written:
        return keying.colour_of(written)
    _at, first = next(films.frames_of(part))
    return keying.screen_colour(first)


def hex_of(key: keying.Key) -> str:
    """Return the key's colour as #rrggbb, for the recipe."""
    rgb = np.clip(keying.FROM_YCC @ np.array(key.colour, np.float32), 0, 1)
    return "#" + "".join(f"{round(float(value) * 255):02x}" for value in rgb)


class _Plate:
    """A still, or a clip that runs along and stays on its last frame when it is over; at the subject's size."""

    def __init__(self, path: Path, shape: films.Shape) -> None:
        self.size = (shape.width, shape.height)
        self._coming = _timed_frames(path, self.size)
        _at, self._shown = next(self._coming)
        self._next = next(self._coming, None)

    def at(self, time: Fraction) -> Picture:
        """Return the plate at `time` seconds; asked in order."""
        while self._next is not None and self._next[0] <= time:
            self._shown = self._next[1]
            self._next = next(self._coming, None)
        return self._shown


def _timed_frames(path: Path, size: tuple[int, int]) -> Iterator[tuple[Fraction, Picture]]:
    if _is_still(path):
        yield Fraction(0), np.asarray(sources.first_picture(path, width=size[0], height=size[1]))
        return
    for at, picture in films.frames_of(Part(path, Fraction(0), LONGEST)):
        yield at, np.asarray(ImageOps.fit(Image.fromarray(picture), size, Image.Resampling.BILINEAR))


def _is_still(path: Path) -> bool:
    try:
        with Image.open(path):
            return True
    except UnidentifiedImageError:
        return False
