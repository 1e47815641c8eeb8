"""A text found beside the coded data of a file."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_TEXT = 4 * 2**20
MOST_PARTS = 100_000


@dataclass(frozen=True, slots=True)
class Carried:
    """One text and the place it stood in.

    Attributes:
        carrier: Kind of place, such as "XMP", "Exif", "PNG text" or "MP4 metadata".
        key: Name of the value there; empty for a packet.
        is_cut: Whether more stood there than is ever read, or the rest is damaged.
    """

    carrier: str
    key: str
    text: str
    is_cut: bool = False

    @property
    def place(self) -> str:
        return f"{self.carrier} {self.key}".strip()
