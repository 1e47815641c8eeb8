"""A server without a database and a real Chromium, for the pages of the design system."""

from __future__ import annotations

import pytest

from tests.chromium import opened


@pytest.fixture(scope="package")
def chromium():
    with opened() as browser:
        yield browser


@pytest.fixture
def server(settings):
    """Serve tests.ui.urls and the static files on a free port; pages of this room read no database."""
    from django.test.testcases import LiveServerThread

    settings.ROOT_URLCONF = "tests.ui.urls"
    thread = LiveServerThread("127.0.0.1", static_handler=lambda application: application)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture
def open_page(chromium, server):
    """Open a path in a fresh context; the problems its console reports are collected in `page.problems`."""
    contexts = []

    def open_it(path, *, width=1440, height=900, language="en-GB", scheme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=language,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda line: page.problems.append(line.text) if line.type == "error" else None)
        page.goto(server + path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture(autouse=True)
def static_folder(settings, tmp_path):
    """WhiteNoise warns about a folder that is not there; the finders serve these tests."""
    settings.STATIC_ROOT = tmp_path
