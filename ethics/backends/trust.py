"""Whose signatures the school believes: its own authority, and the trust lists it keeps."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from footage.credentials import make_school_ca


def anchors() -> bytes:
    """PEM of the certificates whose signatures prove something, the school's own first."""
    school = make_school_ca(Path(settings.SCHOOL_CA_DIR), school=settings.SCHOOL_NAME)
    lists = [Path(path).read_bytes() for path in settings.C2PA_TRUST_LISTS]
    return b"\n".join([school.anchor.encode(), *lists])


def anchors_sha256() -> str:
    """SHA-256 over them, hex: a file read with others may now be believed more, or less."""
    return hashlib.sha256(anchors()).hexdigest()
