"""What kind of file the first bytes show; names are only checked against it.

Accepted forms are few and listed here. Everything else is refused with a sentence of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from footage.problems import Problem, gettext_noop

HEAD_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file: short name, media type, suffixes it may bear, FFmpeg's demuxer or Pillow's format."""

    container: str
    mime: str
    suffixes: frozenset[str]
    reader: str
    is_image: bool = False


def _form(container: str, mime: str, suffixes: str, reader: str, *, is_image: bool = False) -> Form:
    return Form(container, mime, frozenset(suffixes.split()), reader, is_image)


# One family: phones and editors write .mp4, .mov and .m4v around the same boxes, and every reader copes.
_BOXES = "mp4 m4v mov qt m4a m4b 3gp 3g2"
MP4 = _form("mp4", "video/mp4", _BOXES, "mov")
MOV = _form("mov", "video/quicktime", _BOXES, "mov")
M4A = _form("m4a", "audio/mp4", _BOXES, "mov")
THREEGP = _form("3gp", "video/3gpp", _BOXES, "mov")
MKV = _form("mkv", "video/x-matroska", "mkv mka mk3d webm", "matroska")
WEBM = _form("webm", "video/webm", "webm weba mkv", "matroska")
AVI = _form("avi", "video/x-msvideo", "avi", "avi")
MXF = _form("mxf", "application/mxf", "mxf", "mxf")
TS = _form("ts", "video/mp2t", "ts mts m2ts m2t", "mpegts")
PS = _form("ps", "video/mpeg", "mpg mpeg vob mod", "mpeg")
WAV = _form("wav", "audio/wav", "wav wave bwf rf64", "wav")
MP3 = _form("mp3", "audio/mpeg", "mp3", "mp3")
FLAC = _form("flac", "audio/flac", "flac", "flac")
OGG = _form("ogg", "audio/ogg", "ogg oga opus ogv", "ogg")
AIFF = _form("aiff", "audio/aiff", "aiff aif aifc", "aiff")
AAC = _form("aac", "audio/aac", "aac", "aac")
JPEG = _form("jpeg", "image/jpeg", "jpg jpeg jpe jfif mpo", "JPEG", is_image=True)
PNG = _form("png", "image/png", "png", "PNG", is_image=True)
WEBP = _form("webp", "image/webp", "webp", "WEBP", is_image=True)
TIFF = _form("tiff", "image/tiff", "tif tiff", "TIFF", is_image=True)

FORMS = (
    MP4, MOV, M4A, THREEGP, MKV, WEBM, AVI, MXF, TS, PS, WAV, MP3, FLAC, OGG, AIFF, AAC,
    JPEG, PNG, WEBP, TIFF,
)  # fmt: skip
SOUND_MIME = {"mp4": "audio/mp4", "mov": "audio/mp4", "3gp": "audio/3gpp", "mkv": "audio/x-matroska",
               "webm": "audio/webm"}  # fmt: skip
ACCEPTED_MIMES = frozenset(form.mime for form in FORMS) | frozenset(SOUND_MIME.values())
# Other things people hand in by mistake; a name ending so lies about any content of ours.
_OTHER_SUFFIXES = frozenset(
    (
        "html",
        "htm",
        "svg",
        "svgz",
        "xml",
        "xhtml",
        "json",
        "txt",
        "pdf",
        "doc",
        "docx",
        "zip",
        "rar",
        "7z",
        "gz",
        "tar",
        "gif",
        "bmp",
        "heic",
        "heif",
        "avif",
        "psd",
        "exe",
        "js",
        "php",
    )
)

_SIGNATURES: tuple[tuple[int, bytes, Form], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"II*\x00", TIFF),
    (0, b"MM\x00*", TIFF),
    (0, b"fLaC", FLAC),
    (0, b"OggS", OGG),
    (0, b"ID3", MP3),
    (0, b"\x00\x00\x01\xba", PS),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", MXF),
)
_RIFF = {b"WAVE": WAV, b"AVI ": AVI, b"WEBP": WEBP, b"AIFF": AIFF, b"AIFC": AIFF}
_BRANDS = {b"qt  ": MOV, b"M4A ": M4A, b"M4B ": M4A, b"3gp": THREEGP, b"3g2": THREEGP}
_STILL_BRANDS = (b"hei", b"hev", b"mif", b"msf", b"avi")
_OLD_MOVIE_BOXES = (b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")

_NOT_MEDIA: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"%PDF-"),
        gettext_noop("%(name)s is a PDF document, not a film, picture or sound. Hand it in as a document."),
    ),
    (
        re.compile(
            rb"PK\x03\x04|PK\x05\x06|Rar!|RE~\^|7z\xbc\xaf\x27\x1c|\x1f\x8b|BZh|\xfd7zXZ|.{257}ustar",
            re.DOTALL,
        ),
        gettext_noop("%(name)s is an archive. Unpack it and upload the files in it one by one."),
    ),
    (
        re.compile(rb"MZ|\x7fELF|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|#!"),
        gettext_noop("%(name)s is a program, not a film, picture or sound. Programs are not accepted."),
    ),
    (
        re.compile(rb"GIF8[79]a|BM.{4}\x00\x00\x00\x00|8BPS|\x00\x00\x01\x00", re.DOTALL),
        gettext_noop("%(name)s is a picture of a kind that editors don't share. Export it as PNG or JPEG."),
    ),
)
_STILL_PHOTO = gettext_noop(
    "%(name)s is an HEIC or AVIF photo. Export it as JPEG or PNG, or set the phone to save the most "
    "compatible form."
)
_SVG = gettext_noop("%(name)s is an SVG drawing, which can hold scripts. Export it as PNG.")
_HTML = gettext_noop("%(name)s is a web page, not a film, picture or sound. Upload the media file itself.")
_TEXT = gettext_noop("%(name)s is a text file, not a film, picture or sound. Upload the media file itself.")
_UNKNOWN = gettext_noop(
    "%(name)s is no film, picture or sound that we know. Export it as MP4, MOV, WAV, PNG or JPEG."
)


