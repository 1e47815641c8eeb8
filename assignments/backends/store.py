"""Content-addressed store: bytes under their SHA-256 in `settings.OBJECTS_DIR`.

`ab/cd/<sha256>` holds an original, `derived/ab/cd/<sha256>/<name>` what was made from it and can be made
again, `staging/` what is still arriving. A file appears under its hash whole or not at all: it is written to
staging on the same file system, flushed to the disk and renamed. Names given by people never become part of a
path.

With `settings.S3_BUCKET` the bucket holds everything and the folder is a cache: a file is put into the bucket before it
appears here, and fetched from it when it is looked for and absent.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from assignments.backends.bucket import bucket
from ui.errors import Refused

CHUNK_BYTES = 1024 * 1024
SHA256 = re.compile(r"[0-9a-f]{64}")
DERIVED = frozenset(
    {"proxy.mp4", "proxy.m4a", "proxy.jpg", "proxy.webp", "poster.jpg", "filmstrip.jpg", "waveform.png"}
)


class TooLarge(Refused):
    """More bytes than the platform takes in one file."""

    status_code = 413

    def __init__(self, max_bytes: int) -> None:
        super().__init__(
            _(
                "The file is larger than the %(limit)s GB this platform takes. Nothing of it was kept; "
                "send a smaller one."
            )
            % {"limit": f"{max_bytes / 1024**3:.3g}"}
        )


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in the store.

    Attributes:
        sha256: 64 lower-case hex digits of the content.
        size_bytes: Length of the content.
    """

    sha256: str
    size_bytes: int


class Receiving:
    """A file on its way in: write chunks, then `finish` or `discard`. Hashed while it arrives.

    Raises:
        TooLarge: from `write`, as soon as the limit is passed; the staging file is gone by then.
    """

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._digest = hashlib.sha256()
        self._size = 0
        self._path = _staging_path()
        self._file = self._path.open("xb")

    def write(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._max_bytes:
            self.discard()
            raise TooLarge(self._max_bytes)
        self._digest.update(chunk)
        self._file.write(chunk)

    def finish(self) -> Stored:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        stored = Stored(self._digest.hexdigest(), self._size)
        _move(self._path, path(stored.sha256))
        return stored

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


def receive(chunks: Iterable[bytes], *, max_bytes: int) -> Stored:
    """Stream `chunks` into the store and return where they lie. The same content twice is one file.

    Raises:
        TooLarge: as soon as more than `max_bytes` have come; nothing is kept.
    """
    arriving = Receiving(max_bytes=max_bytes)
    try:
        for chunk in chunks:
            arriving.write(chunk)
        return arriving.finish()
    except BaseException:
        arriving.discard()
        raise


def receive_file(source: Path, *, max_bytes: int | None = None) -> Stored:
    """Copy a local file into the store (made by an engine or the demo); `source` stays."""
    with source.open("rb") as file:
        limit = settings.UPLOAD_MAX_BYTES if max_bytes is None else max_bytes
        return receive(iter(lambda: file.read(CHUNK_BYTES), b""), max_bytes=limit)


def path(sha256: str) -> Path:
    """Return where the content with this hash lies, or would lie; brought from the bucket where there is one."""
    return _brought(_original(sha256))


def derived(sha256: str, name: str) -> Path:
    """Return where `name`, one of DERIVED and made from the content, lies or would lie."""
    return _brought(_made(sha256, name))


@contextmanager
def making(sha256: str, name: str) -> Iterator[Path]:
    """Yield a staging path with the right ending; what was written there becomes `derived(sha256, name)`."""
    target = _made(sha256, name)
    staged = _staging_path(suffix=target.suffix)
    try:
        yield staged
        _move(staged, target)
    finally:
        staged.unlink(missing_ok=True)


def exists(sha256: str) -> bool:
    place, remote = _original(sha256), bucket()
    return place.is_file() or (remote is not None and remote.has(_key(place)))


def signed_url(sha256: str, *, name: str, content_type: str) -> str | None:
    """Return a short-lived address of the content in the bucket, to be saved as `name`; None without a bucket."""
    remote = bucket()
    if remote is None:
        return None
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return remote.signed_url(_key(_original(sha256)), disposition=disposition, content_type=content_type)


def open_object(sha256: str) -> BinaryIO:
    """Open the content for reading. Raises FileNotFoundError when the store doesn't hold it."""
    return path(sha256).open("rb")


def sweep_staging(*, before: datetime) -> int:
    """Remove staging files nobody has written to since `before`; return how many."""
    removed = 0
    for leftover in _staging().iterdir():
        with suppress(FileNotFoundError):
            if leftover.stat().st_mtime < before.timestamp():
                leftover.unlink()
                removed += 1
    return removed


def _objects() -> Path:
    return Path(settings.OBJECTS_DIR)


def _staging() -> Path:
    folder = _objects() / "staging"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _staging_path(*, suffix: str = "") -> Path:
    return _staging() / f"{uuid.uuid4().hex}{suffix}"


def _shelf(root: Path, sha256: str) -> Path:
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is not a SHA-256 in lower-case hex")
    return root / sha256[:2] / sha256[2:4]


def _original(sha256: str) -> Path:
    return _shelf(_objects(), sha256) / sha256


def _made(sha256: str, name: str) -> Path:
    if name not in DERIVED:
        raise ValueError(f"{name!r} is not a derived file; known are {sorted(DERIVED)}")
    return _shelf(_objects() / "derived", sha256) / sha256 / name


def _key(place: Path) -> str:
    return place.relative_to(_objects()).as_posix()


def _brought(place: Path) -> Path:
    """Return the place, with the file fetched from the bucket when there is one and it holds the file."""
    remote = None if place.is_file() else bucket()
    if remote is None:
        return place
    staged = _staging_path()
    try:
        if remote.fetch(_key(place), staged):
            _rename(staged, place)
    finally:
        staged.unlink(missing_ok=True)
    return place


def _move(staged: Path, target: Path) -> None:
    """Put the file into the bucket, if there is one, then where it belongs."""
    remote = bucket()
    if remote is not None:
        remote.put(_key(target), staged)
    _rename(staged, target)


def _rename(staged: Path, target: Path) -> None:
    """Rename into place and flush the folder; a file already there has the same content or is made again."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
