"""Check the machine for what pip can't bring, and install it or print the one command that does.

Standard library only: it runs before the environment exists. Debian and Ubuntu are installed on; elsewhere the
missing things are named.
"""

from __future__ import annotations

import argparse
import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

MIN_PYTHON = (3, 11)


def has_font() -> bool:
    return any(
        next(Path(folder).rglob("NotoSansCJK*"), None) is not None
        for folder in ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts"))
        if Path(folder).is_dir()
    )


def has_postgres() -> bool:
    return (
        bool(shutil.which("initdb"))
        or next(Path("/usr/lib/postgresql").glob("*/bin/initdb"), None) is not None
    )


# Debian package, why, and how to see that it is there
Wants = list[tuple[str, str, Callable[[], bool]]]
DEMO: Wants = [
    ("python3-venv", "the environment", lambda: importlib.util.find_spec("ensurepip") is not None),
    ("libpango-1.0-0", "PDF reports", lambda: ctypes.util.find_library("pango-1.0") is not None),
    ("libpangoft2-1.0-0", "PDF reports", lambda: ctypes.util.find_library("pangoft2-1.0") is not None),
    ("libharfbuzz-subset0", "PDF reports", lambda: ctypes.util.find_library("harfbuzz-subset") is not None),
    ("fonts-noto-cjk", "Chinese in reports", has_font),
    ("espeak-ng", "spoken lines", lambda: shutil.which("espeak-ng") is not None),
    ("gettext", "translations", lambda: shutil.which("msgfmt") is not None),
]
TEST: Wants = [
    ("chromium", "browser tests", lambda: shutil.which("chromium") is not None),
    ("postgresql", "tests on PostgreSQL", has_postgres),
    ("redis-server", "tests on a Redis server", lambda: shutil.which("redis-server") is not None),
    ("ffmpeg", "real films in tests", lambda: shutil.which("ffmpeg") is not None),
    ("poppler-utils", "reading the PDF reports", lambda: shutil.which("pdftotext") is not None),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for", dest="purpose", choices=["demo", "test"], default="demo")
    wanted = DEMO if parser.parse_args().purpose == "demo" else DEMO + TEST
    if sys.version_info < MIN_PYTHON:
        return _fail(f"Dailies needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    missing = [(package, why) for package, why, present in wanted if not present()]
    return _install(missing) if missing else 0


def _install(missing: list[tuple[str, str]]) -> int:
    packages = [package for package, _why in missing]
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    told = ", ".join(f"{package} ({why})" for package, why in missing)
    if shutil.which("apt-get") is None:
        return _fail(f"Please install with your system's package manager: {told}.")
    prefix = _rights()
    if prefix is None:
        return _fail(f"These system packages are missing: {told}. Run:\n  sudo {' '.join(command)}")
    _say(f"Installing {told} …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "update", "-qq"], env=environment, check=False)
    return subprocess.run(
        [*prefix, *command, "-qq"], env=environment, check=False, stdout=subprocess.DEVNULL
    ).returncode


def _rights() -> list[str] | None:
    """Return the prefix that makes apt-get work without a password, or None."""
    if os.geteuid() == 0:
        return []
    allowed = (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    )
    return ["sudo", "-n"] if allowed else None


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _fail(text: str) -> int:
    _say(text)
    return 1


if __name__ == "__main__":
    sys.exit(main())
