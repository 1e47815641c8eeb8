"""Labels that say "made by AI": China's AIGC label (GB 45438-2025, Annex E) and IPTC's digital source type.

Written into every generated file before it is signed (metadata first, content credentials last, because
anything written after a signature breaks it), and read from every file handed in. Pictures and sound are
not touched: labels go in between the coded data. Carriers follow the practice guides TC260-PG-20257A,
-20259A and -202510A.
"""

from __future__ import annotations

import html
import json
import os
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

from footage.probe import open_media, top_boxes
from footage.problems import Problem, gettext_noop
from footage.sniff import Form, sniff

Verdict = Literal["compliant", "noncompliant", "not_found", "inconclusive"]
AiLevel = Literal["1", "2", "3"]

SOURCE_TYPE_URI = "http://cv.iptc.org/newscodes/digitalsourcetype/"
FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)
MAY_BE_EMPTY = frozenset({"ReservedCode1", "ReservedCode2", "ContentPropagator", "PropagateID"})
LARGEST_CARRIER_BYTES = 4 * 2**20
LARGEST_JPEG_PACKET = 65_502

_TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_AIGC_TAG, _SOURCE_TAG = f"{{{_TC260}}}AIGC", f"{{{_IPTC_EXT}}}DigitalSourceType"
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_PNG_KEYWORD, _JPEG_MARK = b"XML:com.adobe.xmp\0", b"http://ns.adobe.com/xap/1.0/\0"
_PLACEHOLDER = re.compile(r"[A-Z]X{3,}|value\d")
# Printable ASCII without space, quotation mark and backslash (Annex E).
_ALLOWED = re.compile(r"[!#-\[\]-~]*")

for _prefix, _uri in (("TC260", _TC260), ("Iptc4xmpExt", _IPTC_EXT), ("rdf", _RDF), ("x", "adobe:ns:meta/")):
    ElementTree.register_namespace(_prefix, _uri)


