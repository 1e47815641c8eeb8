"""Where results, films and painted takes are kept, so that an interrupted run goes on where it stopped.

Films don't change with the code that measures: only the code that makes them makes them anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ethics.domain.intervention import ruleset_hash

ROOT = Path(__file__).resolve().parents[2]
VERSION = 2
"""To be raised when films, attacks or scores come to mean something else."""

MAKING = (
    "bench/measure/cutting.py",
    "bench/measure/mattes.py",
    "bench/measure/strangers.py",
    "footage/painter/*.py",
)
MEASURING = ("footage/*.py", "footage/trace/*.py", "ethics/backends/*.py", "ethics/domain/*.py")


def code_of(root: Path = ROOT) -> str:
    """Digest of the code that measures: a result made by other code is not this code's result."""
    return _digest(root, MEASURING, start=ruleset_hash())


@cache
def making_of(root: Path = ROOT) -> str:
    """Digest of the code that makes takes and films."""
    return _digest(root, MAKING)


def _digest(root: Path, patterns: tuple[str, ...], *, start: str = "") -> str:
    digest = hashlib.sha256(start.encode())
    for path in sorted(path for pattern in patterns for path in root.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of takes, results and films that went wrong.

    Attributes:
        code: Digest of what measures, as it was when the run began.
    """

    folder: Path
    code: str

    @property
    def takes(self) -> Path:
        return self._made("takes")

    @property
    def wrong(self) -> Path:
        return self._made("wrong")

    @property
    def drafts(self) -> Path:
        return self._made("drafts")

    @property
    def peers(self) -> Store:
        """Beside it, what does not depend on the code that measures."""
        return replace(self, code="peers")

    def film(self, name: str, *inputs: object, make: Callable[[Path], None]) -> Path:
        """The film of some inputs, made by `make` where it isn't there yet, whole or not at all."""
        path = self._made(f"films-{making_of()}") / f"{_key(inputs)}-{name}.mp4"
        if not path.exists():
            draft = self.drafts / f"{os.getpid()}-{path.name}"
            make(draft)
            draft.replace(path)
        return path

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def load(self, *inputs: object) -> dict[str, Any] | None:
        """The result of some inputs, when it is there."""
        path = self._path(inputs)
        return json.loads(path.read_text()) if path.exists() else None

    def save(self, row: dict[str, Any], *inputs: object) -> None:
        """Keep a result, whole or not at all."""
        path = self._path(inputs)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(row))
        draft.replace(path)

    def _path(self, inputs: tuple[object, ...]) -> Path:
        return self._results() / f"{_key((VERSION, *inputs))}.json"

    def _results(self) -> Path:
        return self._made(f"results-{self.code}")


def _key(inputs: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(inputs).encode()).hexdigest()[:32]
