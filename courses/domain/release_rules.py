"""When a module is open to a student, and if not, what has to happen first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Gate(StrEnum):
    """A module's door as a student finds it."""

    OPEN = "open"
    WAITS = "waits"  # for lessons of the module before it
    HIDDEN = "hidden"  # not published yet


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """What the rules look at, lessons counted for one student; `prerequisite` is another module's number."""

    number: int
    is_published: bool
    lessons: int
    lessons_done: int
    prerequisite: int | None = None

    @property
    def is_finished(self) -> bool:
        return self.lessons_done >= self.lessons

    @property
    def lessons_left(self) -> int:
        return max(0, self.lessons - self.lessons_done)


@dataclass(frozen=True, slots=True)
class Release:
    """The gate of one module; `waits_for` and `lessons_left` say what opens it."""

    gate: Gate
    waits_for: int | None = None
    lessons_left: int = 0

    @property
    def is_open(self) -> bool:
        return self.gate is Gate.OPEN


def releases(modules: Iterable[ModuleFacts]) -> dict[int, Release]:
    """The release of every module by its number, for one student.

    A module waits until all lessons of its prerequisite are finished. A prerequisite that is not published,
    or not among the modules, holds nobody up, because nobody could meet it.
    """
    by_number = {module.number: module for module in modules}
    return {number: _release(module, by_number) for number, module in by_number.items()}


def _release(module: ModuleFacts, by_number: dict[int, ModuleFacts]) -> Release:
    if not module.is_published:
        return Release(Gate.HIDDEN)
    before = by_number.get(module.prerequisite) if module.prerequisite is not None else None
    if before is None or not before.is_published or before.is_finished:
        return Release(Gate.OPEN)
    return Release(Gate.WAITS, waits_for=before.number, lessons_left=before.lessons_left)
