"""Programs that are part of Dailies: what each is made of, and the fingerprint of that."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from generation.backends import chroma_key, films, interpolation, keying

SOURCES: Mapping[str, tuple[ModuleType, ...]] = MappingProxyType(
    {
        "optical-flow": (interpolation, films),
        "chroma-key": (chroma_key, keying, films),
    }
)
"""Modules by pipeline."""


def check_program() -> None:
    """Nothing to look for: the program is part of Dailies."""


def revision(pipeline: str) -> str:
    """Return SHA-256 over the program's sources, as 64 hex digits: the same revision makes the same output."""
    digest = hashlib.sha256()
    for module in SOURCES[pipeline]:
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()
