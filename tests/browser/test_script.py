"""A script grows in the editor, by itself; the teacher reads who wrote what and rates the decision log."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_what_is_typed_is_kept_by_itself_and_is_the_makers(enter, handed_in):
    student, teacher = enter("student6"), enter("instructor")
    steps.open_capstone(student)
    student.get_by_role("link", name="Open the work").click()
    student.get_by_role("link", name="Script").click()
    editor = student.get_by_label("Script", exact=True)
    editor.press_sequentially("The bridge hums.")
    student.get_by_role("heading", name="Script", level=1).click()  # leaving the text keeps it
    student.locator("#script-kept", has_text="is kept").wait_for()
    expect(student.locator("[name=seen]")).to_have_value(re.compile(r"[1-9]\d*"))
    student.reload()

    written = editor.input_value()
    teacher.goto(student.url)
    passages = teacher.locator(".script-marked span")
    marked = [(one.get_attribute("class"), one.inner_text()) for one in passages.all()]

    assert written == "The bridge hums."
    assert marked == [("passage-h", "The bridge hums.")]
    assert teacher.get_by_role("textbox").count() == 0
    assert student.problems + teacher.problems == []
