"""Real Chromium for tests.

Open it for one package of tests only: while Playwright runs, an event loop runs in the thread, and Django refuses the
database there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextmanager
def opened() -> Iterator[Any]:
    """Yield a running Chromium; without one the tests fail: a journey that nobody walked proves nothing."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("There is no Chromium on this machine: `make test` installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
