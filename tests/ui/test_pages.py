"""Frame, errors, refusals, files."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

from ui import templatetags
from ui.finders import PlotlyFinder
from ui.htmx import toast

TEMPLATES = Path(templatetags.__file__).resolve().parent.parent / "templates"
pytestmark = pytest.mark.urls("tests.ui.urls")
SENTENCE = "The queue is closed until Monday."


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500", "ui/refused"])
def test_error_pages_can_be_drawn_without_a_request(code):
    html = render_to_string(f"{code}.html")

    assert re.search(r"<h1>.+</h1>\s*<p>", html)


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh-hans", "zh-Hans")])
def test_the_gallery_says_its_language(client, language, tag):
    html = client.get("/ui/", headers={"Accept-Language": language}).content.decode()

    assert f'<html lang="{tag}">' in html


def test_the_gallery_can_be_forced_dark(client):
    assert 'data-theme="dark"' in client.get("/ui/?theme=dark").content.decode()
    assert "data-theme" not in client.get('/ui/?theme="><b>').content.decode().split("<head>")[0]


def test_rooms_are_always_dark(client):
    assert '<html lang="en" data-theme="dark">' in client.get("/ui/room/").content.decode()


def test_pages_run_no_inline_script(client):
    answer = client.get("/ui/")

    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_inline_style_script_or_handler(path):
    source = path.read_text()

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:", source) == []


def test_a_refused_post_returns_to_the_page_with_the_sentence(client):
    answer = client.post("/refuse/", headers={"Referer": "http://testserver/ui/"})

    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/ui/")
    assert [str(message) for message in answer.wsgi_request._messages] == [SENTENCE]


@pytest.mark.parametrize("referer", ["https://elsewhere.example/", "http://testserver/refuse/", ""])
def test_a_refused_page_neither_loops_nor_leads_elsewhere(client, referer):
    answer = client.get("/refuse/", headers={"Referer": referer})

    assert answer.status_code == 409
    assert SENTENCE in answer.content.decode()
    assert "elsewhere" not in answer.content.decode()


def test_a_refused_script_gets_json():
    answer = Client().post("/refuse/", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"], answer.json()["ok"]) == (409, SENTENCE, False)


def test_refused_htmx_keeps_the_page_and_shows_a_toast():
    answer = Client().post("/refuse/", headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert json.loads(answer["HX-Trigger"]) == {"toast": {"message": SENTENCE, "tone": "error"}}


def test_a_toast_travels_in_ascii_beside_other_triggers():
    from django.http import HttpResponse

    answer = toast(HttpResponse(headers={"HX-Trigger": '{"queued": 1}'}), "已交片")

    assert answer["HX-Trigger"].isascii()
    assert json.loads(answer["HX-Trigger"]) == {
        "queued": 1,
        "toast": {"message": "已交片", "tone": "success"},
    }


def test_plotly_comes_from_its_package():
    found = Path(finders.find("ui/vendor/plotly.min.js"))

    assert (found.parts[-2:], found.stat().st_size > 10**6) == (("package_data", "plotly.min.js"), True)
    assert PlotlyFinder().find("ui/vendor/plotly.js") is None


@pytest.mark.parametrize("path", ["ui/vendor/htmx.min.js", "ui/img/icons.svg"])
def test_what_others_wrote_comes_with_its_licence(path):
    licence = {
        "ui/vendor/htmx.min.js": "ui/vendor/htmx.LICENSE.txt",
        "ui/img/icons.svg": "ui/img/icons.LICENSE.txt",
    }

    assert (bool(finders.find(path)), bool(finders.find(licence[path]))) == (True, True)


def test_every_sheet_of_a_component_is_imported_once():
    css = Path(finders.find("ui/css/ui.css"))
    imported = re.findall(r'url\("components/(\w+)\.css"\)', css.read_text())

    assert sorted(imported) == sorted(path.stem for path in (css.parent / "components").glob("*.css"))
