"""Check that every string has its Chinese, or collect the strings to translate (`--write`)."""

from __future__ import annotations

import subprocess
from argparse import ArgumentParser
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

LOCALE = "zh_Hans"
IGNORED = ["var/*", ".venv/*", "tests/*", "bench/*", "node_modules/*"]


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="keep the collected catalogue")

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = Path(settings.BASE_DIR) / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
        kept = catalogue.read_bytes()
        try:
            call_command(
                "makemessages",
                locale=[LOCALE],
                ignore_patterns=IGNORED,
                no_obsolete=True,
                no_wrap=True,
                add_location="file",
                verbosity=0,
            )
            missing = untranslated(catalogue)
        finally:
            if not options["write"]:
                catalogue.write_bytes(kept)
        if missing and not options["write"]:
            raise CommandError(
                f"{len(missing)} strings have no Chinese or an outdated one:\n" + "\n".join(missing)
            )
        self.stdout.write(f"{len(missing)} strings without Chinese.")


def untranslated(catalogue: Path) -> list[str]:
    """Return the source strings that are empty or fuzzy in the catalogue, in gettext's own judgement."""
    found: list[str] = []
    for mark in ("--untranslated", "--only-fuzzy"):
        run = subprocess.run(
            ["msgattrib", mark, "--no-obsolete", "--no-wrap", str(catalogue)],
            check=True,
            capture_output=True,
            text=True,
        )
        lines = run.stdout.splitlines()
        found += [
            line.removeprefix("msgid ") for line in lines if line.startswith("msgid ") and line != 'msgid ""'
        ]
        found += [line for before, line in pairwise(lines) if before == 'msgid ""' and line.startswith('"')][
            1:
        ]
    return found
