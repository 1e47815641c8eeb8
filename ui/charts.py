"""Plotly figures as dicts in the house's language: states as colours with patterns, the cap as a line.

Colours are names of custom properties ("--state-h"); chart.js replaces them by the page's theme.
"""

from __future__ import annotations

from typing import Any

from ui.components.states import state_of

PATTERNS = {"M": "/", "U": "\\", "X": "x"}
COLOURS = {
    "H": "--state-h",
    "A": "--state-a",
    "M": "--state-h",
    "U": "--state-u",
    "N": "--surface",
    "X": "--state-x",
}
PATTERN_COLOURS = {"M": "--state-a", "U": "--state-u-line", "X": "--state-x-line"}


def state_marker(letter: str) -> dict[str, Any]:
    """Return Plotly's `marker` of bars that stand for a state: colour, pattern, a line for neutral."""
    letter = state_of(letter).letter
    marker: dict[str, Any] = {"color": COLOURS[letter]}
    if letter in PATTERNS:
        marker["pattern"] = {
            "shape": PATTERNS[letter],
            "fgcolor": PATTERN_COLOURS[letter],
            "bgcolor": COLOURS[letter],
            "fillmode": "replace",
            "size": 7,
            "solidity": 0.4,
        }
    if letter == "N":
        marker["line"] = {"color": "--state-n-line", "width": 1}
    return marker


def cap_line(cap: float, *, axis: str = "y") -> dict[str, Any]:
    """Return a Plotly shape: the cap as a line across the plot, at a share 0..1 of the given axis."""
    across = "x" if axis == "y" else "y"
    return {
        "type": "line",
        "layer": "above",
        "line": {"color": "--ink", "width": 2},
        f"{axis}0": cap,
        f"{axis}1": cap,
        f"{across}0": 0,
        f"{across}1": 1,
        f"{across}ref": "paper",
    }


def cap_label(cap: float, text: str, *, axis: str = "y") -> dict[str, Any]:
    """Return a Plotly annotation naming the cap at the end of its line."""
    place = {"x": 1, "y": cap, "xref": "paper", "xanchor": "right", "yanchor": "bottom"}
    if axis == "x":
        place = {"x": cap, "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "top"}
    return {**place, "text": text, "showarrow": False, "font": {"color": "--ink", "size": 12}}
