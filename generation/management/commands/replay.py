"""Make an output again from its recipe and compare: `manage.py replay UUID`, of the job or of the medium."""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import gettext as _

from footage.problems import Problem
from generation.backends.base import Breakdown
from generation.models import Output
from generation.workers.replaying import Replay, replay


class Command(BaseCommand):
    help = (
        "Make an output again from its recipe and compare it with what was kept. "
        "Exit code 0: equal to the bit; 1: it differs; 2: it can't be made again here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("output", type=UUID, help="UUID of the job or of the medium it made.")
        parser.add_argument("--keep", type=Path, help="Folder in which the new file is to stay.")

    def handle(self, *args: Any, output: UUID, keep: Path | None, **options: Any) -> None:
        found = Output.objects.select_related("job__engine", "job__source", "media").filter(
            Q(job__uuid=output) | Q(media__uuid=output)
        )
        one = found.first()
        if one is None:
            raise CommandError(f"No output has the number {output}, nor has its job.", returncode=2)
        with tempfile.TemporaryDirectory(prefix="dailies-replay-") as place:
            folder = keep or Path(place)
            folder.mkdir(parents=True, exist_ok=True)
            self._tell(self._replay(one, folder))

    def _replay(self, output: Output, folder: Path) -> Replay:
        try:
            return replay(output, folder=folder)
        except Problem as problem:
            raise CommandError(_(problem.template) % problem.params, returncode=2) from problem
        except Breakdown as fault:
            raise CommandError(f"The machine failed: {fault}", returncode=2) from fault

    def _tell(self, made: Replay) -> None:
        for name, then, now in made.differs:
            self.stdout.write(f"{name}: {then or '–'} then, {now or '–'} here")
        found = made.likeness
        if found.is_exact:
            self.stdout.write("exact: every value is equal")
            return
        self.stdout.write(f"share of equal values: {found.share:.6f}\nlargest difference: {found.largest}")
        raise CommandError("It differs.", returncode=1)
