"""`manage.py forget_traces`: delete what was found in films and has not been used for some days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import ngettext

from ethics.workers.upkeep import UNUSED, forget_traces


class Command(BaseCommand):
    help = "Delete kept traces of films; they are made again when a film is measured."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=UNUSED.days, help="unused for so many days; 0 for all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        gone = forget_traces(now=timezone.now(), unused=timedelta(days=options["days"]))
        words = ngettext("%(count)d kept trace deleted.", "%(count)d kept traces deleted.", gone)
        self.stdout.write(words % {"count": gone})
