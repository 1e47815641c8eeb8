"""Signed sheets of releases: what they may be, told from their first bytes; they are never opened here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assignments.backends import store
from ui.errors import Refused

MOST_BYTES = 25 * 1024 * 1024
HEADS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


class NotASheet(Refused):
    """The file is no PDF or picture, or is too large for one."""

    status_code = 400


def check_sheet(sha256: str, *, name: str) -> str:
    """Return the media type of a stored sheet.

    Raises:
        NotASheet: It is empty, too large, or begins like none of HEADS.
    """
    if store.path(sha256).stat().st_size > MOST_BYTES:
        raise NotASheet(
            _("%(name)s is larger than the %(limit)d MB a signed sheet may have. Scan it in black and white.")
            % {"name": name, "limit": MOST_BYTES // 1024**2}
        )
    found = sheet_type(sha256)
    if not found:
        raise NotASheet(
            _("%(name)s is no PDF, JPEG or PNG. Scan or photograph the signed sheet.") % {"name": name}
        )
    return found


def sheet_type(sha256: str) -> str:
    """Return the media type told by the first bytes; empty when it is none of a sheet."""
    with store.open_object(sha256) as file:
        head = file.read(16)
    return next((mime for beginning, mime in HEADS if head.startswith(beginning)), "")
