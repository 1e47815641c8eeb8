"""Rubrics, marks, film reports."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assignments.models import Brief, Submission
from grading.choices import MarkerRole, ReportState
from ui.languages import Bilingual


class Criterion(models.Model):
    """One line of a brief's rubric; `owner` is the teacher who marks it by default."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="criteria")
    slug = models.SlugField()
    position = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    description_en = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    points = models.PositiveSmallIntegerField()
    owner = models.CharField(max_length=10, choices=MarkerRole.choices)
    levels = models.JSONField(default=list, help_text='List of {"en", "zh", "share"}, best first.')
    title = Bilingual()
    description = Bilingual()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brief", "slug"], name="grading_criterion_once")]

    def __str__(self) -> str:
        return self.title


class Marking(models.Model):
    """One teacher's marking of one submission. Hidden from the other teacher until both are finished."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="markings")
    role = models.CharField(max_length=10, choices=MarkerRole.choices)
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="markings")
    comment = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    ledger_index = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "role"], name="grading_one_marking_per_role"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(ledger_index__isnull=False),
                name="grading_finished_marking_is_logged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} marking of {self.submission_id}"


class Mark(models.Model):
    """Points for one criterion in one marking."""

    marking = models.ForeignKey(Marking, on_delete=models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="marks")
    points = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Empty while only a comment stands."
    )
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marking", "criterion"], name="grading_mark_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="grading_points_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.points} for {self.criterion_id}"


class Report(models.Model):
    """A film report as PDF, kept content-addressed; newer reports stand beside older ones."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="reports")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    state = models.CharField(max_length=8, choices=ReportState.choices, default=ReportState.QUEUED)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    has_marks = models.BooleanField(
        default=False, help_text="Whether the marks were out when it was written."
    )
    generation = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    problem = models.JSONField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="grading_report_queue")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ReportState.READY) | ~Q(sha256=""), name="grading_ready_report_has_a_file"
            )
        ]

    def __str__(self) -> str:
        return f"report of {self.submission_id} in {self.language}"
