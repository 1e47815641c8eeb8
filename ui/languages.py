"""Content in two languages: fields `<name>_en` and `<name>_zh`, read through one name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


def is_chinese(language: str | None = None) -> bool:
    return (language or get_language() or "en").startswith("zh")


def pick(pair: dict[str, str], language: str | None = None) -> str:
    """Choose from `{"en": …, "zh": …}` in the given or the active language; the other one when it is empty."""
    first, second = ("zh", "en") if is_chinese(language) else ("en", "zh")
    return pair.get(first) or pair.get(second) or ""


class Bilingual:
    """Read `<name>_en` or `<name>_zh` of the instance, by the active language.

    >>> class Lesson:
    ...     title = Bilingual()
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> str:
        if instance is None:
            return self.name
        pair = {code: getattr(instance, f"{self.name}_{code}") for code in ("en", "zh")}
        return pick(pair)
