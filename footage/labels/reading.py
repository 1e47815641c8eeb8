"""Find labels in every carrier that the practice guides or the wild know."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from footage.boxes import top_boxes
from footage.labels.aigc import AigcLabel, Damaged, Verdict, parse_aigc
from footage.labels.places import XMP_UUID
from footage.labels.riff import riff_chunks
from footage.labels.xmp import labels_of_packet, source_type_code
from footage.probe import open_media
from footage.problems import Problem
from footage.sniff import Form, sniff

LARGEST_CARRIER_BYTES = 4 * 2**20


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


def read_labels(path: Path) -> Labels:
    """Labels in any media file or in a text with YAML front matter; never raises for a damaged label."""
    verdict: Verdict = "not_found"
    found: list[AigcLabel] = []
    source_type = None
    for carrier, text in _carriers(path):
        try:
            label, stated = (
                labels_of_packet(text) if carrier == "XMP" else (parse_aigc(text, carrier=carrier), None)
            )
        except Damaged:
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
            if body.startswith(XMP_UUID):
                yield "XMP", body[16:].decode(errors="replace")
            found = re.search(rb"AIGC[^{]{0,24}(\{[^}]{1,4000}\})", body) if box.kind == b"moov" else None
            if found:
                yield "MP4 box AIGC", found.group(1).decode(errors="replace")


def _riff_carriers(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        for kind, start, length in riff_chunks(file, path.stat().st_size):
            if kind in {b"AIGC", b"_PMX"}:
                file.seek(start)
                text = file.read(min(length, LARGEST_CARRIER_BYTES)).decode(errors="replace").rstrip("\0")
                yield ("XMP" if kind == b"_PMX" else "RIFF chunk AIGC"), text


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
