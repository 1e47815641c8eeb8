"""Chunks of RIFF files: WAV, AVI and WebP."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any


def riff_chunks(file: Any, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Chunks of a RIFF file as type, start of data and length, those in lists (INFO) included."""
    at = 12
    while at + 8 <= size:
        file.seek(at)
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind == b"LIST" and file.read(4) != b"movi":
            at += 12
            continue
        yield kind, at + 8, min(length, size - at - 8)
        at += 8 + length + length % 2


def riff_file(kind: bytes, chunks: list[tuple[bytes, bytes]]) -> list[bytes]:
    parts = [name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for name, body in chunks]
    return [b"RIFF", struct.pack("<I", 4 + sum(map(len, parts))), kind, *parts]
