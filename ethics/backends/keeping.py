"""What a trace found in a film, kept on disk, so that judging it anew decodes nothing.

Every result lies in a file of its own whose name holds a hash of all that it was made from: the film, what it was compared
with, and the code of `footage` itself. Whoever deletes the files loses nothing but time: what is missing, torn or older than
the code is made again.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import av
import cv2
import numpy as np

import footage
from footage.fingerprints import Reference
from footage.sandbox import unpickled

T = TypeVar("T")
ENDING = ".trace"
UNREADABLE = (
    OSError,
    zlib.error,
    pickle.UnpicklingError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    ImportError,
)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Remembers what was found in one film.

    Attributes:
        folder: Where the files lie; None remembers nothing.
        film: SHA-256 of the film, hex.
    """

    folder: Path | None = None
    film: str = ""

    def of(self, what: str, make: Callable[[], T], *, made_from: object = ()) -> T:
        """What `make` returns, from disk where it was made before.

        Args:
            what: Name of the result; only the newest of a name is kept.
            make: Called when it is not there; its answer is made of plain values, arrays and dataclasses of footage.
            made_from: Whatever the answer depends on besides the film and the code, as plain values.
        """
        if self.folder is None:
            return make()
        path = self._path(what, made_from)
        try:
            kept: T = unpickled(zlib.decompress(path.read_bytes()))
        except UNREADABLE:
            made = make()
            with suppress(
                OSError
            ):  # a full or closed disk costs the next measuring its time, not this one its result
                self._write(path, made)
            return made
        with suppress(OSError):  # forgotten this moment by the sweep
            os.utime(path)
        return kept

    def _path(self, what: str, made_from: object) -> Path:
        assert self.folder is not None  # noqa: S101  # tells the type checker what `of` has asked
        key = hashlib.sha256(repr((self.film, code_sha256(), made_from)).encode()).hexdigest()
        return self.folder / self.film[:2] / self.film / f"{what}-{key[:40]}{ENDING}"

    def _write(self, path: Path, made: object) -> None:
        """Put the result in its place whole or not at all, and take older ones of its name away."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as staged:  # a leftover goes when it is old
            staged.write(zlib.compress(pickle.dumps(made), 1))
        Path(staged.name).replace(path)
        what = path.name.rpartition("-")[0]
        for older in path.parent.glob(f"{what}-*{ENDING}"):
            if older != path:
                older.unlink(missing_ok=True)


FORGETFUL = Keeper()


@lru_cache(maxsize=1)
def code_sha256() -> str:
    """SHA-256 over the sources that find things in films, and the versions of what they stand on."""
    room = Path(footage.__file__).parent
    digest = hashlib.sha256(f"{np.__version__} {cv2.__version__} {av.__version__}".encode())
    for path in sorted([*room.glob("*.py"), *(room / "trace").glob("*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def forget(folder: Path, *, before: datetime) -> int:
    """Delete what nobody has used since then, leftovers of killed workers included; return how many files went."""
    gone = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # another sweeper was quicker, or a worker writes there
            if path.is_file() and path.stat().st_mtime < before.timestamp():
                path.unlink()
                gone += 1
    return gone


def references_key(references: Mapping[str, Reference]) -> list[tuple[str, str, bool]]:
    """What tells references apart: their ids, their files, and whether they were taken as stills."""
    return [(key, one.file_hash, one.still) for key, one in references.items()]


def pictures_key(references: Mapping[str, Reference]) -> list[tuple[str, str, bool]]:
    """The same of those that show something: a sound that is added later changes nothing of what is seen."""
    return references_key({key: one for key, one in references.items() if len(one.greys)})
