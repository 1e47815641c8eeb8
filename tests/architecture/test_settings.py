"""Production refuses to start insecure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "DAILIES_ENV": "production",
    "DAILIES_SECRET_KEY": "a" * 25 + "b" * 25 + "c",
    "DAILIES_HOSTS": "dailies.example",
    "DAILIES_BROKER": "redis://broker.example/0",
    "DATABASE_URL": "postgres://dailies@db.example/dailies",
}


def start(tmp_path, **changes):
    environment = {"PATH": os.environ["PATH"], "DAILIES_DATA": str(tmp_path), **SAFE, **changes}
    environment = {key: value for key, value in environment.items() if value}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_when_everything_is_set(tmp_path):
    assert start(tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"DAILIES_SECRET_KEY": ""}, "DAILIES_SECRET_KEY"),
        ({"DAILIES_SECRET_KEY": "short"}, "DAILIES_SECRET_KEY"),
        ({"DAILIES_HOSTS": ""}, "DAILIES_HOSTS"),
        ({"DAILIES_HOSTS": "*"}, "DAILIES_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DAILIES_BROKER": ""}, "DAILIES_BROKER"),
        ({"DAILIES_DATA": ""}, "DAILIES_DATA"),
        ({"DAILIES_DEBUG": "1"}, "DAILIES_DEBUG"),
        ({"DAILIES_ENV": "staging"}, "DAILIES_ENV"),
    ],
)
def test_production_refuses_what_is_unsafe(tmp_path, changes, word):
    run = start(tmp_path, **changes)

    assert run.returncode == 1
    assert word in run.stderr.splitlines()[-1]
