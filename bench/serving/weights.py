"""Engines of the bench: the shipped and practice engines on a CPU, full-size ones with random weights on a GPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.serving.school import Engines, shipped_rows
from generation.backends.practice.building import build_practice_engines

SMALL = Engines(picture="atelier", clip="atelier-motion")


def build_engines(folder: Path, *, device: str) -> tuple[Engines, list[dict[str, Any]]]:
    """Write what is missing under `folder`; return the slugs and the rows to register."""
    build_practice_engines(folder)
    return SMALL, shipped_rows([SMALL.picture, SMALL.clip])
