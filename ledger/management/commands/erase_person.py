"""`manage.py erase_person PSEUDONYM --by PSEUDONYM`: forget what a person's entries stood for."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ledger import services


class Command(BaseCommand):
    help = (
        "Delete salts and payloads of all ledger entries about a person. The tree and its proofs stay whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pseudonym", help="the person's pseudonym, as the admin site shows it")
        parser.add_argument("--by", required=True, help="pseudonym of the administrator who erases")
        parser.add_argument("--subject", action="append", default=[], help="more that is about the person")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["pseudonym"].isalnum() or len(options["pseudonym"]) < 8:
            raise CommandError("A pseudonym has at least eight letters and digits.")
        erased = services.erase_person(
            pseudonym=options["pseudonym"], by=options["by"], now=timezone.now(), subjects=options["subject"]
        )
        self.stdout.write(f"{erased} entries were erased.")
