"""The gate that ships: words and patterns in English and Chinese, from a file a school may replace."""

from __future__ import annotations

from pathlib import Path

import yaml
from django.conf import settings

from generation.domain.gates import Context, Level, Verdict, Words, judge, rule_book

LONGEST_TEXT = 200_000
"""Letters of a written output that are read; more than any engine here writes."""


class WordGate:
    """Reads what people type and what text engines write; it sees no pictures and says so."""

    sees = frozenset({"text"})

    def __init__(self) -> None:
        self.book = rule_book(yaml.safe_load(Path(settings.GATE_WORDS).read_text(encoding="utf-8")))
        self.name = f"words {self.book.version}"

    def check_words(self, words: Words, context: Context) -> Verdict:
        return judge(words, book=self.book, gate=self.name, released=context.released)

    def check_output(self, path: Path, kind: str, context: Context) -> Verdict:
        if kind not in self.sees:
            return Verdict(Level.ALLOW, self.name)
        with path.open(encoding="utf-8", errors="replace") as file:
            return self.check_words(Words(file.read(LONGEST_TEXT)), context)
