"""`manage.py rebuild_index`: make this host's index of reference frames anew from the stored fingerprints."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ethics.workers.indexing import rebuild
from footage.index import Busy


class Command(BaseCommand):
    help = "Make this host's index of reference frames anew from the stored fingerprints."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rebuild(progress=self._tell)
        except Busy as fault:
            raise CommandError(
                _("Another process is writing the index just now. Run the command again in a minute.")
            ) from fault
        self.stdout.write(_("The index holds %(count)d files.") % {"count": count})

    def _tell(self, share: float) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"{share:.0%}\r", ending="")
