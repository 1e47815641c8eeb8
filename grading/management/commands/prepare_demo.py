"""`manage.py prepare_demo`: database, engines, curriculum, class. Quick and harmless when they already stand."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from grading.management.steps import step


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with step("Database"):
            call_command("migrate", verbosity=0, interactive=False)
        with step("Engines"):
            call_command("build_engines", verbosity=0)
        with step("Curriculum in two languages, class with two crews"):
            call_command("make_demo_class", verbosity=0)
