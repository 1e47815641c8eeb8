"""A curriculum as plain values, between the files it is written in and the rows it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """The same text in English and Simplified Chinese."""

    en: str
    zh: str

    def named(self, name: str) -> dict[str, str]:
        """As the two fields of a bilingual model field: `{"title_en": …, "title_zh": …}`."""
        return {f"{name}_en": self.en, f"{name}_zh": self.zh}


@dataclass(frozen=True, slots=True)
class LessonPlan:
    slug: str
    kind: str
    minutes: int
    title: Words
    body: Words


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """One module; `assignment` is left as written, its text under `body`: it belongs to the rooms above."""

    slug: str
    number: int
    title: Words
    summary: Words
    objectives: tuple[Words, ...]
    lessons: tuple[LessonPlan, ...]
    assignment: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ProgrammePlan:
    slug: str
    title: Words
    summary: Words


@dataclass(frozen=True, slots=True)
class CoursePlan:
    code: str
    title: Words
    summary: Words


@dataclass(frozen=True, slots=True)
class Curriculum:
    programme: ProgrammePlan
    course: CoursePlan
    modules: tuple[ModulePlan, ...]


def due_at(starts_on: date, *, week: int, zone: tzinfo) -> datetime:
    """The last minute of the Sunday that ends week `week` (from 1) of a term, in the school's time zone."""
    monday = starts_on - timedelta(days=starts_on.weekday())
    return datetime.combine(monday + timedelta(days=7 * week - 1), time(23, 59), tzinfo=zone)
