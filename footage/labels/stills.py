"""Text between the coded data of pictures: chunks, segments and extensions, found without decoding anything.

Nothing is inflated beyond a limit, and a picture cut off or damaged still yields what stands before the
damage.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from footage.labels.exif import exif_values
from footage.labels.model import LONGEST_TEXT, MOST_PARTS, Carried
from footage.labels.places import JPEG_MARK, PNG_KEYWORD
from footage.labels.riff import riff_chunks

_XMP_KEYWORD = PNG_KEYWORD.rstrip(b"\0")
_GIF_XMP, _GIF_TRAILER = b"\x21\xff\x0bXMP DataXMP", b"\x01\xff\xfe\xfd"


def png_texts(path: Path) -> Iterator[Carried]:
    """tEXt, zTXt, iTXt and eXIf (PNG, third edition, §11.3), and `comf` of animated PNGs made by ComfyUI."""
    with path.open("rb") as file:
        file.seek(8)
        for kind, body, is_cut in islice(_png_chunks(file), MOST_PARTS):
            if kind == b"eXIf":
                yield from exif_texts(body)
            else:
                yield from _png_text(kind, body, is_cut)


def _png_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes, bool]]:
    for _ in range(MOST_PARTS):
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        if kind not in {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"comf"}:
            file.seek(length + 4, 1)
            continue
        body = file.read(min(length, LONGEST_TEXT))
        file.seek(length - len(body) + 4, 1)
        yield kind, body, length > LONGEST_TEXT


def _png_text(kind: bytes, body: bytes, is_cut: bool) -> Iterator[Carried]:
    key, _, rest = body.partition(b"\0")
    is_packed = kind == b"zTXt" or (kind == b"iTXt" and rest[:1] == b"\1")
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        # Flag and method, then language and translated keyword, each ended by a null.
        rest = b"".join(rest[2:].split(b"\0", 2)[2:])
    if is_packed:
        rest, is_cut = _inflated(rest, is_cut)
    if key == _XMP_KEYWORD or key == b"Raw profile type xmp":
        yield Carried("XMP", "", _decoded(rest), is_cut)
    else:
        yield Carried("PNG text", key.decode("latin-1")[:80], _decoded(rest), is_cut)


def _inflated(packed: bytes, is_cut: bool) -> tuple[bytes, bool]:
    """At most `LONGEST_TEXT` bytes, whatever the stream would swell to."""
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(packed, LONGEST_TEXT)
    except zlib.error:
        return b"", True
    return plain, is_cut or not stream.eof


def _decoded(raw: bytes) -> str:
    """UTF-8 where it is, else Latin-1, the standard's own; programs write either."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def exif_texts(block: bytes) -> Iterator[Carried]:
    for name, text in exif_values(block.removeprefix(b"Exif\0\0")).items():
        yield Carried("XMP", "", text) if name == "XMP" else Carried("Exif", name, text)


def jpeg_texts(path: Path) -> Iterator[Carried]:
    """Exif, XMP and comment segments before the scan (ITU-T T.81 §B.1.1.4)."""
    with path.open("rb") as file:
        file.seek(2)
        for mark, body in islice(_jpeg_segments(file), MOST_PARTS):
            if mark == 0xE1 and body.startswith(b"Exif\0"):
                yield from exif_texts(body)
            elif mark == 0xE1 and body.startswith(JPEG_MARK):
                yield Carried("XMP", "", body[len(JPEG_MARK) :].decode(errors="replace"))
            elif mark == 0xFE:
                yield Carried("JPEG comment", "", _decoded(body))


def _jpeg_segments(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    while True:
        head = file.read(4)
        while head[:2] == b"\xff\xff":  # fill bytes
            head = head[1:] + file.read(1)
        if len(head) < 4 or head[0] != 0xFF or head[1] == 0xDA:
            return
        length = int.from_bytes(head[2:], "big")
        if length < 2:
            return
        yield head[1], file.read(length - 2)


def webp_texts(path: Path) -> Iterator[Carried]:
    """`EXIF` and `XMP ` chunks (WebP container specification)."""
    with path.open("rb") as file:
        for kind, start, length in islice(riff_chunks(file, path.stat().st_size), MOST_PARTS):
            if kind not in {b"EXIF", b"XMP "}:
                continue
            file.seek(start)
            body, is_cut = file.read(min(length, LONGEST_TEXT)), length > LONGEST_TEXT
            if kind == b"EXIF":
                yield from exif_texts(body)
            else:
                yield Carried("XMP", "", body.decode(errors="replace"), is_cut)


def tiff_texts(path: Path) -> Iterator[Carried]:
    """Tags of the first directory, XMP (tag 700) among them."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for name, text in exif_values(data).items():
            yield Carried("XMP", "", text) if name == "XMP" else Carried("Exif", name, text)


def gif_texts(path: Path) -> Iterator[Carried]:
    """The XMP application extension (XMP specification, part 3, §1.1.2)."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = data.find(_GIF_XMP)
        if start < 0:
            return
        start += len(_GIF_XMP)
        body = data[start : start + LONGEST_TEXT]
        end = body.find(_GIF_TRAILER)
        yield Carried("XMP", "", body[: end if end >= 0 else None].decode(errors="replace"), end < 0)


def loose_packets(path: Path) -> Iterator[Carried]:
    """XMP packets of a file whose structure tells nothing, found by their root element."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = data.find(b"<x:xmpmeta")
        if start >= 0:
            body = data[start : start + LONGEST_TEXT]
            end = body.find(b"</x:xmpmeta>")
            body = body[: end + 12 if end >= 0 else None]
            yield Carried("XMP", "", body.decode(errors="replace"), end < 0)
