"""Two candidates from the form to the choice, watched, compared by keyboard, and gone on from."""

from __future__ import annotations

import re

import pytest

from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MADE = 120_000
"""Milliseconds for two pictures on a busy machine."""


def ask_for_two(page, place):
    """Fill in the form, watch the price double, and ask; return both prices and the engine's prompt."""
    page.locator(".rail-tools").get_by_role("link", name="Text to image").click()
    quoted(page, lambda: page.get_by_label("Place").fill(place))
    page.get_by_text("The engine’s prompt and settings").click()
    quoted(page, lambda: page.get_by_label("Seed").fill("7"))
    one = quoted(page, lambda: page.get_by_label("Steps").fill("40"))
    two = quoted(page, page.get_by_role("radio", name="2").check)
    page.locator("#price", has_text=two).wait_for()
    prompt = page.get_by_label("The engine’s prompt").get_attribute("placeholder")
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Generate").click()
    return float(one), float(two), prompt


def quoted(page, change):
    """Change something in the form and return the price the server answers."""
    with page.expect_response("**/quote/") as answer:
        change()
    return re.search(r'id="price"[^>]*>([\d.]+)', answer.value.text())[1]


def current(page):
    return page.locator("[data-pane][aria-current]").get_attribute("data-pane")


def test_two_candidates_are_made_watched_compared_and_chosen(enter, handed_in):
    page = enter("student6")
    steps.open_capstone(page)
    page.get_by_role("link", name="Open the work").click()
    one, two, prompt = ask_for_two(page, "a lighthouse")

    page.locator("[data-preview]:not([hidden])").wait_for(timeout=MADE)
    frame = page.locator("#render .frame").bounding_box()
    page.locator("#render[data-state=done] .frame-picture").wait_for(timeout=MADE)
    framed = page.locator("#render .frame").bounding_box()
    page.locator("#candidates [data-state=done] img").nth(1).wait_for(timeout=MADE)
    page.wait_for_load_state("networkidle")  # what is under way when a page is left, it complains about
    page.keyboard.press("c")
    page.get_by_role("heading", name="Compare candidates").wait_for()
    page.locator("[data-pane-frame][data-viewed]").nth(1).wait_for()

    walked = []
    for key in ("2", "ArrowLeft", "ArrowRight", "o"):
        page.keyboard.press(key)
        walked.append(current(page))
    seen = [page.locator(f"[data-pane='{number}']").is_visible() for number in (1, 2)]
    page.keyboard.press("Enter")
    page.get_by_text("Chosen. The others stay in the history.").wait_for()
    chosen = page.locator("[data-pane][data-chosen]")

    assert round(two / one) == 2
    assert prompt == "a lighthouse"
    assert frame == framed, "the picture stays where its preview was"
    assert (walked, seen) == (["2", "1", "2", "2"], [False, True])
    assert [pane.get_attribute("data-pane") for pane in chosen.all()] == ["2"]
    assert "seed 8" in chosen.inner_text()
    assert page.problems == []


def test_an_output_is_used_as_the_input_of_another_tool(enter, generated):
    page = enter("student7", width=390, height=844)
    page.goto("/jobs/?tool=text-to-image&state=done")
    page.locator(".made-card").first.locator("summary").click()
    page.locator(".menu[open] .menu-list").get_by_role("link", name="Image to video").click()
    page.get_by_role("heading", name="Image to video").wait_for()
    source = page.url.split("source=")[1]

    assert page.locator("input[name=source]:checked").get_attribute("value") == source
    assert page.problems == []


def test_the_queue_and_the_fleet_look_again_by_themselves(enter, generated):
    for username, path in (("student7", "/queue/"), ("admin", "/fleet/")):
        page = enter(username)
        page.goto(path)
        page.evaluate("document.getElementById('live').dataset.old = ''")
        page.locator("#live:not([data-old])").wait_for()

        assert page.problems == []
