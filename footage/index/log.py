"""The newest entries of the index: an append-only file that a kill in the middle of a write leaves readable.

A record is a head (`HEAD`), then the descriptors as little-endian float16, then nothing. The CRC-32 in the head covers both;
reading stops at the first record that is torn, and the next append takes it away.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
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
    for _end, head, body in _whole(path):
        yield Record(head.owner, None if head.is_gone else _entry(head, body))


def whole_bytes(path: Path) -> int:
    """Length of the file without a torn end."""
    return max((end for end, _head, _body in _whole(path)), default=0)


def rows(path: Path, kind: Kind) -> int:
    """How many descriptors of a kind the heads of the log speak of."""
    return sum(head.rows[kind] for _end, head, _body in _whole(path, look_inside=False))


@dataclass(frozen=True, slots=True)
class _Head:
    owner: int
    frames: int
    rows: Mapping[Kind, int]
    is_gone: bool

    def bytes_of(self, kind: Kind) -> int:
        return self.rows[kind] * SIZES[kind] * 2


def _packed(record: Record) -> bytes:
    entry = record.entry or EMPTY
    body = b"".join(entry.of(kind).astype("<f2").tobytes() for kind in Kind)
    mark = PUT if record.entry else GONE
    known = (mark, record.owner, entry.frames, len(entry.cosine), len(entry.edges))
    return HEAD.pack(*known, _crc(HEAD.pack(*known, 0), body)) + body


def _crc(head: bytes, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(head))


def _whole(path: Path, *, look_inside: bool = True) -> Iterator[tuple[int, _Head, bytes]]:
    """Every whole record: the place of its end, its head and its descriptors, which may be passed over unread."""
    if not path.exists():
        return
    end, length = 0, path.stat().st_size
    with path.open("rb") as file:
        while len(packed := file.read(HEAD.size)) == HEAD.size:
            *known, crc = HEAD.unpack(packed)
            mark, owner, frames, *counts = known
            head = _Head(owner, frames, dict(zip(Kind, counts, strict=True)), mark == GONE)
            size = sum(head.bytes_of(kind) for kind in Kind)
            if mark not in {PUT, GONE} or length - file.tell() < size:
                return
            body = file.read(size) if look_inside else b""
            if look_inside and crc != _crc(HEAD.pack(*known, 0), body):
                return
            file.seek(end + HEAD.size + size)
            end += HEAD.size + size
            yield end, head, body


def _entry(head: _Head, body: bytes) -> Entry:
    border = head.bytes_of(Kind.COSINE)
    return Entry(head.frames, _rows(body[:border], Kind.COSINE), _rows(body[border:], Kind.EDGES))


def _rows(data: bytes, kind: Kind) -> Floats:
    values: Floats = np.frombuffer(data, "<f2").astype(np.float32).reshape(-1, SIZES[kind])
    return values
