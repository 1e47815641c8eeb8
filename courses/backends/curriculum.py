"""Reads a curriculum: programme.yaml, and a folder with module.yaml and its texts for each module."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from courses.choices import LessonKind
from courses.domain.plans import CoursePlan, Curriculum, LessonPlan, ModulePlan, ProgrammePlan, Words
from ui.errors import Refused

Document = Mapping[str, Any]


class CurriculumFault(Refused):
    """A curriculum folder that can't be loaded; the sentence names the file and the entry."""


def read_curriculum(folder: Path) -> Curriculum:
    """Read everything before anything is stored, so that a fault leaves the courses as they were."""
    document = _document(folder / "programme.yaml")
    files = sorted(folder.glob("*/module.yaml"))
    if not files:
        raise CurriculumFault(_("%(folder)s holds no module.yaml in any folder.") % {"folder": folder})
    place = "programme.yaml"
    course = _entry(document, "course", place)
    return Curriculum(
        programme=ProgrammePlan(
            _text(document, "slug", place), words(document, "title", place), words(document, "summary", place)
        ),
        course=CoursePlan(
            _text(course, "code", place), words(course, "title", place), words(course, "summary", place)
        ),
        modules=tuple(sorted((_module(file) for file in files), key=lambda module: module.number)),
    )


def words(document: Document, key: str, place: str) -> Words:
    """Read an entry `key: {en: …, zh: …}`; both languages are wanted."""
    pair = _entry(document, key, place)
    if not isinstance(pair, Mapping) or not (pair.get("en") and pair.get("zh")):
        raise CurriculumFault(
            _("%(place)s: “%(key)s” needs a text in English (en) and in Chinese (zh).")
            % {"place": place, "key": key}
        )
    return Words(str(pair["en"]).strip(), str(pair["zh"]).strip())


def _module(file: Path) -> ModulePlan:
    document, place = _document(file), f"{file.parent.name}/{file.name}"
    return ModulePlan(
        slug=_text(document, "slug", place),
        number=int(_entry(document, "number", place)),
        title=words(document, "title", place),
        summary=words(document, "summary", place),
        objectives=tuple(
            words({"objectives": pair}, "objectives", place) for pair in _entry(document, "objectives", place)
        ),
        lessons=tuple(_lesson(lesson, file) for lesson in _entry(document, "lessons", place)),
        assignment=_assignment(document.get("assignment"), file),
    )


def _lesson(document: Document, file: Path) -> LessonPlan:
    place = f"{file.parent.name}/{file.name}"
    kind = _text(document, "kind", place)
    if kind not in LessonKind.values:
        raise CurriculumFault(
            _("%(place)s: the kind of a lesson is one of %(kinds)s, not “%(kind)s”.")
            % {"place": place, "kinds": ", ".join(LessonKind.values), "kind": kind}
        )
    return LessonPlan(
        slug=_text(document, "slug", place),
        kind=kind,
        minutes=int(_entry(document, "minutes", place)),
        title=words(document, "title", place),
        body=_body(file, _text(document, "file", place)),
    )


def _assignment(document: Document | None, file: Path) -> Document | None:
    if document is None:
        return None
    place = f"{file.parent.name}/{file.name}"
    return {**document, "body": _body(file, _text(document, "file", place)), "place": place}


def _body(file: Path, stem: str) -> Words:
    return Words(*(_read(file.parent / f"{stem}.{language}.md") for language in ("en", "zh")))


def _document(path: Path) -> Document:
    try:
        document = yaml.safe_load(_read(path))
    except yaml.YAMLError as fault:
        raise CurriculumFault(
            _("%(path)s is not YAML: %(fault)s") % {"path": path, "fault": fault}
        ) from fault
    if not isinstance(document, Mapping):
        raise CurriculumFault(_("%(path)s holds no entries.") % {"path": path})
    return document


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError as fault:
        raise CurriculumFault(_("The curriculum lacks the file %(path)s.") % {"path": path}) from fault


def _entry(document: Document, key: str, place: str) -> Any:
    if key not in document:
        raise CurriculumFault(_("%(place)s lacks the entry “%(key)s”.") % {"place": place, "key": key})
    return document[key]


def _text(document: Document, key: str, place: str) -> str:
    return str(_entry(document, key, place))
