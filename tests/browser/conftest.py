"""One school for all journeys: its processes run once, each journey has a browser context of its own."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser import steps
from tests.browser.running import PASSWORD, running_school
from tests.chromium import opened


@pytest.fixture(scope="package")
def chromium():
    with opened() as browser:
        yield browser


@pytest.fixture(scope="package")
def school(tmp_path_factory):
    with running_school(tmp_path_factory.mktemp("school")) as address:
        yield address


@pytest.fixture(scope="package")
def takes(tmp_path_factory):
    """Two tiny rushes of the crew Tungsten, as a camera wrote them."""
    return steps.shoot(tmp_path_factory.mktemp("takes"), steps.BOAT)


@pytest.fixture(scope="package")
def keys(chromium, school) -> Callable[[str], dict[str, Any]]:
    """Return what a browser keeps of somebody who has logged in: everybody types the password once."""
    kept: dict[str, dict[str, Any]] = {}

    def of(username: str) -> dict[str, Any]:
        if username not in kept:
            context = chromium.new_context(base_url=school, locale="en-GB")
            steps.log_in(context.new_page(), username, PASSWORD)
            kept[username] = context.storage_state()
            context.close()
        return kept[username]

    return of


@pytest.fixture
def enter(request, chromium, school, keys):
    """Open a page for somebody who has logged in; what its console complains about is in `page.problems`."""
    contexts = []

    def open_page(username: str, *, width: int = 1440, height: int = 900, scheme: str = "light") -> Any:
        context = chromium.new_context(
            base_url=school, storage_state=keys(username) if username else None, color_scheme=scheme, locale="en-GB",
            viewport={"width": width, "height": height}, reduced_motion="reduce", accept_downloads=True,
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(30_000)
        return watched(context.new_page())

    yield open_page
    for number, context in enumerate(contexts):
        if "DAILIES_SHOTS" in os.environ:  # a folder: how each page looked in the end
            name = re.sub(r"\W+", "-", request.node.name)
            context.pages[0].screenshot(
                path=Path(os.environ["DAILIES_SHOTS"]) / f"{name}{number}.png", full_page=True
            )
        context.close()


def watched(page: Any) -> Any:
    """Collect the page's errors, refused styles and scripts included."""
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda line: page.problems.append(line.text) if line.type == "error" else None)
    return page


@pytest.fixture(scope="package")
def handed_in(chromium, school, keys, tmp_path_factory) -> str:
    """The address of a film that the crew Daylight has shot, cut, had measured and handed in."""
    context = chromium.new_context(base_url=school, storage_state=keys("student5"), locale="en-GB")
    context.set_default_timeout(30_000)
    page = watched(context.new_page())
    folder = tmp_path_factory.mktemp("daylight")
    takes = steps.shoot(folder, steps.TRAIN)
    steps.start_capstone(page)
    steps.bring(page, "Rushes", takes)
    film = steps.cut_film(folder / "dunes.mp4", takes)
    steps.bring(page, "Films", [film])
    steps.save_cut(page)
    steps.wait_for_measure(page)
    steps.hand_in(page)
    address: str = page.url.removeprefix(school)
    assert page.problems == []
    context.close()
    return address


@pytest.fixture(scope="package")
def generated(chromium, school, keys, handed_in) -> None:
    """The crew Daylight has asked for two candidates of a picture, too, and both are there."""
    context = chromium.new_context(base_url=school, storage_state=keys("student5"), locale="en-GB")
    context.set_default_timeout(30_000)
    page = context.new_page()
    steps.open_capstone(page)
    page.get_by_role("link", name="Open the work").click()
    steps.generate(page, "a gate in the sand", count=2)
    page.locator("#candidates [data-state=done] img").nth(1).wait_for(timeout=120_000)
    context.close()


@pytest.fixture(scope="package")
def released(chromium, school, keys, generated) -> str:
    """The address of a release that the crew Daylight has recorded and its instructor has approved."""
    context = chromium.new_context(base_url=school, storage_state=keys("student5"), locale="en-GB")
    context.set_default_timeout(30_000)
    page = context.new_page()
    steps.open_capstone(page)
    page.get_by_role("link", name="Open the work").click()
    steps.write_set_log(page, "The dunes")
    page.get_by_role("navigation", name="Where you are").get_by_role("link").first.click()
    steps.record_release(page, "Lin Anran")
    address: str = page.url.removeprefix(school)
    context.close()
    context = chromium.new_context(base_url=school, storage_state=keys("instructor"), locale="en-GB")
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved by").wait_for()
    context.close()
    return address
