"""Metadata of films and sounds: what FFmpeg reads, and the places it passes over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from footage.boxes import top_boxes
from footage.labels.model import LONGEST_TEXT, MOST_PARTS, Carried
from footage.labels.places import XMP_UUID
from footage.labels.riff import riff_chunks
from footage.probe import open_media

# SEI user data (ITU-T H.264 Annex D) by which generators sign their streams.
_SIGNED_STREAMS: Mapping[bytes, str] = {bytes.fromhex("91ca60614aee386486142d5f73f4ae2e"): "kling-ai"}
_ENCODER_NOTE = re.compile(rb"x26[45] (?:- core |\(build )\w{1,8}")
_XMP_OWNER = b"XMP\0"
_XMP_FRAME = re.compile(rb"PRIV(.{4})..XMP\0", re.DOTALL)
_AIGC_BOX = re.compile(rb"AIGC[^{]{0,24}(\{[^}]{1,4000}\})")


def stream_texts(path: Path, *, reader: str, container: str) -> Iterator[Carried]:
    """Metadata of a film or sound and of its streams, as FFmpeg reads it."""
    import av

    try:
        with open_media(path, reader=reader) as media:
            tags = [dict(media.metadata), *(dict(stream.metadata) for stream in media.streams)]
    except (av.FFmpegError, ValueError):
        return
    for number, group in enumerate(tags):
        carrier = f"{container.upper()} {'stream' if number else 'metadata'}"
        for key, value in group.items():
            yield Carried(carrier, key, value[:LONGEST_TEXT], len(value) > LONGEST_TEXT)


def box_texts(path: Path) -> Iterator[Carried]:
    """XMP in a `uuid` box, labels in boxes of the index that FFmpeg passes over, and signed streams."""
    with path.open("rb") as file:
        for box in islice(top_boxes(file, path.stat().st_size), MOST_PARTS):
            if box.kind not in {b"uuid", b"moov", b"mdat"}:
                continue
            file.seek(box.start + 8)
            body = file.read(min(box.end - box.start - 8, LONGEST_TEXT))
            if box.kind == b"mdat":
                yield from _stream_notes(body)
            elif body.startswith(XMP_UUID):
                yield Carried("XMP", "", body[16:].decode(errors="replace"), len(body) == LONGEST_TEXT)
            elif box.kind == b"moov" and (found := _AIGC_BOX.search(body)):
                yield Carried("MP4 box", "AIGC", found.group(1).decode(errors="replace"))


def _stream_notes(coded: bytes) -> Iterator[Carried]:
    for mark, name in _SIGNED_STREAMS.items():
        if mark in coded:
            yield Carried("H.264 user data", "", name)
    if note := _ENCODER_NOTE.search(coded):
        yield Carried("H.264 user data", "encoder", note.group().decode("latin-1"))


def riff_texts(path: Path) -> Iterator[Carried]:
    with path.open("rb") as file:
        for kind, start, length in islice(riff_chunks(file, path.stat().st_size), MOST_PARTS):
            if kind not in {b"AIGC", b"_PMX"}:
                continue
            file.seek(start)
            text = file.read(min(length, LONGEST_TEXT)).decode(errors="replace").rstrip("\0")
            is_cut = length > LONGEST_TEXT
            yield (
                Carried("XMP", "", text, is_cut)
                if kind == b"_PMX"
                else Carried("RIFF chunk", "AIGC", text, is_cut)
            )


def id3_texts(path: Path) -> Iterator[Carried]:
    """XMP in a PRIV frame (ID3v2.3 §4.28, XMP specification, part 3, §1.1.5); no claimed size is trusted."""
    with path.open("rb") as file:
        head = file.read(10)
        tag = file.read(min(_synchsafe(head[6:10]), LONGEST_TEXT)) if head.startswith(b"ID3") else b""
    for frame in islice(_XMP_FRAME.finditer(tag), 4):
        size = frame.group(1)
        length = _synchsafe(size) if head[3] >= 4 else int.from_bytes(size, "big")
        packet = tag[frame.end() : frame.end() + max(0, length - len(_XMP_OWNER))]
        yield Carried("XMP", "", packet.decode(errors="replace"))


def _synchsafe(size: bytes) -> int:
    """Seven bits of each byte (ID3v2.4 §6.2)."""
    number = 0
    for byte in size:
        number = number << 7 | byte & 0x7F
    return number
