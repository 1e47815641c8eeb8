"""A student's way from the first rush to the receipt, in real Chromium against the running platform."""

from __future__ import annotations

import re

import pytest

from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def download(page, folder):
    """Take the picture that was made along; return its path."""
    with page.expect_download() as arriving:
        page.locator("#render").get_by_role("link", name="Download").click()
    path = folder / arriving.value.suggested_filename
    arriving.value.save_as(path)
    return path


def spaced(words):
    return words.replace("\u202f", " ").replace("\u00a0", " ")


def walk_the_strip(page):
    """Walk by arrow keys from the first segment to the last and open the evidence of each; return what is said."""
    page.locator("[data-strip-tools]:not([hidden])").wait_for()
    lane = page.locator("[data-lane=picture] .seg")
    lane.first.focus()
    said = []
    for _segment in range(lane.count()):
        page.keyboard.press("Enter")
        state = page.evaluate("document.activeElement.dataset.state")
        page.locator(f"#evidence .state[data-state={state}], #evidence [data-state={state}]").first.wait_for()
        said.append((state, page.locator("#evidence h3").inner_text()))
        page.keyboard.press("ArrowRight")
    return said


def test_a_student_makes_a_film_and_hands_it_in(enter, takes, tmp_path):
    page = enter("student1")

    steps.start_capstone(page)
    steps.bring(page, "Rushes", takes)
    work_room = page.url.split("?")[0]
    steps.generate(page, "a harbour that may be a dream")
    dream = download(page, tmp_path)
    page.goto(work_room)
    steps.bring(page, "Films", [steps.cut_film(tmp_path / "harbour.mp4", takes, dream)])
    steps.save_cut(page)
    steps.wait_for_measure(page)
    page.get_by_role("link", name="Evidence and measure").first.click()
    page.locator("#evidence").wait_for()
    states = [state for state, _words in walk_the_strip(page)]
    gauge = page.locator(".measure-share .gauge").inner_text()
    steps.admit(page, "00:00:00:00", "1", "Kling 2.1")
    moved = page.locator(".moved-both").inner_text()
    steps.take_back(page, "Kling 2.1")
    page.goto(work_room)
    steps.hand_in(page)

    assert states == ["H", "A", "H"]
    assert "25 % AI" in spaced(gauge)
    assert "25 % AI" in spaced(moved).split("after")[0]
    assert "50 % AI" in spaced(moved).split("after")[1]
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", page.locator(".receipt-code").inner_text())
    assert page.problems == []


def test_a_file_that_is_no_film_is_refused_with_a_sentence(enter, handed_in, tmp_path):
    page = enter("student5")
    impostor = tmp_path / "holiday.mov"
    impostor.write_text("<html><script>alert(1)</script></html>")

    page.goto(handed_in)
    page.get_by_role("navigation", name="Where you are").get_by_role("link").last.click()
    page.locator(".rail-parts").get_by_role("link", name="Rushes").click()
    page.locator("[data-dropzone][data-bound] input[type=file]").set_input_files(str(impostor))
    row = page.locator("[data-dropzone-files] li", has_text="holiday.mov")
    refused = page.locator(".take[data-state=refused]", has_text="holiday.mov")
    row.locator(".dropzone-error:visible").or_(refused).first.wait_for(timeout=60_000)

    words = row.locator(".dropzone-error").inner_text() or refused.locator(".take-problem").inner_text()
    assert "holiday.mov" in words
