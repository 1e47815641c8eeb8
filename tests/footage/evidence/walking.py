"""Read the evidence of many real files in one sandboxed process."""

from __future__ import annotations

from pathlib import Path

from footage.evidence import Evidences, read_evidence
from footage.problems import Problem
from footage.sandbox import run_limited


def walk_limited(folder: Path, *, anchors: bytes | None = None) -> dict[str, Evidences | str]:
    """Findings or the refusal of every file under a folder, by its path there; within 30 s and a gigabyte."""
    found: dict[str, Evidences | str] = run_limited(
        "tests.footage.evidence.walking:read_all", folder, seconds=30, memory_mb=1024, anchors=anchors
    )
    return found


def read_all(folder: Path, *, anchors: bytes | None) -> dict[str, Evidences | str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): _outcome(path, anchors) for path in files}


def _outcome(path: Path, anchors: bytes | None) -> Evidences | str:
    try:
        return read_evidence(path, anchors=anchors)
    except Problem as problem:
        return str(problem)
