"""Kinds of file that can carry credentials, and offline settings for the C2PA library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from footage.problems import Problem, gettext_noop
from footage.sniff import sniff

MIMES = frozenset(
    {
        "image/png", "image/jpeg", "image/webp", "image/tiff",
        "video/mp4", "video/quicktime", "video/x-msvideo",
        "audio/mp4", "audio/wav", "audio/mpeg",
    }
)  # fmt: skip


def mime_of(path: Path) -> str:
    mime = sniff(path, name=path.name).mime
    if mime not in MIMES:
        raise Problem(
            gettext_noop("%(name)s can't carry content credentials: %(mime)s has no place for them."),
            name=path.name,
            mime=mime,
        )
    return mime


def offline_settings(*, anchors: str | None) -> dict[str, Any]:
    """Offline, without thumbnails, and trusting these anchors alone."""
    settings: dict[str, Any] = {
        "version": 1,
        "builder": {"thumbnail": {"enabled": False}},
        "verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
    }
    return settings | {"trust": {"trust_anchors": anchors}} if anchors else settings
