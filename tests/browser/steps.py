"""What people do in the browser, step by step, in their own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from footage.assembly import Stretch, assemble
from footage.painter.scene import parse_scene
from footage.painter.takes import Camera, write_take

FPS = Fraction(25)
SIZE = {"width": 320, "height": 180}
SHOT_ON = datetime(2026, 10, 12, 8, tzinfo=UTC)
BOAT = {
    "A001_boat.mov": "wide, sea, dusk, a boat, red",
    "A002_forest.mov": "medium, forest, day, a figure, blue",
}
TRAIN = {
    "B001_train.mov": "wide, desert, day, a train, blue",
    "B002_town.mov": "medium, old town, night, a figure, yellow",
}
CAPSTONE = "Hybrid film of our place"
MEASURED = 120_000
"""Milliseconds for tracing on a busy machine."""


def shoot(folder: Path, scenes: Mapping[str, str]) -> list[Path]:
    """Paint four seconds of each scene."""
    paths = [folder / name for name in scenes]
    for path, words in zip(paths, scenes.values(), strict=True):
        scene, camera = parse_scene(words), Camera()
        write_take(
            path,
            scene,
            seed=len(words),
            seconds=Fraction(4),
            fps=FPS,
            camera=camera,
            taken_at=SHOT_ON,
            **SIZE,
        )
    return paths


def cut_film(path: Path, takes: Sequence[Path], still: Path | None = None) -> Path:
    """Cut two seconds of the first rush, one of the still, one of the second rush: a quarter is generated."""
    parts = [Stretch(takes[0], Fraction(2), Fraction(1)), Stretch(takes[1], Fraction(1), Fraction(1))]
    if still is not None:
        parts.insert(1, Stretch(still, Fraction(1)))
    assemble(path, parts, fps=FPS, **SIZE)
    return path


def log_in(page: Any, username: str, password: str) -> None:
    page.goto("/log-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Today", level=1).wait_for()


def open_capstone(page: Any) -> None:
    """Go from the first page to the capstone's brief, as a person finds it."""
    page.goto("/")
    page.get_by_role("link", name="Courses").click()
    page.get_by_role("link", name="Making hybrid films").click()
    page.get_by_role("link", name=CAPSTONE).click()
    page.get_by_role("heading", name=CAPSTONE, level=1).wait_for()


def start_capstone(page: Any) -> None:
    open_capstone(page)
    page.get_by_role("button", name="Start the work").click()
    page.locator(".room-rail").wait_for()


def bring(page: Any, part: str, files: Sequence[Path]) -> None:
    """Upload files into a part of the work room and wait until workers have prepared them."""
    page.locator(".rail-parts").get_by_role("link", name=part).click()
    page.locator(".rail-parts [aria-current]", has_text=part).wait_for()
    page.locator("[data-dropzone][data-bound] input[type=file]").set_input_files(
        [str(file) for file in files]
    )
    for file in files:
        page.locator(".take[data-state=ready]", has_text=file.name).wait_for(timeout=60_000)


def generate(page: Any, place: str, *, count: int = 1) -> None:
    """Ask for a picture, or several candidates, from the work room and watch the first being made."""
    page.locator(".rail-tools").get_by_role("link", name="Text to image").click()
    page.get_by_label("Place").fill(place)
    page.get_by_role("radio", name=str(count)).check()
    page.get_by_role("button", name="Generate").click()
    page.locator("#render[data-state=done] img").first.wait_for(timeout=120_000)


def record_release(page: Any, person: str) -> None:
    """Keep what a person allows, with the sheet they signed, from the work room on."""
    page.get_by_role("link", name="Releases").click()
    page.get_by_label("Name of the person").fill(person)
    page.get_by_label("face and body").check()
    page.get_by_label("What they agreed to").fill("One scene at the quay.")
    page.get_by_label("Signed on").fill("2026-03-01")
    sheet = {"name": "release.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 signed"}
    page.get_by_label("Signed sheet").set_input_files(sheet)
    page.get_by_role("button", name="Keep the release").click()
    page.get_by_role("heading", name=person, level=1).wait_for()


def write_set_log(page: Any, place: str) -> None:
    """Note where the first rush was shot and sign it, from the work room on."""
    page.get_by_role("link", name="Set log").click()
    page.get_by_role("group", name="Files this is about").get_by_role("checkbox").first.check()
    page.get_by_label("Place").fill(place)
    page.get_by_label("Who was there").fill("Lin Anran, Zhao Lei")
    page.get_by_label("Shot with").fill("iPhone 15")
    page.get_by_role("button", name="Keep the entry").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("It waits for a teacher.").wait_for()


def admit(page: Any, start: str, end: str, tool: str) -> None:
    """Say on the page of the measure that a stretch is AI, and watch the interval move."""
    page.get_by_role("link", name="admission").first.click()
    form = page.locator("#stretch")
    form.get_by_label("From").fill(start)
    form.get_by_label("To").fill(end)
    form.get_by_label("Made with").fill(tool)
    form.get_by_role("button", name="Admit it").click()
    page.locator(".moved-both").wait_for(timeout=MEASURED)


def take_back(page: Any, tool: str) -> None:
    page.get_by_role("link", name="1 admission").click()
    page.get_by_role("button", name=f"Take back: {tool}").click()
    page.get_by_text("taken back by").wait_for()


def save_cut(page: Any) -> None:
    page.get_by_role("link", name="New cut").first.click()
    page.get_by_role("button", name="Save the cut").click()
    page.get_by_text("Saved as version 1.").wait_for()


def wait_for_measure(page: Any) -> None:
    """Watch the trace end in the strip of the work room."""
    page.locator(".room-strip .strip-panel .seg").first.wait_for(timeout=MEASURED)


def hand_in(page: Any) -> None:
    page.get_by_role("button", name="Hand in").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in version 1").click()
    page.locator(".receipt-code").wait_for()
