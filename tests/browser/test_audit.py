"""The administrator's way from the first page to the audit, its filters and its table as a file."""

from __future__ import annotations

import csv

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_an_administrator_filters_the_audit_and_takes_it_along(enter, handed_in):
    page = enter("admin")
    page.goto("/")
    page.get_by_role("link", name="Open the audit").click()
    row = page.locator(".audit tbody tr", has_text="Hybrid film of our place")
    row.wait_for()

    page.get_by_label("Verdict").select_option("over")
    page.get_by_text("Nothing matches these filters").wait_for()
    page.get_by_role("link", name="Clear").click()
    row.wait_for()
    page.get_by_label("Verdict").select_option("within")
    page.wait_for_url("**/audit/?*verdict=within*")
    row.wait_for()
    with page.expect_download() as arriving:
        page.get_by_role("link", name="CSV").click()
    lines = list(csv.DictReader(arriving.value.path().open(encoding="utf-8-sig", newline="")))
    row.get_by_role("link", name="Hybrid film of our place").click()
    page.get_by_role("link", name="dunes.mp4").or_(page.get_by_role("link", name="Daylight")).first.wait_for()

    films = {
        line["Film"]: (line["Made by"], line["AI share from, %"], line["AI share to, %"], line["Verdict"])
        for line in lines
    }
    assert films["dunes.mp4"] == ("Daylight", "0.0", "0.0", "within the cap")
    assert page.problems == []
