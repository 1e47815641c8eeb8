"""Refusals: anticipated errors that carry a sentence for the person."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise


class Refused(Exception):
    """Something the platform will not do, with the reason and the way out.

    Subclasses stand in the module that raises them and give a translated sentence. The middleware shows it as a
    message (pages), or as `{"detail": …}` with status 409 (API, HTMX).
    """

    status_code = 409

    def __init__(self, sentence: str | Promise) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


def require(allowed: bool) -> None:
    """Stop with 403 unless allowed. What a person may not even see is a 404, decided by the query before."""
    if not allowed:
        raise PermissionDenied
