"""Two teachers mark a film by keyboard, each for themselves; then its makers see both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def mark_by_keyboard(page, address, words):
    """Choose the second level of every own criterion, comment, save by Ctrl+Enter, finish; return the total."""
    page.goto(f"{address}grade/")
    page.locator("[data-criterion][data-chosen]").wait_for()  # the script listens
    own = page.locator("[data-criterion]:not([data-other])")
    for number in range(own.count()):
        page.keyboard.press("2")
        assert own.nth(number).locator("[data-level][aria-pressed=true]").count() == 1
        page.keyboard.press("ArrowDown")
    page.locator(".grade-comment textarea").fill(words)
    page.evaluate("document.querySelector('#marking').dataset.before = ''")
    page.keyboard.press("Control+Enter")
    page.locator(".toasts").get_by_text(re.compile("kept|saved", re.IGNORECASE)).first.wait_for()
    page.locator(
        "#marking:not([data-before]) [data-chosen]"
    ).first.wait_for()  # the saved form stands in its place
    page.get_by_role("button", name="Finish marking").click()
    page.locator(".grade-foot .badge", has_text="finished").wait_for()
    return float(page.locator("[data-grade-total]", has_text=re.compile(r"\d")).inner_text())


@contextmanager
def unpublished(page, number: int) -> Iterator[None]:
    """Take a module back for a while, by its switch."""
    switch = page.get_by_role("switch", name=f"Module {number} is published")
    switch.click()
    page.locator(f"#module-{number} [role=switch][aria-checked=false]").wait_for()
    yield
    page.locator(f"#module-{number} [role=switch]").click()
    page.locator(f"#module-{number} [role=switch][aria-checked=true]").wait_for()


def open_course(page):
    page.goto("/courses/")
    page.get_by_role("link", name="Making hybrid films").click()
    page.get_by_role("heading", name="Making hybrid films", level=1).wait_for()


def test_a_module_taken_back_is_gone_for_students_until_it_is_published(enter):
    teacher, student = enter("instructor"), enter("student2")
    open_course(teacher)
    open_course(student)
    shown = student.locator(".module-name", has_text="AI audio")

    with unpublished(teacher, 6):
        student.reload()
        while_taken_back = shown.count()
    student.reload()

    assert (while_taken_back, shown.count()) == (0, 1)
    assert teacher.problems == []


def test_both_teachers_mark_and_then_the_makers_see_it(enter, handed_in):
    teacher, mentor, student = enter("instructor"), enter("mentor"), enter("student5")
    teacher.goto("/")
    teacher.locator("#waiting").get_by_role("link", name="Daylight").wait_for()

    academic = mark_by_keyboard(teacher, handed_in, "The landing earns its silence.")
    student.goto(f"{handed_in}result/")
    before = student.get_by_text("The marks are not out yet.").count()
    outside = mark_by_keyboard(mentor, handed_in, "Hold the street a second longer.")
    student.reload()
    student.locator(".marks-total").wait_for()

    assert before == 1
    assert float(student.locator(".marks-total b").inner_text()) == academic + outside
    assert student.locator(".marks-comment").all_inner_texts()[0].startswith("The landing earns its silence.")
    assert len(student.locator(".marks-comment").all()) == 2
    assert [page.problems for page in (teacher, mentor, student)] == [[], [], []]


def test_the_makers_get_their_report_as_pdf(enter, handed_in):
    page = enter("student5")
    page.goto(f"{handed_in}result/")

    page.get_by_role("button", name="Write the report").click()
    link = page.locator(".reports").get_by_role("link").first
    link.wait_for(timeout=60_000)
    report = page.request.get(link.get_attribute("href"))

    assert (report.status, report.headers["content-type"], report.body()[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )
    assert page.problems == []
