"""Functions that stand in for a decoder gone wrong; the sandbox runs them in a process of their own."""

from __future__ import annotations

import os
import socket
import time
from fractions import Fraction
from pathlib import Path

from footage.probe import CameraFacts
from footage.problems import Problem
from footage.watched import teller


def answer(path: Path, *, times: int = 1) -> tuple[str, Fraction, CameraFacts]:
    return path.name * times, Fraction(1, 3), CameraFacts(make="SONY")


def refuse(path: Path) -> None:
    raise Problem("%(name)s has %(count)d faults, 100 %% sure.", name=path.name, count=3)


def note(path: Path) -> list[Problem]:
    return [Problem("%(name)s is noted.", name="100% final (2).edl")]


def hang(path: Path) -> None:
    while path:
        pass


def sleep(path: Path) -> None:
    os.read(os.pipe()[0], 1)


def swell(path: Path) -> int:
    return len(bytearray(4 * 2**30))


def crash(path: Path) -> None:
    os.abort()


def stumble(path: Path) -> None:
    raise KeyError(path.name)


def chatter(path: Path) -> str:
    os.write(1, b"noise on standard output")
    print("more noise")  # noqa: T201 - that is the point
    return "done"


def smuggle(path: Path) -> object:
    return Payload()


class Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo taken over",)


def reach_out(port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return "no network"
    return "connected"


def count_up(word: str, *, report: Path) -> str:
    """Tell how far it is in four steps of 0.3 s."""
    tell = teller(report)
    for number in range(4):
        tell((number + 1) / 4)
        time.sleep(0.3)
    return word * 2


def trip(*, report: Path) -> None:
    raise Problem("%(name)s has a hole.", name="film.mp4")
