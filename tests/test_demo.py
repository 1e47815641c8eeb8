"""`make demo ONCE=1`, twice on one folder: the films come out as their makers know they must, nothing is left running."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from grading.management.films import LANTERN

pytestmark = pytest.mark.xdist_group("demo")
ROOT = Path(__file__).resolve().parent.parent
TWO_POINTS = 0.02


def play(folder: Path) -> tuple[subprocess.CompletedProcess[str], dict[str, object]]:
    """Play the demo on the folder as the Makefile does; return how it ended and its last line."""
    environment = {
        **os.environ,
        "DAILIES_DATA": str(folder),
        "DAILIES_ENGINES": str(folder / "engines"),
        "DAILIES_LOG_LEVEL": "WARNING",
        "PORT": "0",
    }
    for name in ("DATABASE_URL", "DAILIES_BROKER", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "config.demo", "--once"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    return run, json.loads(run.stdout.splitlines()[-1])


def words_of(report: str) -> str:
    found = subprocess.run(["pdftotext", report, "-"], capture_output=True, text=True, check=True)
    return " ".join(found.stdout.split())


def submissions(folder: Path) -> list[tuple[str, str]]:
    """Return film and receipt of everything handed in."""
    asked = (
        "SELECT m.name, s.receipt FROM assignments_submission s "
        "JOIN assignments_cut c ON c.id = s.cut_id JOIN assignments_media m ON m.id = c.film_id ORDER BY m.name"
    )
    with sqlite3.connect(folder / "dailies.sqlite3") as database:
        return database.execute(asked).fetchall()


def processes_on(folder: Path) -> list[str]:
    """Return the commands of running processes that know the folder by argument or environment (Linux)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            known = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:  # it ended while we looked, or is not ours to read
            continue
        if os.fsencode(folder) in known and int(process.name) != os.getpid():
            found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def test_the_demo_plays_twice_and_says_the_same(tmp_path):
    folder = tmp_path / "demo"

    _run, first = play(folder)
    after_first = submissions(folder)
    again, second = play(folder)

    low, high = first["ai_share"]
    assert set(first) == {"film", "ai_share", "hcid", "verdict", "report_pdf", "seconds"}
    assert (first["film"], first["verdict"]) == (LANTERN.name, "within")
    assert low - TWO_POINTS <= float(LANTERN.share) <= high + TWO_POINTS
    assert LANTERN.name in words_of(first["report_pdf"])
    assert [film for film, _receipt in after_first] == ["Mirage.mp4", "The Ferry Lantern.mp4"]
    same = ("film", "ai_share", "hcid", "verdict", "report_pdf")
    assert {key: second[key] for key in same} == {key: first[key] for key in same}
    assert submissions(folder) == after_first
    assert "Serving after" in again.stdout
    assert processes_on(folder) == []
