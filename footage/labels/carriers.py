"""Every text that a file carries beside its pictures and sounds: where labels and other metadata stand.

Reads the carriers of the practice guides TC260-PG-20257A, -20258A, -20259A and -202510A and those met in the
wild. Nothing is decoded; what is read is bounded in number and size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from footage.labels.documents import document_texts, front_matter, is_text_name
from footage.labels.model import Carried
from footage.labels.stills import jpeg_texts, loose_packets, png_texts, tiff_texts, webp_texts
from footage.labels.streams import box_texts, id3_texts, riff_texts, stream_texts
from footage.problems import Problem
from footage.sniff import Form, sniff

MOST_TEXT = 32 * 2**20
MOST_TEXTS = 2000


def carried_texts(path: Path, *, name: str | None = None) -> tuple[Carried, ...]:
    """All texts of a media file, GIF, PDF, Office document, FLV film or Markdown text.

    Raises:
        Problem: for a file of another kind.
    """
    texts: list[Carried] = []
    total = 0
    for text in islice(_texts(path, path.name if name is None else name), MOST_TEXTS):
        total += len(text.text)
        if total > MOST_TEXT:
            texts.append(Carried(text.carrier, text.key, "", is_cut=True))
            break
        texts.append(text)
    return tuple(texts)


def _texts(path: Path, name: str) -> Iterator[Carried]:
    documents = document_texts(path)
    if documents is not None:
        yield from documents
        return
    try:
        form = sniff(path, name=name)
    except Problem:
        # A name alone makes no text of what is media: labels must not hide behind it.
        if not is_text_name(name):
            raise
        yield from front_matter(path)
        return
    if form.is_image:
        yield from _still_texts(path, form)
        return
    yield from stream_texts(path, reader=form.reader, container=form.container)
    if form.reader == "mov":
        yield from box_texts(path)
    if form.container in {"wav", "avi"}:
        yield from riff_texts(path)
    if form.container == "mp3":
        yield from id3_texts(path)


_STILLS: Mapping[str, Callable[[Path], Iterator[Carried]]] = {
    "png": png_texts,
    "jpeg": jpeg_texts,
    "webp": webp_texts,
    "tiff": tiff_texts,
}


def _still_texts(path: Path, form: Form) -> Iterator[Carried]:
    has_packet = False
    for text in _STILLS[form.container](path):
        has_packet = has_packet or text.carrier == "XMP"
        yield text
    if not has_packet:
        yield from loose_packets(path)
