"""Single byte ranges of HTTP (RFC 9110 §14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE | re.ASCII)
MOST_DIGITS = 19


class Unsatisfiable(ValueError):  # the word of RFC 9110 §15.5.17
    """The range lies outside the content; the answer is 416."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Half-open: bytes `start` to `end` - 1."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.end - 1}/{size}"


def parse_range(header: str, *, size: int) -> ByteRange | None:
    """Return the range asked for of `size` bytes; None when there is none we serve, so that all is sent.

    Several ranges and malformed ones are ignored, which RFC 9110 §14.2 allows.

    Raises:
        Unsatisfiable: A well-formed range that holds no byte of the content.
    """
    match = RANGE.fullmatch(header.strip())
    if match is None or max(map(len, match.groups())) > MOST_DIGITS:
        return None
    first, last = match.groups()
    if not first:
        return _suffix(last, size=size)
    start, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable(header)
    return ByteRange(start, end)


def _suffix(length: str, *, size: int) -> ByteRange | None:
    if not length:
        return None
    if int(length) == 0 or size == 0:
        raise Unsatisfiable(f"bytes=-{length}")
    return ByteRange(max(0, size - int(length)), size)
