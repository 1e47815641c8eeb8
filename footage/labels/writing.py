"""Write labels between the coded data of a file, which stays as it is."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from footage.labels.aigc import FIELDS, faults_of
from footage.labels.places import JPEG_MARK, PNG_KEYWORD, XMP_UUID
from footage.labels.riff import riff_chunks, riff_file
from footage.labels.xmp import SOURCE_TYPE_URI, xmp_packet
from footage.probe import open_media
from footage.problems import Problem, gettext_noop
from footage.sniff import sniff

AiLevel = Literal["1", "2", "3"]
LARGEST_JPEG_PACKET = 65_502


def label_generated(
    path: Path,
    *,
    producer: str,
    produce_id: str,
    source_type: str = "trainedAlgorithmicMedia",
    level: AiLevel = "1",
    integrity: str = "",
    propagator: str | None = None,
    propagate_id: str | None = None,
) -> None:
    """Write the AIGC label and the IPTC source type into a generated file; a second call replaces them.

    Args:
        path: PNG, JPEG, WebP, MP4, MOV, M4A, WAV, MP3, FLAC or Ogg file.
        producer: Code of the service that made it (TC260: 001, 1 or 2, 18 and 5 signs).
        produce_id: Number of this output at that service.
        source_type: Code of IPTC's digital source type vocabulary.
        level: "1" is, "2" may be, "3" is suspected to be made by AI.
        integrity: ReservedCode1, for example a hash by which the producer can tell its own.
        propagator: Code of the service that hands it on; at the first writing the producer itself.
        propagate_id: Its number there; at the first writing `produce_id`.

    Raises:
        Problem: for a kind of file that no guide names a place in, or one too damaged to write to.
        ValueError: for values with characters the standard forbids.
    """
    values = (level, producer, produce_id, integrity, propagator or producer, propagate_id or produce_id, "")
    label = dict(zip(FIELDS, values, strict=True))
    if faults := list(faults_of(label)):
        raise ValueError("; ".join(map(str, faults)))
    _write(path, json.dumps(label, separators=(",", ":")), source_type)


def state_source_type(path: Path, source_type: str) -> None:
    """Write the IPTC source type into a file without an AIGC label, for what no model and no program made up.

    Raises:
        Problem: as `label_generated`.
    """
    _write(path, None, source_type)


def _write(path: Path, aigc: str | None, source_type: str) -> None:
    form = sniff(path, name=path.name)
    write = _WRITERS.get(form.container)
    if write is None:
        raise Problem(
            gettext_noop(
                "%(name)s can't carry an AI label: files of the kind %(form)s have no place for it."
            ),
            name=path.name,
            form=form.container,
        )
    try:
        write(path, aigc, SOURCE_TYPE_URI + source_type)
    except (struct.error, IndexError) as fault:
        raise Problem(
            gettext_noop("%(name)s is damaged, so no label could be written into it."), name=path.name
        ) from fault


def _replace(path: Path, parts: list[bytes]) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(b"".join(parts))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _label_png(path: Path, aigc: str | None, source_type: str) -> None:
    """One iTXt chunk right after IHDR (PNG §11.3.3.4, keyword of XMP part 3)."""
    data = path.read_bytes()
    kept, existing, at = [], None, 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunk, at = data[at : at + 12 + length], at + 12 + length
        if chunk[4:8] == b"iTXt" and chunk[8:].startswith(PNG_KEYWORD):
            existing = chunk[8 + len(PNG_KEYWORD) : -4].lstrip(b"\0").decode(errors="replace")
        elif not chunk[8:].startswith(b"AIGC\0"):
            kept.append(chunk)
    body = b"iTXt" + PNG_KEYWORD + b"\0\0\0\0" + xmp_packet(aigc, source_type, existing=existing)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    _replace(path, [data[:8], kept[0], chunk, *kept[1:]])


def _label_jpeg(path: Path, aigc: str | None, source_type: str) -> None:
    """One APP1 segment after JFIF and Exif (XMP part 3 §1.1.3)."""
    data = path.read_bytes()
    before: list[bytes] = []
    after: list[bytes] = []
    existing, at = None, 2
    while data[at] == 0xFF and 0xE0 <= data[at + 1] <= 0xEF:
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment, at = data[at : at + 2 + length], at + 2 + length
        if segment[4:].startswith(JPEG_MARK):
            existing = segment[4 + len(JPEG_MARK) :].decode(errors="replace")
        else:
            is_head = segment[4:].startswith((b"JFIF", b"JFXX", b"Exif"))
            (before if is_head and not after else after).append(segment)
    packet = xmp_packet(aigc, source_type, existing=existing)
    if len(packet) > LARGEST_JPEG_PACKET:
        packet = xmp_packet(aigc, source_type)
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(JPEG_MARK) + len(packet)) + JPEG_MARK + packet
    _replace(path, [data[:2], *before, segment, *after, data[at:]])


def _label_webp(path: Path, aigc: str | None, source_type: str) -> None:
    """One `XMP ` chunk at the end and its flag in VP8X (WebP container specification)."""
    from io import BytesIO

    data = path.read_bytes()
    chunks, existing = [], None
    for kind, start, length in riff_chunks(BytesIO(data), len(data)):
        if kind == b"XMP ":
            existing = data[start : start + length].decode(errors="replace")
        else:
            chunks.append((kind, data[start : start + length]))
    if chunks[0][0] != b"VP8X":
        chunks.insert(0, (b"VP8X", _extended_header(path, chunks)))
    flags = chunks[0][1]
    chunks[0] = (b"VP8X", bytes([flags[0] | 0x04]) + flags[1:])
    chunks.append((b"XMP ", xmp_packet(aigc, source_type, existing=existing)))
    _replace(path, riff_file(b"WEBP", chunks))


def _extended_header(path: Path, chunks: list[tuple[bytes, bytes]]) -> bytes:
    from PIL import Image

    with Image.open(path, formats=["WEBP"]) as image:
        width, height = image.size
        has_alpha = image.mode == "RGBA" or any(kind == b"ALPH" for kind, _ in chunks)
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes([0x10 if has_alpha else 0, 0, 0, 0]) + sizes


def _label_wav(path: Path, aigc: str | None, source_type: str) -> None:
    """RIFF chunks `AIGC` (TC260-PG-202510A) and `_PMX` for XMP (XMP part 3 §1.1.9)."""
    data = path.read_bytes()
    if data[:4] != b"RIFF":
        raise Problem(
            gettext_noop(
                "%(name)s is a WAV file of a rare kind that no label fits in; export it as plain WAV."
            ),
            name=path.name,
        )
    chunks, existing = [], None
    at = 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        body, at = data[at + 8 : at + 8 + length], at + 8 + length + length % 2
        if kind == b"_PMX":
            existing = body.decode(errors="replace")
        elif kind != b"AIGC":
            chunks.append((kind, body))
    packet = xmp_packet(None, source_type, existing=existing)
    label = [(b"AIGC", aigc.encode())] if aigc else []
    _replace(path, riff_file(b"WAVE", [*chunks, *label, (b"_PMX", packet)]))


def _label_movie(path: Path, aigc: str | None, source_type: str) -> None:
    """Key `AIGC` in moov.udta.meta (TC260-PG-20257A) by a remux, and XMP in a `uuid` box at the end."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _remux(path, part, {"AIGC": aigc} if aigc else {})
        packet = xmp_packet(None, source_type)
        with part.open("ab") as file:
            file.write(struct.pack(">I", 24 + len(packet)) + b"uuid" + XMP_UUID + packet)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _remux(src: Path, dst: Path, extra: Mapping[str, str]) -> None:
    """Copy every stream that MP4 can hold into a new file whose index comes first."""
    import av

    container = sniff(src, name=src.name).container
    options = {"movflags": "+faststart+use_metadata_tags"}
    with (
        open_media(src, reader="mov") as source,
        av.open(f"file:{dst}", "w", format="mov" if container == "mov" else "mp4", options=options) as target,
    ):
        kept = [stream for stream in source.streams if stream.type in {"video", "audio", "subtitle"}]
        copies = {stream.index: target.add_stream_from_template(stream) for stream in kept}
        brands = {"major_brand", "minor_version", "compatible_brands", "encoder", "aigc"}
        target.metadata.update({k: v for k, v in source.metadata.items() if k.lower() not in brands})
        target.metadata.update(extra)
        for packet in source.demux(kept):
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                target.mux(packet)


