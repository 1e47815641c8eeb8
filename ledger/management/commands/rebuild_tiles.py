"""`manage.py rebuild_tiles`: write the published files anew from the entries."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger import queries, services, tiles
from ledger.verification import LedgerFault, verify


class Command(BaseCommand):
    help = "Check the log, then write all tiles and the checkpoint anew. Do this after restoring a database."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verify(verifier=queries.verifier_key(), with_tiles=False)
        except LedgerFault as fault:
            raise CommandError(f"Nothing was written. {fault}") from fault
        tiles.forget()
        written = services.publish_tree()
        self.stdout.write(f"{written} files were written to {tiles.folder()}.")
