"""Sentences about unusable material, translatable by whoever shows them.

This package knows no Django: a problem carries its English template and the values for it, so that the edge
(a view, a command) can say the same sentence in the person's language.
"""

from __future__ import annotations


def gettext_noop(message: str) -> str:
    """Mark a template for the message catalogue and return it unchanged."""
    return message


class Problem(Exception):
    """Material that can't be used, with a sentence saying what, where and what to do.

    Attributes:
        template: English sentence with %-style named places; a key of the message catalogue.
        params: Values for the places. File names come from people: show them, never interpret them.
    """

    def __init__(self, template: str, **params: object) -> None:
        self.template = template
        self.params = params
        super().__init__(template % params)
