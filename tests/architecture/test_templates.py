"""Every template compiles, every word in it can be translated, and none carries inline script or style."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["accounts", "assignments", "courses", "ethics", "generation", "grading", "ledger", "ui"]
TEMPLATES = sorted(path for room in ROOMS for path in (ROOT / room / "templates").rglob("*.html"))
SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "label"}
NAMES = {
    "Dailies",
    "OTIO",
    "EDL",
    "SHA",
    "SHA-",
    "AI",
    "HCID",
    "FCPXML",
    "FCP",
    "XML",
    "PDF",
    "CSV",
    "JSON",
    "API",
    "URL",
    "P",
    "E",
    "S",
    "A",
    "R",
    "H",
    "M",
    "U",
    "N",
    "X",
    "J",
    "K",
    "L",
    "fps",
    "px",
    "Ctrl",
    "Enter",
    "Esc",
    "C2PA",
    "IPTC",
    "GB",
    "GPU",
    "English",
    "en",
    "zh",
    "Merkle",
    "RFC",
    "C2SP",
    "sha",
    "s",
    "mm",
    "Hz",
    "GET",
    "POST",
    "Token",
    "Authorization",
    "curl",
}
WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")


class Words(HTMLParser):
    """Collects what a person reads: text outside code, script and style, and spoken attributes."""

    silent = ("script", "style", "code", "kbd", "pre", "svg:symbol")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag, attrs):
        if tag in self.silent:
            self.depth += 1
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        if tag in self.silent:
            self.depth = max(0, self.depth - 1)

    def handle_data(self, data):
        if not self.depth:
            self.found.append(data)


ATTRIBUTE_BLOCKS = {"theme", "main_class", "page_class", "room_class", "body_class"}


def untranslated_words(source: str) -> set[str]:
    """Words of a template that stand outside {% translate %}, {% blocktranslate %} and blocks that fill an attribute."""
    kept, is_silent = [], False
    for token in Lexer(re.sub(r"{% comment %}.*?{% endcomment %}", "", source, flags=re.S)).tokenize():
        parts = token.contents.split()
        if token.token_type == TokenType.BLOCK:
            opens = parts[0] == "blocktranslate" or (parts[0] == "block" and parts[1] in ATTRIBUTE_BLOCKS)
            is_silent = opens or (is_silent and parts[0] not in {"endblocktranslate", "endblock"})
        elif token.token_type == TokenType.TEXT and not is_silent:
            kept.append(token.contents)
        elif token.token_type == TokenType.VAR:
            kept.append("0")
    words = Words()
    words.feed("".join(kept))
    return {word for text in words.found for word in WORD.findall(text)} - NAMES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_template_compiles_and_every_word_can_be_translated(path):
    source = path.read_text()

    get_template(
        str(
            path.relative_to(
                next(ROOT / room / "templates" for room in ROOMS if path.is_relative_to(ROOT / room))
            )
        )
    )

    assert untranslated_words(source) == set()
    assert (
        re.findall(
            r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*(?:src=|application/json|type=\"importmap\"))", source
        )
        == []
    )


def test_a_bare_word_is_found():
    assert untranslated_words('<p>Hello {% translate "there" %} <img alt="Boat"></p>') == {"Hello", "Boat"}


def test_translated_words_and_code_are_not():
    assert (
        untranslated_words("<p>{% blocktranslate %}Hello{% endblocktranslate %} <code>make demo</code></p>")
        == set()
    )