@dataclass(frozen=True, slots=True)
class AigcLabel:
    """An AIGC label as found. Fields are None where absent; `faults` say in what it breaks the standard.

    Attributes:
        label: "1" is, "2" may be, "3" is suspected to be made by AI.
        carrier: Where it stood, such as "XMP", "Exif UserComment" or "MP4 metadata".
    """

    label: str | None
    producer: str | None
    produce_id: str | None
    reserved1: str | None
    propagator: str | None
    propagate_id: str | None
    reserved2: str | None
    carrier: str
    faults: tuple[Problem, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return "noncompliant" if self.faults else "compliant"


@dataclass(frozen=True, slots=True)
class Labels:
    """What a file says of its own making; `verdict` is about the AIGC label.

    Attributes:
        verdict: "inconclusive" means that something like a label is there but damaged.
        digital_source_type: Code of the IPTC vocabulary, such as "trainedAlgorithmicMedia".
    """

    aigc: AigcLabel | None
    verdict: Verdict
    digital_source_type: str | None = None

    @property
    def says_ai(self) -> bool:
        """Whether the file owns to AI, in whole or in part."""
        return (self.aigc is not None and self.aigc.label in {"1", "2", "3"}) or self.digital_source_type in {
            "trainedAlgorithmicMedia",
            "compositeWithTrainedAlgorithmicMedia",
            "compositeSynthetic",
        }


class _Damaged(Exception):
    """Something like a label that can't be read."""


# Reading


def read_labels(path: Path) -> Labels:
    """Labels in any media file or in a text with YAML front matter; never raises for a damaged label."""
    verdict: Verdict = "not_found"
    found: list[AigcLabel] = []
    source_type = None
    for carrier, text in _carriers(path):
        try:
            label, stated = _from_xmp(text) if carrier == "XMP" else (parse_aigc(text, carrier=carrier), None)
        except _Damaged:
            verdict = "inconclusive"
            continue
        source_type = source_type or stated
        if carrier.endswith("DigitalSourceType"):
            source_type = source_type or source_type_code(text)
        if label:
            found.append(label)
    if found:
        best = min(found, key=lambda label: len(label.faults))
        return Labels(best, best.verdict, source_type)
    return Labels(None, verdict, source_type)


def parse_aigc(text: str, *, carrier: str) -> AigcLabel | None:
    """Read a label from text: bare JSON, wrapped in {"AIGC": …}, after "AIGC=" or in front matter.

    None when the text is about something else. Only JSON with at least one known field counts.
    """
    text = html.unescape(text).strip().strip("\0")
    start = text.find("{")
    names_it = "AIGC" in text[: max(start, 0) + 12] or carrier.endswith("AIGC")
    if start < 0:
        return None
    try:
        data = json.JSONDecoder().raw_decode(text, start)[0]
    except (json.JSONDecodeError, RecursionError) as fault:
        if names_it:
            raise _Damaged from fault
        return None
    wrapped = data.get("AIGC")
    data = wrapped if isinstance(wrapped, dict) else data
    return _label(data, carrier) if any(key in data for key in FIELDS) else None


def source_type_code(value: str) -> str | None:
    """Code of a digital source type given as URI (http or https, trailing slash or not) or as QCode."""
    match = re.search(r"(?:digitalsourcetype/|digsrctype:|^)([A-Za-z]+)/?$", value.strip())
    return match.group(1) if match else None


def _label(data: Mapping[str, Any], carrier: str) -> AigcLabel:
    label, producer, produce_id, reserved1, propagator, propagate_id, reserved2 = (
        None if data.get(key) is None else str(data[key]) for key in FIELDS
    )
    faults = tuple(_faults(data))
    return AigcLabel(
        label, producer, produce_id, reserved1, propagator, propagate_id, reserved2, carrier, faults
    )


def _faults(data: Mapping[str, Any]) -> Iterator[Problem]:
    for key in FIELDS:
        if key not in data:
            yield Problem(gettext_noop("The AIGC label has no field %(field)s."), field=key)
        elif not isinstance(data[key], str):
            yield Problem(gettext_noop("The field %(field)s of the AIGC label is not text."), field=key)
        else:
            yield from _value_faults(key, data[key])
    for key in data.keys() - set(FIELDS):
        yield Problem(gettext_noop("The AIGC label has an unknown field %(field)s."), field=str(key)[:60])


def _value_faults(key: str, value: str) -> Iterator[Problem]:
    if key == "Label" and value not in {"1", "2", "3"}:
        yield Problem(
            gettext_noop("The AIGC label's level is %(value)s instead of 1, 2 or 3."), value=value[:60]
        )
    elif not value and key not in MAY_BE_EMPTY:
        yield Problem(gettext_noop("The field %(field)s of the AIGC label is empty."), field=key)
    elif not _ALLOWED.fullmatch(value):
        yield Problem(
            gettext_noop("The field %(field)s of the AIGC label holds characters that are not allowed."),
            field=key,
        )
    elif _PLACEHOLDER.fullmatch(value):
        yield Problem(
            gettext_noop("The field %(field)s of the AIGC label is an unfilled example."), field=key
        )


def _from_xmp(packet: str) -> tuple[AigcLabel | None, str | None]:
    """AIGC label and source type of an XMP packet, each as element or attribute (TC260-PG-20259A)."""
    from defusedxml import ElementTree as SafeTree
    from defusedxml.common import DefusedXmlException

    try:
        root = SafeTree.fromstring(_bare_packet(packet))
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as fault:
        if "AIGC" in packet:
            raise _Damaged from fault
        return None, None
    text = _property(root, _AIGC_TAG)
    source = _property(root, _SOURCE_TAG)
    return (parse_aigc(text, carrier="XMP AIGC") if text else None), (
        source_type_code(source) if source else None
    )


def _bare_packet(packet: str) -> str:
    """The XML between the packet's wrapper, whose processing instructions may be damaged or padded."""
    start = re.search(r"<x:xmpmeta|<rdf:RDF|<!DOCTYPE", packet)
    body = packet[start.start() if start else 0 : packet.rfind(">") + 1]
    return re.sub(r"<\?xpacket[^>]*\?>", "", body).strip()


def _property(root: ElementTree.Element, tag: str) -> str | None:
    for element in root.iter():
        if tag in element.attrib:
            return element.attrib[tag]
        if element.tag == tag:
            return element.text or element.attrib.get(f"{{{_RDF}}}resource")
    return None


def _carriers(path: Path) -> Iterator[tuple[str, str]]:
    """Every place where a label may stand, with its text."""
    try:
        form = sniff(path, name=path.name)
    except Problem:
        yield from _text_carriers(path)
        return
    if form.is_image:
        yield from _image_carriers(path, form)
        return
    yield from _stream_carriers(path, form)
    if form.reader == "mov":
        yield from _box_carriers(path)
    if form.container in {"wav", "avi"}:
        yield from _riff_carriers(path)
    if form.container == "mp3":
        yield from _id3_carriers(path)


def _text_carriers(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        text = file.read(LARGEST_CARRIER_BYTES).decode(errors="replace")
    front = re.match(r"---\s*\n(.*?)\n---", text, re.DOTALL)
    if front and "AIGC" in front.group(1):
        yield "front matter AIGC", front.group(1)


def _image_carriers(path: Path, form: Form) -> Iterator[tuple[str, str]]:
    from PIL import Image

    try:
        with Image.open(path, formats=[form.reader]) as image:
            info, exif = dict(image.info), image.getexif()
            comment, description = exif.get_ifd(0x8769).get(0x9286), exif.get(0x010E)
            packet = info.get("xmp") or info.get("XML:com.adobe.xmp") or exif.get(700)
    except (
        OSError,
        SyntaxError,
        ValueError,
        KeyError,
        TypeError,
        struct.error,
        Image.DecompressionBombError,
    ):
        yield from _loose_packets(path)
        return
    for carrier, value in (
        ("XMP", packet),
        ("PNG text AIGC", info.get("AIGC")),
        ("Exif UserComment", comment),
        ("Exif ImageDescription", description),
    ):
        text = _decoded(value)
        if text:
            yield carrier, text


def _loose_packets(path: Path) -> Iterator[tuple[str, str]]:
    """XMP packets in a picture too damaged to open, found by their root element."""
    with path.open("rb") as file:
        data = file.read(LARGEST_CARRIER_BYTES)
    for match in re.finditer(rb"<x:xmpmeta.*?(?:</x:xmpmeta>|\Z)", data, re.DOTALL):
        yield "XMP", match.group().decode(errors="replace")


def _decoded(value: object) -> str:
    """Text of a metadata value; Exif's UserComment begins with eight bytes that name its character set."""
    if isinstance(value, bytes):
        is_wide = value.startswith(b"UNICODE\0")
        body = value[8:] if value[:8] in {b"ASCII\0\0\0", b"UNICODE\0", b"\0" * 8} else value
        if is_wide:
            # Writers disagree on the byte order; in JSON every second byte is 0.
            return body.decode("utf-16-be" if body[:1] == b"\0" else "utf-16-le", errors="replace")
        return body.decode(errors="replace")
    return "" if value is None else str(value)


def _stream_carriers(path: Path, form: Form) -> Iterator[tuple[str, str]]:
    import av

    try:
        with open_media(path, reader=form.reader) as container:
            tags = [dict(container.metadata), *(dict(stream.metadata) for stream in container.streams)]
    except (av.FFmpegError, ValueError):
        return
    for key, value in ((key, value) for group in tags for key, value in group.items()):
        if key.lower() == "aigc":
            yield f"{form.container.upper()} metadata AIGC", value
        elif key.lower() == "digitalsourcetype":
            yield f"{form.container.upper()} metadata DigitalSourceType", value
        elif "AIGC" in value:
            yield f"{form.container.upper()} metadata {key}", value


def _box_carriers(path: Path) -> Iterator[tuple[str, str]]:
    """XMP in a `uuid` box, and labels in boxes of the index that FFmpeg passes over."""
    with path.open("rb") as file:
        for box in top_boxes(file, path.stat().st_size):
            if box.kind not in {b"uuid", b"moov"}:
                continue
            file.seek(box.start + 8)
            body = file.read(min(box.end - box.start - 8, LARGEST_CARRIER_BYTES))
            if body.startswith(_XMP_UUID):
                yield "XMP", body[16:].decode(errors="replace")
            found = re.search(rb"AIGC[^{]{0,24}(\{[^}]{1,4000}\})", body) if box.kind == b"moov" else None
            if found:
                yield "MP4 box AIGC", found.group(1).decode(errors="replace")


def _riff_carriers(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        for kind, start, length in _riff_chunks(file, path.stat().st_size):
            if kind in {b"AIGC", b"_PMX"}:
                file.seek(start)
                text = file.read(min(length, LARGEST_CARRIER_BYTES)).decode(errors="replace").rstrip("\0")
                yield ("XMP" if kind == b"_PMX" else "RIFF chunk AIGC"), text


def _riff_chunks(file: Any, size: int) -> Iterator[tuple[bytes, int, int]]:
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


def _id3_carriers(path: Path) -> Iterator[tuple[str, str]]:
    from mutagen import MutagenError
    from mutagen.id3 import ID3

    try:
        tags = ID3(path)
    except MutagenError:
        return
    for frame in tags.getall("PRIV:XMP") + tags.getall("PRIV"):
        if frame.owner == "XMP":
            yield "XMP", frame.data.decode(errors="replace")


# Writing


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
    if faults := list(_faults(label)):
        raise ValueError("; ".join(map(str, faults)))
    text = json.dumps(label, separators=(",", ":"))
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
        write(path, text, SOURCE_TYPE_URI + source_type)
    except (struct.error, IndexError) as fault:
        raise Problem(
            gettext_noop("%(name)s is damaged, so no label could be written into it."), name=path.name
        ) from fault


def xmp_packet(aigc: str | None, source_type_uri: str, *, existing: str | None = None) -> bytes:
    """An XMP packet with the source type and, where XMP is its carrier, the AIGC label (ISO 16684-1).

    What else an existing packet says is kept. A file bears one AIGC label only (GB 45438-2025, 6.1 c).
    """
    root = _existing_tree(existing)
    rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")
    if rdf is None:
        rdf = ElementTree.SubElement(root, f"{{{_RDF}}}RDF")
    for element in list(rdf.iter()):
        for tag in (_AIGC_TAG, _SOURCE_TAG):
            element.attrib.pop(tag, None)
            for child in element.findall(tag):
                element.remove(child)
    about = f"{{{_RDF}}}about"
    for empty in [item for item in rdf if len(item) == 0 and item.attrib.keys() <= {about}]:
        rdf.remove(empty)
    description = ElementTree.SubElement(rdf, f"{{{_RDF}}}Description", {about: ""})
    if aigc:
        ElementTree.SubElement(description, _AIGC_TAG).text = aigc
    ElementTree.SubElement(description, _SOURCE_TAG).text = source_type_uri
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{body}<?xpacket end="w"?>'.encode()


def _existing_tree(existing: str | None) -> ElementTree.Element:
    from defusedxml import ElementTree as SafeTree
    from defusedxml.common import DefusedXmlException

    if existing:
        try:
            tree: ElementTree.Element = SafeTree.fromstring(_bare_packet(existing))
        except (ElementTree.ParseError, DefusedXmlException, ValueError):
            # A packet that nobody can read is lost already.
            return ElementTree.Element("{adobe:ns:meta/}xmpmeta")
        return tree
    return ElementTree.Element("{adobe:ns:meta/}xmpmeta")


def _replace(path: Path, parts: list[bytes]) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(b"".join(parts))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _label_png(path: Path, aigc: str, source_type: str) -> None:
    """One iTXt chunk right after IHDR (PNG §11.3.3.4, keyword of XMP part 3)."""
    data = path.read_bytes()
    kept, existing, at = [], None, 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunk, at = data[at : at + 12 + length], at + 12 + length
        if chunk[4:8] == b"iTXt" and chunk[8:].startswith(_PNG_KEYWORD):
            existing = chunk[8 + len(_PNG_KEYWORD) : -4].lstrip(b"\0").decode(errors="replace")
        elif not chunk[8:].startswith(b"AIGC\0"):
            kept.append(chunk)
    body = b"iTXt" + _PNG_KEYWORD + b"\0\0\0\0" + xmp_packet(aigc, source_type, existing=existing)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    _replace(path, [data[:8], kept[0], chunk, *kept[1:]])


def _label_jpeg(path: Path, aigc: str, source_type: str) -> None:
    """One APP1 segment after JFIF and Exif (XMP part 3 §1.1.3)."""
    data = path.read_bytes()
    before: list[bytes] = []
    after: list[bytes] = []
    existing, at = None, 2
    while data[at] == 0xFF and 0xE0 <= data[at + 1] <= 0xEF:
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment, at = data[at : at + 2 + length], at + 2 + length
        if segment[4:].startswith(_JPEG_MARK):
            existing = segment[4 + len(_JPEG_MARK) :].decode(errors="replace")
        else:
            is_head = segment[4:].startswith((b"JFIF", b"JFXX", b"Exif"))
            (before if is_head and not after else after).append(segment)
    packet = xmp_packet(aigc, source_type, existing=existing)
    if len(packet) > LARGEST_JPEG_PACKET:
        packet = xmp_packet(aigc, source_type)
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(_JPEG_MARK) + len(packet)) + _JPEG_MARK + packet
    _replace(path, [data[:2], *before, segment, *after, data[at:]])


def _label_webp(path: Path, aigc: str, source_type: str) -> None:
    """One `XMP ` chunk at the end and its flag in VP8X (WebP container specification)."""
    from io import BytesIO

    data = path.read_bytes()
    chunks, existing = [], None
    for kind, start, length in _riff_chunks(BytesIO(data), len(data)):
        if kind == b"XMP ":
            existing = data[start : start + length].decode(errors="replace")
        else:
            chunks.append((kind, data[start : start + length]))
    if chunks[0][0] != b"VP8X":
        chunks.insert(0, (b"VP8X", _extended_header(path, chunks)))
    flags = chunks[0][1]
    chunks[0] = (b"VP8X", bytes([flags[0] | 0x04]) + flags[1:])
    chunks.append((b"XMP ", xmp_packet(aigc, source_type, existing=existing)))
    _replace(path, _riff(b"WEBP", chunks))


def _extended_header(path: Path, chunks: list[tuple[bytes, bytes]]) -> bytes:
    from PIL import Image

    with Image.open(path, formats=["WEBP"]) as image:
        width, height = image.size
        has_alpha = image.mode == "RGBA" or any(kind == b"ALPH" for kind, _ in chunks)
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes([0x10 if has_alpha else 0, 0, 0, 0]) + sizes


def _riff(kind: bytes, chunks: list[tuple[bytes, bytes]]) -> list[bytes]:
    parts = [name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for name, body in chunks]
    return [b"RIFF", struct.pack("<I", 4 + sum(map(len, parts))), kind, *parts]


def _label_wav(path: Path, aigc: str, source_type: str) -> None:
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
    _replace(path, _riff(b"WAVE", [*chunks, (b"AIGC", aigc.encode()), (b"_PMX", packet)]))


def _label_movie(path: Path, aigc: str, source_type: str) -> None:
    """Key `AIGC` in moov.udta.meta (TC260-PG-20257A) by a remux, and XMP in a `uuid` box at the end."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _remux(path, part, {"AIGC": aigc})
        packet = xmp_packet(None, source_type)
        with part.open("ab") as file:
            file.write(struct.pack(">I", 24 + len(packet)) + b"uuid" + _XMP_UUID + packet)
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


def _label_mp3(path: Path, aigc: str, source_type: str) -> None:
    """ID3v2 frames TXXX:AIGC (TC260-PG-202510A) and PRIV:XMP (XMP part 3 §1.1.5)."""
    from mutagen.id3 import ID3, PRIV, TXXX, ID3NoHeaderError

    try:
        tags = ID3(path)
    except ID3NoHeaderError:
        tags = ID3()
    tags.setall("TXXX:AIGC", [TXXX(encoding=3, desc="AIGC", text=[aigc])])
    tags.delall("PRIV:XMP")
    for frame in [frame for frame in tags.getall("PRIV") if frame.owner == "XMP"]:
        tags.pop(frame.HashKey)
    tags.add(PRIV(owner="XMP", data=xmp_packet(None, source_type)))
    tags.save(path)


def _label_vorbis(path: Path, aigc: str, source_type: str) -> None:
    """Vorbis comments AIGC (TC260-PG-202510A) and DIGITALSOURCETYPE."""
    import mutagen

    file = mutagen.File(path)
    if file is None:
        raise Problem(
            gettext_noop("%(name)s is damaged, so no label could be written into it."), name=path.name
        )
    file["AIGC"] = [aigc]
    file["DIGITALSOURCETYPE"] = [source_type]
    file.save()


_WRITERS: Mapping[str, Callable[[Path, str, str], None]] = {
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
