"""Open a timeline file, check that it is harmless, and hand it to the reader of its kind."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Literal

from footage.problems import Problem, gettext_noop
from footage.timelines.aaf import is_aaf, read_aaf
from footage.timelines.adapters import UNUSUAL, adapted
from footage.timelines.edl import read_edl
from footage.timelines.fcpxml import read_fcpxml
from footage.timelines.flatten import flatten
from footage.timelines.model import DEEPEST_NESTING, Timeline
from footage.timelines.xml import read_fcp7, without_declaration, xml_facts

LARGEST_FILE_BYTES = 32 * 2**20


def read_timeline(path: Path, *, film_fps: Fraction | None = None, name: str | None = None) -> Timeline:
    """Read a timeline file; its content decides which kind it is.

    Args:
        path: The file as stored.
        film_fps: Rate of the film it belongs to; an EDL, which names no rate, is tried at this one first.
        name: What the person called it, for the sentences.

    Raises:
        Problem: for a file that is no timeline, is damaged, hostile or empty, or that its adapter misreads.
    """
    name = path.name if name is None else name
    if is_aaf(path):
        return read_aaf(path, name)
    text = _text(path, name)
    kind = _kind_of(text, name)
    if kind == "edl":
        return read_edl(text, film_fps, name)
    if kind == "otio":
        _check_depth(text, name)
        return flatten(adapted(text, "otio_json", name), name=name, kind="otio")
    facts = xml_facts(text, name)
    if facts.root == "xmeml":
        return read_fcp7(text, facts, name)
    return read_fcpxml(without_declaration(text), name)


def _text(path: Path, name: str) -> str:
    """The file as text; refuses empty, oversized and binary files."""
    if path.stat().st_size > LARGEST_FILE_BYTES:
        raise Problem(
            gettext_noop("%(name)s is larger than %(limit)d MB, too large for a timeline."),
            name=name,
            limit=LARGEST_FILE_BYTES // 2**20,
        )
    data = path.read_bytes()
    if not data.strip():
        raise Problem(gettext_noop("%(name)s is empty. Export the timeline again."), name=name)
    if data.startswith(b"PK\x03\x04"):
        raise Problem(
            gettext_noop(
                "%(name)s is a bundle or archive. Export the sequence as a single OTIO or EDL file."
            ),
            name=name,
        )
    for encoding in (
        ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030", "latin-1")
    ):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Problem(UNUSUAL, name=name)


_EVENT = re.compile(r"^\s*\d+\s+\S+.*(?:\d\d[:;.]\d\d[:;.]\d\d[:;.]\d\d\s*){2}", re.MULTILINE)


def _kind_of(text: str, name: str) -> Literal["otio", "edl", "xml"]:
    start = text.lstrip()[:1]
    if start == "{" and "OTIO_SCHEMA" in text:
        return "otio"
    if start == "<":
        return "xml"
    if _EVENT.search(text):
        return "edl"
    raise Problem(
        gettext_noop(
            "%(name)s is no timeline that we know. Export the sequence as OTIO, EDL or Final Cut XML."
        ),
        name=name,
    )


def _check_depth(text: str, name: str) -> None:
    """Deep nesting would exhaust the stack of the JSON reader, which is written in C++."""
    depth = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        sign = mark.group()
        depth += (sign in "[{") - (sign in "]}")
        if depth > DEEPEST_NESTING:
            raise Problem(
                gettext_noop(
                    "%(name)s nests its clips more than %(limit)d deep; flatten the sequence and export "
                    "again."
                ),
                name=name,
                limit=DEEPEST_NESTING,
            )
