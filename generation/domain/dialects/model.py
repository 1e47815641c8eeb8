"""What a word list is."""

from __future__ import annotations

from dataclasses import dataclass

from generation.domain.languages import Language


@dataclass(frozen=True, slots=True)
class Pack:
    """A list of words and what is said for them.

    Attributes:
        title: A key of the message catalogue.
        where: Where its words can be looked up.
        entries: (standard, said) pairs.
    """

    slug: str
    language: Language
    title: str
    where: str
    entries: tuple[tuple[str, str], ...]


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the entries of a list written `standard=said`, parted by semicolons."""
    found = (entry.split("=", maxsplit=1) for entry in text.replace("\n", " ").split(";") if entry.strip())
    return tuple((standard.strip(), said.strip()) for standard, said in found)
