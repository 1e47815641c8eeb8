"""The same drawings on paper: WeasyPrint with the sheet of reports."""

import logging

import pytest
from django.contrib.staticfiles import finders
from django.template import engines

from ui import samples

REPORT = """{% load ui %}<!doctype html><html lang="en"><body class="report"><header>{% brand %}</header>
{% gauge 0.303 0.421 cap=0.4 %}{% strip assessment %}
{% waterfall assessment.hcid %}{% state_legend %}</body></html>"""


@pytest.fixture(scope="module")
def pages():
    weasyprint = pytest.importorskip("weasyprint")
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    html = engines["django"].from_string(REPORT).render({"assessment": samples.assessment()})
    sheet = weasyprint.CSS(filename=finders.find("ui/css/report.css"))
    return weasyprint.HTML(string=html).render(stylesheets=[sheet])


def texts(box):
    if getattr(box, "text", None):
        yield box.text
    for child in getattr(box, "children", []):
        yield from texts(child)


def test_a_report_with_every_drawing_becomes_pages(pages):
    assert len(pages.pages) == 2
    assert pages.write_pdf()[:5] == b"%PDF-"


def test_paper_keeps_the_words_beside_the_drawings(pages):
    words = " ".join(text for page in pages.pages for text in texts(page._page_box)).replace("\xa0", " ")

    assert [
        line
        for line in ("30–43 % AI", "A001_C003.mov", "62.3–71.1", "Not proven either way.")
        if line not in words
    ] == []


def test_paper_hides_what_only_a_screen_does(pages):
    words = " ".join(text for page in pages.pages for text in texts(page._page_box))

    assert "arrow keys" not in words
