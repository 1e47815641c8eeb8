"""The newest entries of the index: an append-only file that a kill in the middle of a write leaves readable.

A record is a head (`HEAD`), then the descriptors as little-endian float16, then nothing. The CRC-32 in the head covers both;
reading stops at the first record that is torn, and the next append takes it away.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from footage.fingerprints import Floats
from footage.index.describing import SIZES, Entry, Kind

HEAD = struct.Struct("<4sQIIII")
"""Mark, owner, frames, rows of cosines, rows of edges, CRC-32 of all but itself."""

PUT, GONE = b"DPUT", b"DOUT"
EMPTY = Entry(0, *(np.zeros((0, SIZES[kind]), np.float32) for kind in Kind))


@dataclass(frozen=True, slots=True)
class Record:
    """An entry that was put under an owner, or None when the owner was taken out."""

    owner: int
    entry: Entry | None


def append(path: Path, records: Iterable[Record]) -> int:
    """Write records behind the last whole one, on disk when this returns; return how many."""
    end = whole_bytes(path)
    count = 0
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(end)
        file.seek(end)
        for record in records:
            file.write(_packed(record))
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def read(path: Path) -> Iterator[Record]:
    """The whole records, oldest first; none when there is no file."""
    for _end, record in _records(path):
        yield record


def whole_bytes(path: Path) -> int:
    """Length of the file without a torn end."""
    end = 0
    for end, _record in _records(path):  # noqa: B007 - the last one counts
        pass
    return end


def _packed(record: Record) -> bytes:
    entry = record.entry or EMPTY
    body = b"".join(entry.of(kind).astype("<f2").tobytes() for kind in Kind)
    mark = PUT if record.entry else GONE
    known = (mark, record.owner, entry.frames, len(entry.cosine), len(entry.edges))
    return HEAD.pack(*known, _crc(HEAD.pack(*known, 0), body)) + body


def _crc(head: bytes, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(head))


def _records(path: Path) -> Iterator[tuple[int, Record]]:
    """Each whole record with the place of its end."""
    if not path.exists():
        return
    end = 0
    with path.open("rb") as file:
        while len(head := file.read(HEAD.size)) == HEAD.size:
            *known, crc = HEAD.unpack(head)
            mark, owner, frames, *rows = known
            sizes = [count * SIZES[kind] * 2 for count, kind in zip(rows, Kind, strict=True)]
            if mark not in {PUT, GONE} or os.fstat(file.fileno()).st_size - file.tell() < sum(sizes):
                return
            body = file.read(sum(sizes))
            if len(body) < sum(sizes) or crc != _crc(HEAD.pack(*known, 0), body):
                return
            end += HEAD.size + len(body)
            yield end, Record(owner, _entry(frames, body, sizes) if mark == PUT else None)


def _entry(frames: int, body: bytes, sizes: list[int]) -> Entry:
    cosine, edges = (
        _rows(part, kind) for part, kind in zip((body[: sizes[0]], body[sizes[0] :]), Kind, strict=True)
    )
    return Entry(frames, cosine, edges)


def _rows(data: bytes, kind: Kind) -> Floats:
    rows: Floats = np.frombuffer(data, "<f2").astype(np.float32).reshape(-1, SIZES[kind])
    return rows
