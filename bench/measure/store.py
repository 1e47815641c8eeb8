"""Where results and painted takes are kept, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ethics.domain.intervention import ruleset_hash

ROOT = Path(__file__).resolve().parents[2]
VERSION = 2
"""To be raised when films, attacks or scores come to mean something else."""

MEASURING = ("footage/*.py", "footage/trace/*.py", "ethics/backends/*.py", "ethics/domain/*.py")


def code_of(root: Path = ROOT) -> str:
    """Digest of the code that measures: a result made by other code is not this code's result."""
    digest = hashlib.sha256(ruleset_hash().encode())
    for path in sorted(path for pattern in MEASURING for path in root.glob(pattern)):
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
        name = hashlib.sha256(repr((VERSION, *inputs)).encode()).hexdigest()[:32]
        return self._results() / f"{name}.json"

    def _results(self) -> Path:
        return self._made(f"results-{self.code}")
