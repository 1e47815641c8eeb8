"""`manage.py ledger_keys`: the public keys that other schools need, one per line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ledger import queries


class Command(BaseCommand):
    help = "Print the verifier keys of this log and of this witness, to be sent to other schools."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"log {queries.verifier_key()}")
        self.stdout.write(f"witness {queries.witness_name()} {queries.witness_key().verifier}")
