"""The few Exif values that evidence rests on, read without trusting any length in the block (Exif 2.32)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Protocol

LONGEST_VALUE = 4 * 2**20
MOST_ENTRIES = 512
_EXIF_POINTER, _XMP_TAG = 0x8769, 0x02BC
_MAIN_TAGS: Mapping[int, str] = {
    0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software", 0x0132: "DateTime",
    0x013B: "Artist", 0x000B: "ProcessingSoftware", _XMP_TAG: "XMP",
}  # fmt: skip
_DETAIL_TAGS: Mapping[int, str] = {
    0x829A: "ExposureTime", 0x829D: "FNumber", 0x8827: "ISO", 0x9003: "DateTimeOriginal",
    0x9011: "OffsetTimeOriginal", 0x920A: "FocalLength", 0x927C: "MakerNote", 0x9286: "UserComment",
    0xA002: "PixelXDimension", 0xA003: "PixelYDimension", 0xA434: "LensModel",
}  # fmt: skip
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8}
_LETTERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i"}
MAKER_NOTE_MARK_BYTES = 16


class Bytes(Protocol):
    """Bytes or a mapped file."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: slice, /) -> bytes: ...


def exif_values(data: Bytes) -> dict[str, str]:
    """Wanted values of an Exif block or TIFF file by tag name; numbers as decimal text, exact ratios as "n/d".

    MakerNote is its first 16 bytes as Latin-1, by which one tells whose it is. A block that is none, or
    damaged, has no values.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        return {}
    values: dict[str, str] = {}
    for tags, start in ((_MAIN_TAGS, _number(data, 4, order)), (_DETAIL_TAGS, None)):
        at = _detail_start(data, order) if start is None else start
        for name, raw, kind in _directory(data, at, order, tags):
            text = _text(name, raw, kind, order)
            if text:
                values.setdefault(name, text)
    return values


def _number(data: Bytes, at: int, order: str) -> int:
    field = data[at : at + 4]
    return int(struct.unpack(order + "I", field)[0]) if len(field) == 4 else 0


def _detail_start(data: Bytes, order: str) -> int:
    for _, raw, _ in _directory(data, _number(data, 4, order), order, {_EXIF_POINTER: "pointer"}):
        return _number(raw, 0, order)
    return 0


def _directory(data: Bytes, at: int, order: str, tags: Mapping[int, str]) -> Iterator[tuple[str, bytes, int]]:
    """Wanted entries of one directory as name, bytes and type (TIFF 6.0 §2)."""
    head = data[at : at + 2]
    if at < 8 or len(head) < 2:
        return
    count = min(struct.unpack(order + "H", head)[0], MOST_ENTRIES)
    for number in range(count):
        entry = data[at + 2 + 12 * number : at + 14 + 12 * number]
        if len(entry) < 12:
            return
        tag, kind, items = struct.unpack(order + "HHI", entry[:8])
        length = items * _SIZES.get(kind, 0)
        if tag not in tags or not 0 < length <= LONGEST_VALUE:
            continue
        where = _number(entry, 8, order)
        raw = entry[8 : 8 + length] if length <= 4 else data[where : where + length]
        yield tags[tag], raw, kind


def _text(name: str, raw: bytes, kind: int, order: str) -> str:
    if name == "MakerNote":
        return raw[:MAKER_NOTE_MARK_BYTES].decode("latin-1")
    if name == "UserComment":
        return comment_text(raw)
    if kind in {5, 10}:
        return _ratio(raw, order + ("I" if kind == 5 else "i"))
    if kind in _LETTERS and name != "XMP":
        size = _SIZES[kind]
        return str(struct.unpack(order + _LETTERS[kind], raw[:size])[0]) if len(raw) >= size else ""
    # ASCII ends at its null; what follows is no text.
    text = raw.partition(b"\0")[0] if kind == 2 and name != "XMP" else raw
    return text.decode(errors="replace").strip("\0 ")


def _ratio(raw: bytes, letters: str) -> str:
    if len(raw) < 8:
        return ""
    above, below = struct.unpack(letters[0] + 2 * letters[1], raw[:8])
    return str(Fraction(above, below)) if below else ""


def comment_text(raw: bytes) -> str:
    """UserComment begins with eight bytes that name its character set (Exif 2.32 §4.6.5)."""
    body = raw[8:] if raw[:8] in {b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", b"\0" * 8} else raw
    if raw.startswith(b"UNICODE\0"):
        # Writers disagree on the byte order; in JSON and English every second byte is 0.
        return body.decode("utf-16-be" if body[:1] == b"\0" else "utf-16-le", errors="replace").strip("\0 ")
    return body.decode(errors="replace").strip("\0 ")
