"""Labels in what isn't film, picture or sound for us: GIF, FLV, PDF, Office documents and Markdown."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from footage.labels.model import LONGEST_TEXT, Carried
from footage.labels.stills import gif_texts, loose_packets
from footage.labels.streams import stream_texts

LARGEST_DOCUMENT = 256 * 2**20
LARGEST_LIST = 2**20
_TEXT_SUFFIXES = frozenset({".md", ".markdown", ".txt", ".fountain"})
_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.{0,65536}?)\r?\n---", re.DOTALL)
_PDF_ENTRY = re.compile(rb"/AIGC\s*(?:\(((?:\\.|[^\\)]){1,8192})\)|<([0-9A-Fa-f\s]{2,16384})>)", re.DOTALL)
_OFFICE_ENTRY = re.compile(r'<property\b[^>]*\bname="AIGC"[^>]*>\s*<vt:\w+>([^<]{1,16384})<')
_OFFICE_PART = "docProps/custom.xml"


def document_texts(path: Path) -> Iterator[Carried] | None:
    """Texts of a document; None for anything else, for other readers to look at."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return gif_texts(path)
    if head.startswith(b"FLV\x01"):
        return _flv_texts(path)
    if head.startswith(b"%PDF-"):
        return _pdf_texts(path)
    if head.startswith(b"PK\x03\x04") and _has_office_part(path):
        return _office_texts(path)
    return None


def _flv_texts(path: Path) -> Iterator[Carried]:
    """Strings of script.onMetaData, of which FFmpeg makes metadata."""
    yield from stream_texts(path, reader="flv", container="flv")


def _pdf_texts(path: Path) -> Iterator[Carried]:
    """The entry /AIGC of the information dictionary (ISO 32000-1 §14.3.3), and a plain XMP packet."""
    with path.open("rb") as file:
        data = file.read(LARGEST_DOCUMENT)
    for literal, digits in _entries(data):
        raw = (
            bytes.fromhex(re.sub(rb"\s", b"", digits).decode()[: len(digits) // 2 * 2]) if digits else literal
        )
        yield Carried("PDF info", "AIGC", _pdf_text(raw))
    yield from loose_packets(path)


def _entries(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for number, match in enumerate(_PDF_ENTRY.finditer(data)):
        if number >= 8:
            return
        yield match.group(1) or b"", match.group(2) or b""


def _pdf_text(raw: bytes) -> str:
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", errors="replace")
    return re.sub(rb"\\([()\\])", rb"\1", raw).decode("latin-1")


def _has_office_part(path: Path) -> bool:
    """Whether the archive's list, which is read before anything is unpacked, is short and names the part."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_558))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    # APPNOTE 4.3.16; the larger form (4.3.14) is for archives that no document needs.
    list_bytes = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else size
    if list_bytes > LARGEST_LIST or b"PK\x06\x07" in tail or size > LARGEST_DOCUMENT:
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _office_texts(path: Path) -> Iterator[Carried]:
    """The custom property AIGC (TC260-PG-20258A; ECMA-376 part 1 §22.3)."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_OFFICE_PART) as part:
            text = part.read(LONGEST_TEXT).decode(errors="replace")
    except (KeyError, zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError):
        return
    if found := _OFFICE_ENTRY.search(text):
        yield Carried("Office property", "AIGC", found.group(1))


def is_text_name(name: str) -> bool:
    return Path(name).suffix.lower() in _TEXT_SUFFIXES


def front_matter(path: Path) -> Iterator[Carried]:
    """The entry AIGC in a Markdown text's front matter, as JSON or as a YAML mapping."""
    with path.open("rb") as file:
        text = file.read(2**17).decode(errors="replace")
    front = _FRONT_MATTER.match(text)
    if front and "AIGC" in front.group(1):
        yield Carried("front matter", "AIGC", _flat(front.group(1)))


def _flat(front: str) -> str:
    """The label as JSON text; entries that are no plain values are passed over."""
    import yaml

    try:
        data = yaml.safe_load(front)
    except (yaml.YAMLError, ValueError, RecursionError):
        return front
    label = data.get("AIGC") if isinstance(data, dict) else None
    if not isinstance(label, dict):
        return str(label) if isinstance(label, str) else front
    plain = {str(key): value for key, value in label.items() if isinstance(value, str | int | float | None)}
    return json.dumps(plain, ensure_ascii=False)
