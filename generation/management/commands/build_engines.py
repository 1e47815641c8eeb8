"""Build the practice engines into the engines folder and write their rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from generation.backends.practice.building import build_practice_engines
from generation.services import register_engines


class Command(BaseCommand):
    help = "Build the small practice engines that are missing and register every engine of fixtures/engines.yaml."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anew", action="store_true", help="Build engines that are there already once more."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        built = build_practice_engines(Path(settings.ENGINES_DIR), anew=options["anew"])
        rows = yaml.safe_load(
            (Path(settings.BASE_DIR) / "fixtures" / "engines.yaml").read_text(encoding="utf-8")
        )
        engines = register_engines(rows=rows)
        names = ", ".join(built) or "nothing, all were there"
        self.stdout.write(f"Built {names}. {len(engines)} engines are registered.")
