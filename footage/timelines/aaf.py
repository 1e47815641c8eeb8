"""AAF, the edit as Avid and others hand it on: a structured storage file (AMWA AAF Object Specification)."""

from __future__ import annotations

import struct
from importlib.util import find_spec
from pathlib import Path

from footage.problems import Problem, gettext_noop
from footage.timelines.adapters import UNUSUAL, adapted_file
from footage.timelines.flatten import flatten
from footage.timelines.model import Timeline

LARGEST_FILE_BYTES = 128 * 2**20
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512


def is_aaf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == _MAGIC[:4]


def read_aaf(path: Path, name: str) -> Timeline:
    """Read the main composition; media inside the file are left alone.

    Raises:
        Problem: for a file that is too large, cut off, or no AAF after all.
    """
    if find_spec("otio_aaf_adapter") is None:
        raise Problem(gettext_noop("%(name)s is an AAF file. Export the sequence as OTIO or EDL."), name=name)
    size = path.stat().st_size
    if size > LARGEST_FILE_BYTES:
        raise Problem(
            gettext_noop(
                "%(name)s is larger than %(limit)d MB, because media lie inside it. Export the AAF with links "
                "to the media instead."
            ),
            name=name,
            limit=LARGEST_FILE_BYTES // 2**20,
        )
    _check_header(path, size, name)
    return flatten(adapted_file(path, "AAF", name), name=name, kind="aaf")


def _check_header(path: Path, size: int, name: str) -> None:
    """Counts in the header bound what the reader allocates ([MS-CFB] §2.2); none may exceed the file."""
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    if len(head) < _HEADER_BYTES or head[:8] != _MAGIC:
        raise Problem(UNUSUAL, name=name)
    shift = struct.unpack_from("<H", head, 30)[0]
    counts = struct.unpack_from("<2I", head, 40) + struct.unpack_from("<I", head, 64)
    if shift not in {9, 12} or any(count << shift > size for count in counts):
        raise Problem(UNUSUAL, name=name)
