"""What people write into the record is kept as they wrote it, or refused; never cut."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ui.errors import Refused


class TooLong(Refused):
    """More than is kept."""

    status_code = 400


def kept_words(words: str, *, most: int) -> str:
    """Return the words without blanks around them.

    Args:
        most: Letters kept.

    Raises:
        TooLong
    """
    words = words.strip()
    if len(words) > most:
        raise TooLong(_("“%(text)s…” is too long. Say it in fewer words.") % {"text": words[:40]})
    return words