def sniff(path: Path, *, name: str) -> Form:
    """The form that the first bytes show; raises Problem for anything that isn't accepted."""
    if not path.is_file():
        raise Problem(gettext_noop("%(name)s is not a file."), name=name)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise Problem(
            gettext_noop("%(name)s is empty (0 bytes). Export it again and upload the new file."), name=name
        )
    return _media_form(head, name) or _refuse(head, name)


def check_suffix(form: Form, *, name: str) -> None:
    """Refuse a name whose suffix claims another form, such as an MP4 film called .jpg."""
    suffix = PurePosixPath(name).suffix.lower().lstrip(".")
    known = _OTHER_SUFFIXES.union(*(other.suffixes for other in FORMS))
    if suffix in known - form.suffixes:
        raise Problem(
            gettext_noop(
                "%(name)s ends in .%(suffix)s, but its content is %(form)s. Rename it to end in .%(form)s, "
                "or upload the file you meant."
            ),
            name=name,
            suffix=suffix,
            form=form.container,
        )


def _media_form(head: bytes, name: str) -> Form | None:
    for offset, magic, form in _SIGNATURES:
        if head[offset:].startswith(magic):
            return form
    return _riff_form(head) or _box_form(head, name) or _matroska_form(head) or _bare_stream_form(head)


def _riff_form(head: bytes) -> Form | None:
    return _RIFF.get(head[8:12]) if head[:4] in {b"RIFF", b"RIFX", b"RF64", b"FORM"} else None


def _box_form(head: bytes, name: str) -> Form | None:
    """ISO base media (ISO/IEC 14496-12) by its brand, or an old QuickTime movie by its first box."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand.startswith(_STILL_BRANDS):
            raise Problem(_STILL_PHOTO, name=name)
        return _BRANDS.get(brand) or _BRANDS.get(brand[:3]) or MP4
    return MOV if head[4:8] in _OLD_MOVIE_BOXES else None


def _matroska_form(head: bytes) -> Form | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return WEBM if b"webm" in head[:64] else MKV


def _bare_stream_form(head: bytes) -> Form | None:
    """Streams that are known only by a sync pattern that repeats."""
    for size, start in ((188, 0), (192, 4)):
        marks = head[start : start + 4 * size : size]
        if marks == b"\x47" * 4:
            return TS
    if head[0] == 0xFF and head[1:2] and head[1] & 0xF6 == 0xF0:
        return AAC
    # Sync, a layer that isn't reserved, and a sampling rate that isn't either (ISO/IEC 11172-3 §2.4.2.3).
    is_mp3 = (
        len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 6 and head[2] & 12 != 12
    )
    return MP3 if is_mp3 and head[2] & 0xF0 != 0xF0 else None


def _refuse(head: bytes, name: str) -> Form:
    for pattern, sentence in _NOT_MEDIA:
        if pattern.match(head):
            raise Problem(sentence, name=name)
    raise Problem(_sentence_for_text(head) or _UNKNOWN, name=name)


def _sentence_for_text(head: bytes) -> str | None:
    text = _as_text(head)
    if text is None:
        return None
    if "<svg" in text:
        return _SVG
    if re.search(r"<!doctype html|<html|<head|<body|<script|<iframe|<a[ >]", text):
        return _HTML
    return _TEXT


def _as_text(head: bytes) -> str | None:
    """The beginning in lower case when it is text, else None."""
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    text = head.decode(encoding, errors="ignore")
    strange = sum(sign < " " and sign not in "\t\r\n\f\x1b" for sign in text)
    lost = len(head) - len(text.encode(encoding))
    return text.lower() if strange == 0 and lost <= len(head) // 20 else None