def _label_mp3(path: Path, aigc: str | None, source_type: str) -> None:
    """ID3v2 frames TXXX:AIGC (TC260-PG-202510A) and PRIV:XMP (XMP part 3 §1.1.5)."""
    from mutagen.id3 import ID3, PRIV, TXXX, ID3NoHeaderError

    try:
        tags = ID3(path)
    except ID3NoHeaderError:
        tags = ID3()
    tags.setall("TXXX:AIGC", [TXXX(encoding=3, desc="AIGC", text=[aigc])] if aigc else [])
    tags.delall("PRIV:XMP")
    for frame in [frame for frame in tags.getall("PRIV") if frame.owner == "XMP"]:
        tags.pop(frame.HashKey)
    tags.add(PRIV(owner="XMP", data=xmp_packet(None, source_type)))
    tags.save(path)


def _label_vorbis(path: Path, aigc: str | None, source_type: str) -> None:
    """Vorbis comments AIGC (TC260-PG-202510A) and DIGITALSOURCETYPE."""
    import mutagen

    file = mutagen.File(path)
    if file is None:
        raise Problem(
            gettext_noop("%(name)s is damaged, so no label could be written into it."), name=path.name
        )
    file["AIGC"] = [aigc] if aigc else []
    file["DIGITALSOURCETYPE"] = [source_type]
    file.save()


_WRITERS: Mapping[str, Callable[[Path, str | None, str], None]] = {
    "png": _label_png,
    "jpeg": _label_jpeg,
    "webp": _label_webp,
    "wav": _label_wav,
    "mp4": _label_movie,
    "mov": _label_movie,
    "m4a": _label_movie,
    "mp3": _label_mp3,
    "flac": _label_vorbis,
    "ogg": _label_vorbis,
}
