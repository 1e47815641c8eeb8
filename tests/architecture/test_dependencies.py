"""Each dependency has its line of reason and its pin."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r'^    "([A-Za-z0-9_.-]+)[^"]*",(.*)$', re.M)


def name(text: str) -> str:
    return text.lower().replace("_", "-").replace(".", "-")


def declared() -> dict[str, str]:
    block = (ROOT / "pyproject.toml").read_text().split("dependencies = [")[1].split("\n]")[0]
    return {name(package): reason.strip() for package, reason in LINE.findall(block)}


def pinned() -> set[str]:
    return {
        name(line.split("==")[0])
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if "==" in line
    }


def test_every_dependency_says_why():
    assert [package for package, reason in declared().items() if not reason.startswith("# ")] == []


def test_every_dependency_is_pinned():
    assert set(declared()) - pinned() == set()


def test_the_lock_names_no_registry_and_no_second_torch():
    lock = (ROOT / "requirements.lock").read_text()

    assert re.findall(r"https?://|torchvision|nvidia|opencv-python==", lock) == []
    assert "torch==2.13.0" in lock.splitlines()
