"""What a camera's motion sensor recorded beside the picture, and whether the two move together.

Action cameras, some cinema cameras and phone apps write a gyroscope's track into their files. A track can be copied into
another file, but then the picture does not turn when the sensor does: only both together say something.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import telemetry_parser

from footage.fingerprints import Floats, Reference
from footage.probe import open_media
from footage.problems import Problem
from footage.sandbox import run_limited

READING_SECONDS, READING_MEMORY_MB = 20.0, 1024
"""A track that takes more to read, such as that of a take of several hours, says nothing."""

LEAST_PAIRS = 40
"""Pairs of kept frames, 0.08 s apart, in which the two are compared: shorter takes turn too seldom."""

LEAST_TURNING = 0.5
"""Standard deviation of the turning speed, degrees a second, below which a camera stood too still to tell."""

AGREES, STANDS_OUT = 0.6, 0.15
"""Rank correlation of turning and moving from which they agree, and by how much it must exceed that with the track moved in time."""

APART_SECONDS = 1.0
"""From so much away a moved track is another one."""


@dataclass(frozen=True, slots=True)
class Turning:
    """How fast a camera turned.

    Attributes:
        times: float64 (n,), seconds of the file, ascending.
        speeds: float64 (n,), degrees a second about whatever axis.
    """

    times: npt.NDArray[np.float64]
    speeds: npt.NDArray[np.float64]


def turning_of(path: Path) -> Turning | None:
    """What the motion sensor of a film says, None without one or when its track can't be read.

    The track is read in a process of its own, with limits: its reader is native code and the file a stranger's.
    """
    if not _has_data(path):
        return None
    try:
        turning: Turning | None = run_limited(
            "footage.sensors:read_turning", path, seconds=READING_SECONDS, memory_mb=READING_MEMORY_MB
        )
    except Problem:
        return None
    return turning


def read_turning(path: Path) -> Turning | None:
    """The same in this process."""
    try:
        samples = telemetry_parser.Parser(str(path)).normalized_imu()
    except OSError:  # what the parser raises for files without a track that it knows
        return None
    told = [(one["timestamp_ms"], *one["gyro"]) for one in samples if one["gyro"]]
    if not told:
        return None
    table = np.array(told, np.float64)
    table = table[np.isfinite(table).all(axis=1)]
    table = table[np.argsort(table[:, 0], kind="stable")]
    return Turning(table[:, 0] / 1000, np.linalg.norm(table[:, 1:], axis=1))


def moves_together(turning: Turning, reference: Reference) -> bool:
    """Whether a picture moves when the camera turns, and at no other time as well.

    Handheld takes turn to and fro; one that stands on its tripod says nothing, and so does a very short one.
    """
    times = reference.times
    inside = (
        times[(times >= turning.times[0]) & (times <= turning.times[-1])] if len(turning.times) else times[:0]
    )
    if reference.still or len(inside) <= LEAST_PAIRS:
        return False
    first = int(np.searchsorted(times, inside[0]))
    turned = _turned(turning, inside)
    if float(turned.std()) < LEAST_TURNING:
        return False
    moved = _moved(reference.greys[first : first + len(inside)]) / np.diff(inside)
    return _stands_out(turned, moved, step=float(np.diff(inside).mean()))


def _turned(turning: Turning, times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mean turning speed between every two moments, float64 (n - 1,)."""
    sums = np.concatenate(
        [[0.0], np.cumsum((turning.speeds[1:] + turning.speeds[:-1]) / 2 * np.diff(turning.times))]
    )
    return np.asarray(np.diff(np.interp(times, turning.times, sums)) / np.diff(times), np.float64)


def _moved(greys: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """By how many pixels the picture as a whole moves from frame to frame, float64 (n - 1,)."""
    window = cv2.createHanningWindow(greys.shape[:0:-1], cv2.CV_32F)
    frames: list[Floats] = [np.asarray(grey, np.float32) for grey in greys]
    shifts = [cv2.phaseCorrelate(one, other, window)[0] for one, other in pairwise(frames)]
    return np.asarray(np.linalg.norm(np.array(shifts), axis=1), np.float64)


def _stands_out(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64], *, step: float) -> bool:
    """Whether two series agree in their ranks, and clearly more than with one of them moved in time (circularly)."""
    ranks = [np.argsort(np.argsort(values)).astype(np.float64) for values in (one, other)]
    spread = [(values - values.mean()) / (values.std() + 1e-9) for values in ranks]
    turned, moved = (np.fft.rfft(values) for values in spread)
    agreement = np.fft.irfft(turned * np.conj(moved), len(one)) / len(one)
    near = round(APART_SECONDS / step)
    elsewhere = agreement[near : len(agreement) - near + 1]
    return bool(agreement[0] >= AGREES and agreement[0] - elsewhere.max(initial=0.0) >= STANDS_OUT)


def _has_data(path: Path) -> bool:
    """Whether a film carries a track that is neither picture nor sound."""
    try:
        with open_media(path) as media:
            return bool(media.streams.data)
    except (Problem, av.FFmpegError, OSError):
        return False
