"""Every page a role can reach by links: on a phone and on a wide screen, in both languages, light and dark."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.architecture.school import addresses

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ROLES = ["student5", "instructor", "mentor", "admin"]
NOT_A_PAGE = {
    "assignments:release_approve", "assignments:release_revoke", "generation:held_decide", "accounts:language",
    "accounts:log_out", "accounts:token", "courses:lesson_finish", "courses:module_publish",
    "assignments:media_retry", "assignments:media_upload", "assignments:work_start", "generation:engine_check",
    "generation:candidate_choose", "generation:job_again", "generation:tool_quote", "generation:painting_keep",
    "generation:worker_wish", "generation:engine_switch", "generation:job_cancel", "generation:job_retry",
    "generation:output_viewed", "ethics:appeal_withdraw", "ethics:package_create",
    "ethics:measure_again", "grading:report_create",
    "ledger:witness_add_checkpoint", "ui:gallery_upload", "assignments:set_log_sign", "assignments:set_log_countersign",
    "ethics:admission_withdraw", "ethics:work_rate",
}  # fmt: skip
"""They answer POST only."""
NOT_READ = {
    "assignments:release_sheet", "assignments:releases_waiting_panel", "generation:held_file",
    "generation:held_panel", "generation:release_panel", "assignments:cut_detail", "assignments:media_detail",
    "assignments:media_file", "ethics:appeal_detail", "ethics:assessment_appeal", "ethics:declared_panel", "ethics:news_panel",
    "ethics:package_file", "ethics:package_row", "ethics:packages_panel",
    "ethics:segment_decide", "ethics:assessment_json", "ethics:assessment_state", "ethics:segment_panel",
    "ethics:share_panel", "ethics:strip_panel", "generation:engine_edit", "generation:candidates_panel",
    "generation:job_events", "generation:job_next", "generation:job_preview", "generation:job_panel",
    "generation:job_progress", "generation:tools_panel", "grading:audit_csv", "grading:certificate",
    "grading:report_file", "grading:report_row", "grading:rubric_panel", "ledger:checkpoint", "ledger:policy",
    "ledger:tile", "ledger:verifier", "ledger:witness_checkpoint", "api_docs", "api_schema",
    "assignments:set_logs_waiting_panel", "ethics:moved_panel",
}  # fmt: skip
"""They lead on, are parts of other pages, files, or another project's page."""
DIFFER = {
    "home",
    "courses:course_detail",
    "courses:crew_list",
    "assignments:work_detail",
    "assignments:brief_detail",
}
"""Pages that show each role something else."""
MAY_REFUSE = {"assignments:cut_hand_in"}
"""Looked for behind every film, and answered to its makers only."""
START = ["/", "/ui/", "/ui/room/", "/ledger/consistency/"]
"""The gallery is for makers of pages; the ledger leads to consistency once two heads are signed."""
SETTLED = """() => document.readyState === 'complete'
  && !document.querySelector('.htmx-request')
  && document.fonts.status === 'loaded'
  && [...document.images].every((image) => image.complete || image.loading === 'lazy')"""
"""All is there that a page asks for by itself. Half a second without a request took longer than all the rest."""
FAULTS = """() => {
  const found = [];
  const name = (one) => one.outerHTML.replace(/\\s+/g, " ").slice(0, 120);
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
    const wide = [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
    found.push("scrolls sideways: " + wide.slice(0, 3).map(name).join(" | "));
  }
  const headings = [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility());
  if (headings.length !== 1 || !headings[0].innerText.trim()) found.push(`${headings.length} h1`);
  if (!document.title.trim().replace(/^·/, "") || document.title.startsWith(" ·")) found.push("no title");
  const speaks = (one) => (one.getAttribute("aria-label") || one.getAttribute("title") || one.innerText || "").trim()
    || [...(one.labels || [])].some((label) => label.innerText.trim())
    || (one.getAttribute("aria-labelledby") || "").split(" ").some((id) => document.getElementById(id)?.innerText.trim())
    || [...one.querySelectorAll("img[alt], svg[aria-label], [aria-label]")].some((part) => part.alt || part.getAttribute("aria-label"));
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=slider]";
  for (const one of document.querySelectorAll(controls)) {
    if (one.checkVisibility() && !one.closest("[aria-hidden=true]") && !speaks(one)) found.push("without a name: " + name(one));
  }
  for (const one of document.querySelectorAll('a[href=""], a[href="#"]:not([data-start]), form[action=""]')) {
    if (one.checkVisibility()) found.push("leads nowhere: " + name(one));
  }
  for (const one of document.querySelectorAll("img:not([alt])")) found.push("without alt: " + name(one));
  for (const one of document.images) if (one.complete && !one.naturalWidth && one.checkVisibility()) found.push("broken: " + name(one));
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) found.push("twice: #" + id);
  return found;
}"""


