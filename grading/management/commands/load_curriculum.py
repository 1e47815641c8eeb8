"""`manage.py load_curriculum`: the six modules and the capstone as a course, ready to teach."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from courses.backends.curriculum import CurriculumFault, read_curriculum
from courses.models import Course
from courses.services import load_course, load_modules
from grading.services.curriculum import load_assignments


class Command(BaseCommand):
    help = "Load the curriculum as a course, or bring a course that stands up to date. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=settings.CURRICULUM_DIR, help="Folder of the curriculum."
        )
        parser.add_argument(
            "--starts-on", type=date.fromisoformat, help="First day of term; this week's Monday if absent."
        )
        parser.add_argument("--term", default="", help="Name of the term, as “Spring 2026”.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            course = load(folder=options["folder"], starts_on=options["starts_on"], term=options["term"])
        except CurriculumFault as fault:
            raise CommandError(str(fault.sentence)) from fault
        modules = course.modules.count()
        self.stdout.write(f"{course.code}: {modules} modules, term starts on {course.starts_on}.")


@transaction.atomic
def load(*, folder: Path, starts_on: date | None = None, term: str = "") -> Course:
    """Read the folder and store all of it, or nothing."""
    curriculum = read_curriculum(folder)
    now = timezone.now()
    day = starts_on or this_monday()
    course = load_course(
        programme=curriculum.programme,
        course=curriculum.course,
        term=term or f"{day:%Y}-{1 if day.month < 8 else 2}",
        starts_on=day,
    )
    modules = load_modules(course=course, plans=curriculum.modules)
    load_assignments(
        course=course,
        modules=modules,
        plans=curriculum.modules,
        zone=timezone.get_default_timezone(),
        now=now,
    )
    return course


def this_monday() -> date:
    today = timezone.localdate()
    return date.fromordinal(today.toordinal() - today.weekday())
