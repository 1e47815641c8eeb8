"""A small run from end to end: films are cut, measured, put before the peers, kept, and not measured again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASKED = (
    "--quick",
    "--tuning",
    "--films",
    "1",
    "--attacks",
    "clean,mirror",
    "--distractors",
    "0",
    "--seconds",
    "0",
)


def run(work: Path, *more: str) -> tuple[str, dict]:
    environment = {**os.environ, "DAILIES_CORPUS": str(work / "none"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "bench.measure", *ASKED, "--jobs", "1", "--work", str(work), *more]
    told = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout
    return told, json.loads(told.splitlines()[-1])


def test_a_run_tells_its_figures_and_the_next_goes_on_from_there(tmp_path):
    told, figures = run(tmp_path)
    again, same = run(tmp_path, "--minutes", "0.000001")

    assert (figures["bench"], figures["films"], figures["recall"]) == (
        "measure",
        1,
        {"clean": 1.0, "mirror": 1.0},
    )
    assert [figures["interval_covers"], figures["border_median_frames"] <= 1, figures["f1"] >= 0.95] == [
        1.0,
        True,
        True,
    ]
    assert [line.split()[:6] for line in told.splitlines() if line.startswith("mirror")] == [
        ["mirror", "1", "100.0", "%", "0.0", "%"]
    ]
    assert same == figures
    assert again.splitlines()[1].startswith("film 000: 2 of 2 attacks")
    assert list((tmp_path / "drafts").iterdir()) == []