def name_of(url: str) -> str:
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


def pages_within_reach(page) -> dict[str, str]:
    """Follow links from the first page; return one address for each name of a page."""
    found, waiting = {}, [*START]
    while waiting:
        path = waiting.pop(0)
        name = name_of(path)
        if not name or name in found or name.startswith("admin:") or name in NOT_READ | NOT_A_PAGE:
            continue
        answer = page.request.get(path)
        if name in MAY_REFUSE and answer.status in {403, 409}:
            continue
        assert answer.status == 200, path
        found[name] = path
        text = answer.text().replace("&amp;", "&")
        links = [
            link for link in re.findall(r'<a [^>]*?href="(/[^"#]*)', text) if not link.startswith("/static/")
        ]
        without_dialog = [f"{link}hand-in/" for link in links if name_of(link) == "assignments:cut_detail"]
        waiting += links + without_dialog
    return found


@pytest.fixture(scope="package")
def within_reach(chromium, school, keys, released):
    """Per role: one address for each page that it can reach and no role before it could, and those that differ."""
    reached, seen = {}, set()
    for role in ROLES:
        context = chromium.new_context(base_url=school, storage_state=keys(role))
        found = pages_within_reach(context.new_page())
        reached[role] = {name: path for name, path in found.items() if name not in seen - DIFFER}
        seen |= set(found)
        context.close()
    return reached


def test_every_page_can_be_reached_by_links(within_reach):
    reached = {name for pages in within_reach.values() for name in pages}
    pages = {name for name, _arguments in addresses() if not name.startswith("api:")} - NOT_A_PAGE - NOT_READ

    assert pages - reached - {"accounts:log_in"} == set()


@pytest.mark.parametrize(
    ("width", "language", "scheme"),
    [(390, "en", "dark"), (390, "zh-hans", "light"), (1440, "zh-hans", "dark")],
)
@pytest.mark.parametrize("role", ROLES)
def test_pages_fit_speak_and_keep_the_console_quiet(enter, within_reach, role, width, language, scheme):
    page = enter(role, width=width, height=844 if width < 500 else 900, scheme=scheme)
    switch_to(page, language)
    faults = []
    for path in within_reach[role].values():
        page.problems.clear()
        page.goto(path)
        page.wait_for_function(SETTLED)
        faults += [f"{path}: {fault}" for fault in page.evaluate(FAULTS) + page.problems]
    switch_to(page, "en")

    assert faults == []


def switch_to(page, language):
    page.goto("/preferences/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    form = {"language": language, "next": "/", "csrfmiddlewaretoken": token}
    page.request.post("/language/", form=form, headers={"Referer": page.url})


@pytest.mark.parametrize("path", ["/log-in/", "/nowhere/"])
def test_pages_before_the_door_are_whole_on_a_phone(enter, path):
    page = enter("", width=390, height=844, scheme="dark")
    page.goto(path)
    page.wait_for_function(SETTLED)

    assert page.evaluate(FAULTS) == []
    assert [line for line in page.problems if "404" not in line] == []


def test_the_language_stays_where_it_was_switched(enter):
    page = enter("student3", scheme="dark")
    page.goto("/courses/")
    page.get_by_role("button", name="中文").click()
    page.get_by_role("heading", name="课程", level=1).wait_for()
    page.get_by_role("link", name="首页").click()
    page.get_by_role("heading", name="今天", level=1).wait_for()
    is_dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="light")
    is_light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    language = page.locator("html").get_attribute("lang")
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Today", level=1).wait_for()

    assert language == "zh-Hans"
    assert lightness(is_dark) < 0.3 < 0.7 < lightness(is_light)


def lightness(colour: str) -> float:
    """Return the mean of the first three numbers of `rgb(…)`, or the first of `oklch(…)`, 0 to 1."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", colour)]
    return numbers[0] if colour.startswith("ok") else sum(numbers[:3]) / 3 / 255
