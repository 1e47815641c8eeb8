"""`manage.py make_demo_class`: people, roles and two crews to try the platform with."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from courses.choices import FilmRole, LessonKind, Role
from courses.models import Course, Crew, Lesson
from courses.services import enrol, finish_lesson, form_crew
from grading.management.commands.load_curriculum import load

DEFAULT_PASSWORD = "dailies-demo"  # noqa: S105  # for machines on which everybody may know it
TEACHERS = {"instructor": ("Instructor", "", Role.INSTRUCTOR), "mentor": ("Mentor", "", Role.MENTOR)}
STUDENTS = {
    "student1": ("Student", "1", FilmRole.DIRECTOR),
    "student2": ("Student", "2", FilmRole.CAMERA),
    "student3": ("Student", "3", FilmRole.EDITOR),
    "student4": ("Student", "4", FilmRole.AI_ARTIST),
    "student5": ("Student", "5", FilmRole.DIRECTOR),
    "student6": ("Student", "6", FilmRole.SOUND),
    "student7": ("Student", "7", FilmRole.EDITOR),
    "student8": ("Student", "8", FilmRole.AI_ARTIST),
}
CREWS = {"Tungsten": ("student1", "student2", "student3", "student4"),
         "Daylight": ("student5", "student6", "student7", "student8")}  # fmt: skip


class Command(BaseCommand):
    help = "Make the demo class on the curriculum's course. Safe to run again; refused in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError(
                "The demo class has passwords that everybody knows: it is not made in production."
            )
        course = make_class(password=os.environ.get("DAILIES_DEMO_PASSWORD") or DEFAULT_PASSWORD)
        people = ["admin", *TEACHERS, *STUDENTS]
        self.stdout.write(f"{course.code}: {len(people)} people, {course.crews.count()} crews.")


@transaction.atomic
def make_class(*, password: str) -> Course:
    """Make what is missing of the class and return its course; people who stand keep all but the password."""
    course = load(folder=settings.CURRICULUM_DIR)
    encoded = _encoded(password)
    _person("admin", "Administrator", "", encoded, is_staff=True, is_superuser=True)
    for username, (first, last, role) in TEACHERS.items():
        enrol(course=course, user=_person(username, first, last, encoded), role=role)
    for username, (first, last, _film_role) in STUDENTS.items():
        student = _person(username, first, last, encoded)
        enrol(course=course, user=student, role=Role.STUDENT)
        _read_the_way_to_the_capstone(course, student)
    for name, usernames in CREWS.items():
        _crew(course, name, usernames)
    return course


def _encoded(password: str) -> str:
    """One encoded password for all: hashing is slow on purpose, and eleven times would be felt."""
    standing = User.objects.filter(username="admin").values_list("password", flat=True).first()
    return standing if standing and check_password(password, standing) else make_password(password)


def _person(username: str, first: str, last: str, encoded: str, **rights: bool) -> User:
    user, _made = User.objects.get_or_create(
        username=username, defaults={"first_name": first, "last_name": last, "password": encoded, **rights}
    )
    if user.password != encoded:
        User.objects.filter(pk=user.pk).update(password=encoded)
    return user


def _crew(course: Course, name: str, usernames: tuple[str, ...]) -> None:
    if Crew.objects.filter(course=course, name=name).exists():
        return
    members = [(User.objects.get(username=username), STUDENTS[username][2]) for username in usernames]
    form_crew(course=course, name=name, members=members, by=User.objects.get(username="instructor"))


def _read_the_way_to_the_capstone(course: Course, student: User) -> None:
    """Finish every lesson but the last module's main one, as a class about to shoot its capstone has."""
    lessons = Lesson.objects.filter(module__course=course).exclude(done__user=student)
    last = course.modules.order_by("number").last()
    for lesson in lessons.order_by("module__number", "position").select_related("module__course"):
        if lesson.module != last or lesson.kind == LessonKind.ETHICS:
            finish_lesson(lesson=lesson, by=student, now=timezone.now())
