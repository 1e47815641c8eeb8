"""WCAG 2.2 contrast of the tokens, in both schemes: text 4.5, things that carry meaning 3."""

import math
import re
from pathlib import Path

import pytest

from ui.components.states import STATES

TOKENS = Path(__file__).resolve().parents[2] / "ui" / "static" / "ui" / "css" / "tokens.css"
PAIR = re.compile(r"(--[\w-]+):\s*light-dark\(oklch\(([^)]*)\),\s*oklch\(([^)]*)\)\)")
GROUNDS = ["--sunken", "--ground", "--surface", "--raised", "--hover"]
TEXTS = ["--ink", "--ink-quiet", "--accent", "--danger", "--state-h-text", "--state-a-text", "--state-x-text"]
MARKS = [
    "--line-strong",
    "--focus",
    "--state-h",
    "--state-a",
    "--state-u-line",
    "--state-n-line",
    "--state-x",
]
PAIRS = [
    *((text, ground, 4.5) for text in TEXTS for ground in GROUNDS),
    *((mark, ground, 3.0) for mark in MARKS for ground in ["--ground", "--surface", "--raised"]),
    ("--ink-inverse", "--ink", 4.5),
    ("--ink-inverse", "--ink-quiet", 4.5),
    ("--accent", "--accent-soft", 4.5),
    ("--danger", "--danger-soft", 4.5),
    ("--ink", "--danger-soft", 4.5),
    ("--ink", "--accent-soft", 4.5),
    *((f"--on-state-{letter}", f"--state-{letter}", 4.5) for letter in "haux"),
]


def luminance(words: str) -> float:
    """Relative luminance (WCAG) of an oklch colour, by Ottosson's OKLab matrices."""
    lightness, chroma, hue = (float(part.rstrip("%")) for part in words.split("/")[0].split())
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    lightness /= 100
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    clipped = [min(1.0, max(0.0, channel)) for channel in (red, green, blue)]
    return 0.2126 * clipped[0] + 0.7152 * clipped[1] + 0.0722 * clipped[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tokens() -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS.read_text())}


def test_luminance_of_white_black_and_middle_grey_is_known():
    found = [round(luminance(words), 3) for words in ("100% 0 0", "0% 0 0", "59.99% 0 0")]

    assert found == [1.0, 0.0, 0.216]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_pair_of_tokens_can_be_read(scheme):
    values = tokens()

    too_low = {
        f"{front} on {back}": round(contrast(values[front][scheme], values[back][scheme]), 2)
        for front, back, least in PAIRS
        if contrast(values[front][scheme], values[back][scheme]) < least
    }

    assert too_low == {}


def test_the_sheet_can_be_read_by_the_pdf_renderer():
    code = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(), flags=re.S)

    assert [word for word in ("color-mix", "@container", "@supports", "@property") if word in code] == []


def test_every_state_has_its_letter_in_the_sheet_of_states():
    sheet = (TOKENS.parent / "components" / "state.css").read_text()

    assert {letter for letter in STATES if f'[data-state="{letter}"]' in sheet} == set(STATES)
