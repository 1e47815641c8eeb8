"""A release from the signed sheet to the picture that rests on it, and words that wait for the instructor."""

from __future__ import annotations

import pytest

from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MADE = 120_000


def open_tool(page):
    steps.open_capstone(page)
    page.get_by_role("link", name="Open the work").click()
    page.locator(".rail-tools").get_by_role("link", name="Text to image").click()


def test_a_picture_rests_on_a_release_until_it_is_revoked(enter, released):
    page = enter("student6")
    open_tool(page)
    page.get_by_label("Place").fill("a quay with Lin Anran")
    page.get_by_label("Lin Anran").check()
    page.get_by_role("button", name="Generate").click()
    page.locator("#render[data-state=done] .frame-picture").wait_for(timeout=MADE)
    shown = page.url

    page.goto(released)
    rests = page.get_by_role("heading", name="What rests on it")
    rests.wait_for()
    page.locator("summary", has_text="Revoke").click()
    page.get_by_role("button", name="Revoke the release").click()
    page.get_by_text("not to be used").wait_for()
    page.goto(shown)
    page.get_by_text("Not to be used any more").wait_for()

    assert page.problems == []


def test_held_words_go_on_when_the_instructor_lets_them(enter, handed_in):
    page = enter("student6")
    open_tool(page)
    page.get_by_label("Place").fill("a sculptor's studio")
    page.get_by_label("Action").fill("a nude of clay dries by the window")
    page.get_by_role("button", name="Generate").click()
    page.get_by_text("A teacher looks at it first").wait_for()
    asked = page.url

    teacher = enter("instructor")
    teacher.goto("/")
    teacher.get_by_role("link", name="held for you").click()
    held = teacher.locator(".held", has_text="a nude of clay")
    held.get_by_role("button", name="Let it through").click()
    teacher.get_by_text("Let through: it is in the queue.").wait_for()
    page.goto(asked)
    page.locator("#render[data-state=done] .frame-picture").wait_for(timeout=MADE)

    assert page.problems + teacher.problems == []


def test_held_pictures_are_veiled_by_keyboard_and_mouse(enter, handed_in):
    """The veil is the page's own: it is tried on the held page with a picture put in its place."""
    teacher = enter("instructor")
    teacher.goto("/held/")
    teacher.locator("main").evaluate(
        """main => main.insertAdjacentHTML("beforeend", '<label class="veil" id="tried"><input type="checkbox">'
           + '<img src="/static/ui/img/favicon.svg" alt="tried"><span>Show it</span></label>')"""
    )
    picture = teacher.locator("#tried img")
    veiled = picture.evaluate("one => getComputedStyle(one).filter")
    teacher.locator("#tried input").focus()
    teacher.keyboard.press("Space")
    seen = picture.evaluate("one => getComputedStyle(one).filter")

    assert ("blur" in veiled, seen) == (True, "none")
