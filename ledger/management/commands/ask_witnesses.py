"""`manage.py ask_witnesses`: exit code 0 when the policy is met, 1 when too few have cosigned."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ledger import cosigning, queries
from ledger.policy import PolicyFault


class Command(BaseCommand):
    help = "Have the witnesses named in the policy cosign the latest tree head."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--timeout", type=float, default=cosigning.TIMEOUT_SECONDS, help="seconds per witness"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = cosigning.ask_witnesses(now=timezone.now(), timeout_seconds=options["timeout"])
        except PolicyFault as fault:
            raise CommandError(f"{queries.policy_path()}: {fault}") from fault
        for one in asked:
            self.stdout.write(f"{'✓' if one.is_cosigned else '✗'} {one.name}: {one.said}")
        self._say_whether_enough()

    def _say_whether_enough(self) -> None:
        head = queries.latest_head()
        if head is None:
            raise CommandError("Nothing is signed yet.")
        judged = queries.judgement(head)
        if judged is None or not judged.is_enough:
            raise CommandError(f"The policy is not met at {head.size} entries.")
        self.stdout.write(f"The policy is met at {head.size} entries, cosigned by {len(judged.cosigners)}.")
