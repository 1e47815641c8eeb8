"""Problems kept in rows, said in the person's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext


def sentence(problem: Mapping[str, Any]) -> str:
    """Say `{"template", "params"}`, as kept of a `footage.problems.Problem`, in the active language."""
    return str(gettext(problem["template"]) % problem["params"])
