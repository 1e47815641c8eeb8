"""Walk folders of real files in one sandboxed process: what each file is, or the sentence that refuses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from footage.probe import MediaFacts, probe
from footage.problems import Problem
from footage.sandbox import run_limited
from footage.timelines import Timeline, read_timeline

Found = TypeVar("Found")


def walk_limited(walk: str, folder: Path) -> dict[Path, object]:
    """The answers of `probe_all` or `read_all_timelines`, within a minute and a gigabyte."""
    found: dict[Path, object] = run_limited(
        f"tests.footage.walking:{walk}", folder, seconds=60, memory_mb=1024
    )
    return found


def probe_all(folder: Path) -> dict[Path, MediaFacts | str]:
    return _outcomes(folder, probe)


def read_all_timelines(folder: Path) -> dict[Path, Timeline | str]:
    return _outcomes(folder, read_timeline)


def _outcomes(folder: Path, read: Callable[[Path], Found]) -> dict[Path, Found | str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path: _outcome(path, read) for path in files}


def _outcome(path: Path, read: Callable[[Path], Found]) -> Found | str:
    try:
        return read(path)
    except Problem as problem:
        return str(problem)
