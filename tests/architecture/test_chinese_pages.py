"""No English sentence stands on a Chinese page: what people wrote in the school is Chinese, the rest is ours."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.architecture.school import make_school, table, url_of

pytestmark = pytest.mark.django_db
READERS = ["alice", "bob", "mia", "ada"]
SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "label", "content", "value"}
SENTENCE = re.compile(r"[A-Za-z][A-Za-z’'-]*(?:[\s,]+[A-Za-z][A-Za-z’'-]*){2,}")
LEFT_OUT = {
    "api_docs": "the page is another project's, in English only",
    "api_schema": "a document for programs",
    "ui:gallery": "its samples are texts in both languages",
    "ui:gallery_room": "its samples are texts in both languages",
}
NOT_FOUND = "/courses/00000000-0000-4000-8000-000000000000/"


class Reading(HTMLParser):
    """Collects what a person reads or hears, but for code, foreign words and the head's switches."""

    silent = frozenset({"script", "style", "code", "pre", "kbd", "template", "symbol"})
    void = frozenset(
        {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    )

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag not in self.void:
            self.open.append(
                tag in self.silent or (tag != "html" and dict(attrs).get("lang", "").startswith("en"))
            )
        if tag == "meta" or (tag == "input" and dict(attrs).get("type") == "hidden"):
            return
        self.words += [value for name, value in attrs if name in SPOKEN and value and not any(self.open)]
        self.words += [value for name, value in attrs if name.startswith("data-words-") and value]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag not in self.void and self.open:
            self.open.pop()

    def handle_data(self, data):
        if not any(self.open):
            self.words.append(data)


def english_in(page: str) -> list[str]:
    """Return the runs of three or more English words that a reader of the page meets."""
    return [run for words in Reading(page).words for run in SENTENCE.findall(words)]


def pages_of(client, school, person):
    """Yield name and text of every page the person may see, and of the page that is not there."""
    yield "404", client.get(NOT_FOUND).content.decode()
    for name, address in table().items():
        if address.answers[person] not in {200, 403} or name in LEFT_OUT or name.startswith("api:"):
            continue
        response = client.get(url_of(address, school))
        if response.headers["Content-Type"].startswith("text/html"):
            yield name, response.content.decode()


@pytest.mark.parametrize("person", READERS)
def test_no_english_sentence_stands_on_a_chinese_page(client, person):
    school = make_school()
    user = getattr(school, person)
    user.language = "zh-hans"
    user.save()
    client.force_login(user)

    found = {
        name: english for name, page in pages_of(client, school, person) if (english := english_in(page))
    }

    assert found == {}


def test_the_log_in_page_is_chinese_for_a_chinese_browser(client):
    page = client.get("/log-in/", headers={"Accept-Language": "zh-CN,zh"}).content.decode()

    assert english_in(page) == []
    assert "登录" in page


def test_english_on_a_page_is_found():
    page = (
        '<html lang="zh-Hans"><p>样片 <b>Add the rush</b> <code>make a demo</code><br><img alt="A small boat"> '
        '<i lang="en">left as it is</i>'
    )

    assert english_in(page) == ["Add the rush", "A small boat"]
