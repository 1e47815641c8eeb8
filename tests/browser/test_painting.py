"""A stick figure painted on the page, and the picture drawn along it."""

from __future__ import annotations

import pytest

from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MADE = 120_000
"""Milliseconds for a picture on a busy machine."""
LIMBS = (
    ((0.5, 0.2), (0.5, 0.6)), ((0.5, 0.6), (0.42, 0.9)), ((0.5, 0.6), (0.58, 0.9)),
    ((0.5, 0.3), (0.4, 0.5)), ((0.5, 0.3), (0.62, 0.42)),
)  # fmt: skip


def paint(page):
    board = page.locator("[data-board]").bounding_box()
    for ends in LIMBS:
        start, end = ((board["x"] + board["width"] * x, board["y"] + board["height"] * y) for x, y in ends)
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=4)
        page.mouse.up()


def test_a_pose_is_painted_chosen_and_drawn_along(enter, handed_in):
    page = enter("student6")
    steps.open_capstone(page)
    page.get_by_role("link", name="Open the work").click()
    page.locator(".rail-tools").get_by_role("link", name="Text to image").click()
    page.locator(".tool-chips").get_by_role("link", name="Pose to image").click()
    page.get_by_role("button", name="Paint it here").click()
    page.get_by_role("button", name="Use it").click()
    told = page.get_by_role("alert").inner_text()
    paint(page)
    page.get_by_role("button", name="Undo").click()
    with page.expect_response("**/paintings/") as kept:
        page.get_by_role("button", name="Use it").click()
    chosen = page.locator("input[name='media-control']:checked")
    chosen.wait_for(state="attached")
    page.get_by_label("Place").fill("an empty stage")
    page.get_by_role("button", name="Generate").click()
    page.locator("#render[data-state=done] .frame-picture").wait_for(timeout=MADE)
    assert told == "Nothing is painted yet."
    assert kept.value.status == 200
    assert page.problems == []
