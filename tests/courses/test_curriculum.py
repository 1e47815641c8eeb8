"""The curriculum's files, read and refused."""

from __future__ import annotations

import shutil

import pytest
import yaml
from django.conf import settings

from courses.backends.curriculum import CurriculumFault, read_curriculum
from courses.choices import UNLOCKED_TOOLS, LessonKind
from generation.domain.tools import TOOLS


@pytest.fixture
def folder(tmp_path):
    """A copy of two modules to spoil."""
    for name in ("programme.yaml", "1-literacy", "2-text"):
        source = settings.CURRICULUM_DIR / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    return tmp_path


def spoil(folder, change):
    path = folder / "1-literacy" / "module.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


def sentence(folder) -> str:
    with pytest.raises(CurriculumFault) as caught:
        read_curriculum(folder)
    return str(caught.value.sentence)


def test_the_curriculum_has_six_modules_and_a_capstone():
    modules = read_curriculum(settings.CURRICULUM_DIR).modules
    assert [module.slug for module in modules] == [
        "literacy", "text", "image", "character", "video", "audio", "capstone",
    ]  # fmt: skip
    assert [module.number for module in modules] == [1, 2, 3, 4, 5, 6, 7]


def test_every_module_teaches_ethics_and_ends_in_an_assignment():
    for module in read_curriculum(settings.CURRICULUM_DIR).modules:
        assert {lesson.kind for lesson in module.lessons} == {LessonKind.LESSON, LessonKind.ETHICS}
        assert module.assignment is not None


def test_every_text_stands_in_both_languages():
    for module in read_curriculum(settings.CURRICULUM_DIR).modules:
        for lesson in module.lessons:
            assert lesson.body.en
            assert any("\u4e00" <= sign <= "\u9fff" for sign in lesson.body.zh)


def test_the_ethics_lessons_open_the_tools_that_name_their_module():
    assert set(UNLOCKED_TOOLS) == {tool.module for tool in TOOLS.values() if tool.module}


def test_a_missing_text_is_named(folder):
    (folder / "1-literacy" / "ethics.zh.md").unlink()
    assert sentence(folder) == f"The curriculum lacks the file {folder / '1-literacy' / 'ethics.zh.md'}."


def test_a_missing_language_is_named(folder):
    spoil(folder, lambda document: document["title"].pop("zh"))
    assert sentence(folder) == (
        "1-literacy/module.yaml: “title” needs a text in English (en) and in Chinese (zh)."
    )


def test_a_missing_entry_is_named(folder):
    spoil(folder, lambda document: document.pop("number"))
    assert sentence(folder) == "1-literacy/module.yaml lacks the entry “number”."


def test_an_unknown_kind_of_lesson_is_named(folder):
    spoil(folder, lambda document: document["lessons"][0].update(kind="quiz"))
    assert "not “quiz”" in sentence(folder)


def test_what_is_not_yaml_is_named(folder):
    (folder / "2-text" / "module.yaml").write_text("slug: [", encoding="utf-8")
    assert "is not YAML" in sentence(folder)


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "programme.yaml").write_text("slug: x", encoding="utf-8")
    assert sentence(tmp_path) == f"{tmp_path} holds no module.yaml in any folder."
