"""The scripts of the components, in real Chromium."""

import pytest

pytestmark = pytest.mark.browser
FIRST = "[data-lane=picture] .seg"


@pytest.mark.parametrize("path", ["/ui/", "/ui/room/"])
@pytest.mark.parametrize("width", [360, 390, 1440])
def test_pages_fit_their_width_without_a_word_on_the_console(open_page, path, width):
    page = open_page(path, width=width, scheme="dark")

    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert (fits, page.problems) == (True, [])


def test_touch_targets_are_large_enough_on_phones(open_page):
    page = open_page("/ui/", width=390)

    small = page.evaluate(
        """() => [...document.querySelectorAll('.button:not(.is-small), .nav a, select, input[type=text]')]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
        .map((one) => one.outerHTML.slice(0, 80))"""
    )

    assert small == []


def test_arrow_keys_walk_the_strip_and_enter_opens_the_evidence(open_page):
    page = open_page("/ui/")
    page.locator(FIRST).first.focus()

    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    in_voice = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    detail = page.locator("[data-strip-detail]").inner_text()
    page.keyboard.press("Enter")

    assert in_voice.startswith("Voice: 00:00:03:05–00:00:11:05 · Human · V01.wav")
    assert detail.startswith("Picture: 00:00:03:05–00:00:05:15 · Human · A001_C004.mov")
    assert page.evaluate("document.activeElement.id").endswith("-picture-1-row")
    assert page.locator("[data-strip-table]").get_attribute("open") == ""
    assert page.locator(".seg[tabindex='0']").count() == 1


def test_the_strip_zooms_and_shows_more_letters(open_page):
    page = open_page("/ui/", width=360)
    track = page.locator("[data-strip-track]")
    before = track.evaluate("(one) => one.offsetWidth")

    for _press in range(2):
        page.locator("[data-strip-zoom='2']").click()

    assert track.evaluate("(one) => one.offsetWidth") == before * 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True


def test_the_playhead_and_the_film_follow_each_other(open_page):
    page = open_page("/ui/")
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")

    page.locator("[data-lane=picture] .seg").nth(4).click(position={"x": 5, "y": 5})
    page.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 11.2) < 0.05")
    place = page.locator("[data-strip-playhead]").evaluate("(one) => parseFloat(one.style.insetInlineStart)")

    assert round(place) == 47


def test_the_player_steps_frames_and_says_the_timecode(open_page):
    page = open_page("/ui/")
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    time = page.locator("[data-player-time]")

    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Shift+ArrowRight"):
        page.keyboard.press(key)
        page.wait_for_function("() => !document.querySelector('video').seeking")
    page.wait_for_function("() => document.querySelector('[data-player-time]').textContent === '00:00:01:02'")

    assert time.inner_text() == "00:00:01:02"
    assert page.problems == []


def test_charts_take_their_colours_from_the_theme(open_page):
    colours = {}
    for scheme in ("light", "dark"):
        page = open_page("/ui/", scheme=scheme)
        page.wait_for_selector(".js-plotly-plot .point")
        colours[scheme] = page.locator(".scatterlayer .point").first.evaluate("(one) => one.style.fill")

    assert colours == {"light": "rgb(24, 24, 24)", "dark": "rgb(233, 233, 233)"}


def test_a_point_of_a_chart_leads_to_its_film(open_page):
    page = open_page("/ui/")
    page.wait_for_selector(".js-plotly-plot .point")
    page.locator("[data-chart]").first.scroll_into_view_if_needed()
    box = page.locator(".scatterlayer .point").nth(5).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".hoverlayer .hovertext")

    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/ui/room/")

    assert page.title() == "Room · Dailies"


def test_tabs_and_dialogs_work_from_the_keyboard(open_page):
    page = open_page("/ui/")
    page.locator("#sample-rubric-tab").focus()

    page.keyboard.press("ArrowRight")
    shown = page.evaluate(
        "[...document.querySelectorAll('.tab-panel')].filter((one) => !one.hidden).map((one) => one.id)"
    )
    page.locator("[data-open=sample-dialog]").press("Enter")
    is_open = page.locator("#sample-dialog").evaluate("(one) => one.open")
    page.keyboard.press("Escape")

    assert (shown, is_open) == (["sample-notes"], True)
    assert page.evaluate("document.activeElement.dataset.open") == "sample-dialog"


def test_uploads_show_what_was_stored_and_what_was_refused(open_page):
    page = open_page("/progress/")
    files = [
        {"name": name, "mimeType": "video/quicktime", "buffer": b"0" * 100_000}
        for name in ("good.mov", "bad.mov")
    ]

    page.locator("input[type=file]").set_input_files(files)
    page.wait_for_selector("[data-state=failed]")
    page.wait_for_selector("[data-state=done]")
    rows = page.locator("[data-dropzone-files] > li")

    assert [rows.nth(at).get_attribute("data-state") for at in (0, 1)] == ["done", "failed"]
    assert rows.nth(1).locator(".dropzone-error").inner_text() == "bad.mov breaks off."
    assert rows.nth(1).locator("button").inner_text() == "Try again"
    assert rows.nth(0).locator("progress").evaluate("(one) => one.value") == 1


def test_progress_follows_the_stream_to_its_end(open_page):
    page = open_page("/progress/")

    page.wait_for_selector("#live [data-state=done]")

    page.wait_for_load_state("networkidle")

    assert page.locator("#live p").all_inner_texts() == ["drawn again"]
    assert page.locator("#live .progress-note").inner_text() == "whole"
    assert page.locator("#live progress").evaluate("(one) => one.value") == 1


def test_a_refusal_by_htmx_becomes_a_toast_and_the_page_stays(open_page):
    page = open_page("/progress/")

    page.locator("#refuse").click()
    toast = page.wait_for_selector("[data-toasts] .message")

    assert toast.inner_text() == "The queue is closed until Monday."
    assert page.locator("#refuse").count() == 1
