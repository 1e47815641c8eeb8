"""`manage.py verify_ledger`: exit code 0 when the log is whole, 1 with a sentence when it isn't."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ledger import queries
from ledger.verification import LedgerFault, verify


class Command(BaseCommand):
    help = (
        "Recompute the ledger from its entries: leaves, signed tree heads, openings, gaps, published tiles."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LEDGER_KEY_PATH.exists():
            self.stderr.write(f"There is no signing key at {settings.LEDGER_KEY_PATH}; a new one is made.")
        try:
            seen = verify(verifier=queries.verifier_key())
        except LedgerFault as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(
            f"The ledger is whole: {seen.entries} entries, {seen.heads} signed tree heads, "
            f"{seen.unsigned} entries since the last one, {seen.erased} erased. Root {seen.root}."
        )
        if seen.unexplained:
            self.stderr.write(f"{seen.unexplained} of the erased were erased without an entry that says so.")
