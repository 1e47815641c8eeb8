"""Chroma key over a plate, by plain arithmetic on colours: no trained network.

The key is that of a vision mixer (Jack, Video Demystified, chapter "Digital Composite Video", chroma keying): chroma is
turned so that the screen's colour lies on one axis; how far a pixel reaches along it, beyond an angle of acceptance, is
how much of the screen shows through. That gives soft edges, hair and motion blur. The same amount of the screen's
colour is then taken out of the foreground, which is also what removes its spill, and the plate is put in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footage.problems import Problem, gettext_noop
from generation.backends.films import Picture

Plane = NDArray[np.float32]
TO_YCC = np.array([[0.2126, 0.7152, 0.0722], [-0.1146, -0.3854, 0.5], [0.5, -0.4542, -0.0458]], np.float32)
"""RGB to Y, Cb, Cr by ITU-R BT.709, all for RGB 0..1."""
FROM_YCC = np.linalg.inv(TO_YCC).astype(np.float32)
LEAST_CHROMA = 0.08
"""Length of (Cb, Cr) under which a colour is too grey to key on."""
BORDER = 0.12
"""Share of the picture's sides in which the screen is looked for; a subject stands in the middle."""
NO_SCREEN = gettext_noop(
    "No green, blue or other strongly coloured screen was found around the subject. Pick the key colour by hand."
)
TOO_GREY = gettext_noop(
    "%(colour)s is too grey to be keyed on. Take a strong colour, as a green or blue screen has."
)


@dataclass(frozen=True, slots=True)
class Key:
    """What is keyed on.

    Attributes:
        colour: The screen's (Y, Cb, Cr).
        slope: Tangent of half the angle of acceptance: how far off the screen's hue still counts as screen.
        low, high: Shares of screen (0..1) below which a pixel is all subject, above which all plate.
    """

    colour: tuple[float, float, float]
    slope: float
    low: float
    high: float


def key_for(colour: tuple[float, float, float], *, tolerance: float) -> Key:
    """Return a key on a colour (Y, Cb, Cr).

    Args:
        tolerance: 0 keeps everything but the exact screen, 1 takes out all that is like it.
    """
    return Key(colour, slope=0.6 + 0.8 * tolerance, low=0.08 * (1 - tolerance), high=0.95 - 0.5 * tolerance)


def colour_of(written: str) -> tuple[float, float, float]:
    """Return a colour such as #00b140 as (Y, Cb, Cr).

    Raises:
        Problem: It is grey.
    """
    rgb = np.array([int(written.lstrip("#")[at : at + 2], 16) for at in (0, 2, 4)], np.float32) / 255
    luma, blue, red = (float(value) for value in TO_YCC @ rgb)
    if np.hypot(blue, red) < LEAST_CHROMA:
        raise Problem(TOO_GREY, colour=written)
    return luma, blue, red


def screen_colour(picture: Picture) -> tuple[float, float, float]:
    """Return the screen's (Y, Cb, Cr): the commonest strong hue along the left, right and upper side.

    Raises:
        Problem: There is none.
    """
    ycc = _ycc(picture)
    height, width = picture.shape[:2]
    wide, high = max(1, round(width * BORDER)), max(1, round(height * BORDER))
    sides = (ycc[:, :wide], ycc[:, -wide:], ycc[:high])
    edge = np.concatenate([side.reshape(-1, 3) for side in sides])
    strong = edge[np.hypot(edge[:, 1], edge[:, 2]) > LEAST_CHROMA]
    if len(strong) < 0.3 * len(edge):
        raise Problem(NO_SCREEN)
    hue = np.arctan2(strong[:, 2], strong[:, 1])
    counts, edges = np.histogram(hue, bins=36, range=(-np.pi, np.pi))
    middle = edges[int(counts.argmax())] + np.pi / 36
    near = strong[np.cos(hue - middle) > np.cos(np.pi / 12)]
    luma, blue, red = (float(value) for value in np.median(near, axis=0))
    return luma, blue, red


def _ycc(picture: Picture) -> Plane:
    import cv2

    return np.asarray(cv2.transform(np.asarray(picture, np.float32), TO_YCC / 255), np.float32)


def keyed(picture: Picture, key: Key) -> tuple[Plane, Plane]:
    """Return the subject without the screen's colour, RGB 0..1 weighted by its matte, and the matte.

    The matte has shape (height, width): 1 where the subject is, 0 where the plate shows.
    """
    import cv2

    ycc = _ycc(picture)
    _luma, blue, red = key.colour
    reach = float(np.hypot(blue, red))
    along = (ycc[..., 1] * blue + ycc[..., 2] * red) / reach
    across = (ycc[..., 2] * blue - ycc[..., 1] * red) / reach
    screen = np.clip(along - np.abs(across) / key.slope, 0, None)  # chroma of the screen in this pixel
    share = screen / reach
    matte = np.clip((key.high - share) / (key.high - key.low), 0, 1).astype(np.float32)
    left = ycc - share[..., None] * np.array(key.colour, np.float32)
    within = np.clip(matte / np.maximum(1 - share, 1e-3), 0, 1)  # no dust of the screen outside the matte
    subject = np.clip(cv2.transform(left, FROM_YCC), 0, 1) * within[..., None]
    return np.asarray(subject, np.float32), matte


@dataclass(frozen=True, slots=True)
class Finish:
    """How the subject is set into the plate.

    Attributes:
        choke: Pixels by which the matte is drawn in.
        soften: Pixels over which its edge is softened.
        wrap: 0..1, how much of the plate's light runs round the subject's edge.
    """

    choke: int = 0
    soften: float = 0.0
    wrap: float = 0.0


def composite(picture: Picture, plate: Picture, *, key: Key, finish: Finish) -> tuple[Picture, float]:
    """Return the subject over the plate, and the share of the frame that the plate fills, 0..1.

    Args:
        plate: Of the picture's size.
    """
    subject, matte = keyed(picture, key)
    drawn = _finished(matte, finish)
    subject = subject * (drawn / np.maximum(matte, 1e-3)).clip(0, 1)[..., None]
    behind = np.asarray(plate.astype(np.float32) / 255, np.float32)
    whole = np.asarray(subject + (1 - drawn)[..., None] * behind, np.float32)
    if finish.wrap:
        whole = _wrapped(whole, behind, drawn, amount=finish.wrap)
    return np.clip(np.rint(whole * 255), 0, 255).astype(np.uint8), float(1 - drawn.mean())


def _finished(matte: Plane, finish: Finish) -> Plane:
    import cv2

    drawn: Any = matte
    if finish.choke:
        side = 2 * finish.choke + 1
        drawn = cv2.erode(drawn, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    if finish.soften:
        drawn = np.minimum(drawn, cv2.GaussianBlur(drawn, (0, 0), finish.soften))
    return np.asarray(drawn, np.float32)


def _wrapped(whole: Plane, behind: Plane, matte: Plane, *, amount: float) -> Plane:
    """Let the plate's light, blurred, run over the subject's edge."""
    import cv2

    reach = max(1.0, 0.012 * whole.shape[1])
    light = cv2.GaussianBlur(behind * (1 - matte)[..., None], (0, 0), reach)
    edge = cv2.GaussianBlur(1 - matte, (0, 0), reach) * matte
    return np.asarray(whole + amount * edge[..., None] * (1 - whole) * light, np.float32)
