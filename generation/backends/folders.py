"""Engine folders: what may be loaded, and the fingerprint of what was."""

from __future__ import annotations

import hashlib
from pathlib import Path

from footage.problems import Problem, gettext_noop
from generation.backends import weights

PICKLED = frozenset({".bin", ".ckpt", ".pt", ".pth", ".pkl", ".pickle"})
WEIGHTS = ".safetensors"
CHUNK_BYTES = 1024 * 1024


def check_folder(folder: Path) -> None:
    """Refuse folders that are absent, empty, cut off, or hold pickled weights, which could run any program.

    Raises:
        Problem: says which file and what to do.
    """
    if not folder.is_dir():
        raise Problem(
            gettext_noop(
                "There is no engine folder %(folder)s. Copy the model there, or correct the engine’s folder."
            ),
            folder=str(folder),
        )
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in PICKLED:
            raise Problem(
                gettext_noop(
                    "%(file)s in the engine’s folder holds pickled weights, which can run programs when loaded. "
                    "Convert them to safetensors and remove it."
                ),
                file=str(path.relative_to(folder)),
            )
    held = sorted(folder.rglob(f"*{WEIGHTS}"))
    if not held:
        raise Problem(
            gettext_noop(
                "The engine folder %(folder)s holds no weights (*.safetensors). Copy the entire model there."
            ),
            folder=folder.name,
        )
    for path in held:
        weights.read_header(path, name=str(path.relative_to(folder)))


def folder_revision(folder: Path) -> str:
    """Return SHA-256 over names and contents of every file of the folder, as 64 hex digits."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(
            str(path.relative_to(folder)).encode() + b"\0" + str(path.stat().st_size).encode() + b"\0"
        )
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
