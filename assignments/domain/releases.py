"""Releases as facts: does what somebody signed hold today?"""

from __future__ import annotations

from datetime import date

FACE, VOICE, NAME = "face", "voice", "name"
KINDS = (FACE, VOICE, NAME)
WAITING, STANDING, EXPIRED, REVOKED = "waiting", "standing", "expired", "revoked"


def standing_of(*, is_approved: bool, is_revoked: bool, expires_on: date | None, today: date) -> str:
    """Return WAITING, STANDING, EXPIRED or REVOKED; it holds through the day it expires on.

    What was taken back stays so, whatever else happened to it.
    """
    if is_revoked:
        return REVOKED
    if expires_on is not None and expires_on < today:
        return EXPIRED
    return STANDING if is_approved else WAITING
