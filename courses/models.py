"""Programmes, courses, modules, lessons, people in roles, crews."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from courses.choices import FilmRole, LessonKind, Role
from ui.languages import Bilingual


class Programme(models.Model):
    slug = models.SlugField(unique=True)
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    summary_en = models.TextField(blank=True)
    summary_zh = models.TextField(blank=True)
    title = Bilingual()
    summary = Bilingual()

    def __str__(self) -> str:
        return self.title


class Course(models.Model):
    """One class taught in one term."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="courses")
    code = models.SlugField(unique=True)
    term = models.CharField(max_length=40)
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    summary_en = models.TextField(blank=True)
    summary_zh = models.TextField(blank=True)
    starts_on = models.DateField()
    gpu_weight = models.FloatField(
        default=1.0, validators=[MinValueValidator(0.1)], help_text="Share of the GPUs against other courses."
    )
    title = Bilingual()
    summary = Bilingual()

    def __str__(self) -> str:
        return f"{self.code} {self.term}"


class Module(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="modules")
    slug = models.SlugField()
    number = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    summary_en = models.TextField(blank=True)
    summary_zh = models.TextField(blank=True)
    objectives = models.JSONField(default=list, help_text='List of {"en": …, "zh": …}.')
    is_published = models.BooleanField(default=True)
    prerequisite = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = Bilingual()
    summary = Bilingual()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "slug"], name="courses_module_slug_once"),
            models.UniqueConstraint(fields=["course", "number"], name="courses_module_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Lesson(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="lessons")
    slug = models.SlugField()
    kind = models.CharField(max_length=10, choices=LessonKind.choices, default=LessonKind.LESSON)
    position = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    body_en = models.TextField(help_text="Markdown.")
    body_zh = models.TextField(help_text="Markdown.")
    title = Bilingual()
    body = Bilingual()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["module", "slug"], name="courses_lesson_slug_once"),
            models.UniqueConstraint(fields=["module", "position"], name="courses_lesson_position_once"),
        ]

    def __str__(self) -> str:
        return self.title


class LessonDone(models.Model):
    """A person has finished a lesson."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="done")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lessons_done")
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "user"], name="courses_lesson_done_once")]

    def __str__(self) -> str:
        return f"{self.user_id} finished {self.lesson_id}"


class Enrolment(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "user"], name="courses_one_role_in_a_course")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} in {self.course_id}"


class Crew(models.Model):
    """Three to eight students who make one work; size is checked when a crew is formed, not while it shrinks."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="crews")
    name = models.CharField(max_length=120)
    gpu_weight = models.FloatField(
        default=1.0, validators=[MinValueValidator(0.1)], help_text="Share of the GPUs against other crews."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "name"], name="courses_crew_name_once")]

    def __str__(self) -> str:
        return self.name


class CrewMember(models.Model):
    crew = models.ForeignKey(Crew, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="crew_places")
    film_role = models.CharField(max_length=12, choices=FilmRole.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["crew", "user"], name="courses_crew_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.film_role}"
