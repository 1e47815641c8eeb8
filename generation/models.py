"""Engines as data, jobs as a queue, outputs with their recipes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assignments.models import Media, Work
from generation.choices import JobState, Pipeline
from ui.languages import Bilingual


class Engine(models.Model):
    """A generation model: a local folder, what loads it, what it may be used for and under which licence."""

    slug = models.SlugField(unique=True)
    title_en = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=120)
    summary_en = models.TextField(blank=True)
    summary_zh = models.TextField(blank=True)
    pipeline = models.CharField(max_length=24, choices=Pipeline.choices)
    folder = models.CharField(
        max_length=500,
        blank=True,
        help_text="Absolute, or relative to the engines folder; empty for pipelines without weights.",
    )
    revision = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 over the folder's weights, or the program's version."
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Of several engines for a tool the lowest is taken unless a person chooses."
    )
    licence = models.CharField(max_length=120)
    tools = models.JSONField(default=list, help_text="Slugs of the tools this engine serves.")
    options = models.JSONField(
        default=dict, blank=True, help_text="Sizes, steps, guidance and other defaults."
    )
    seconds_per_step = models.FloatField(
        default=0.1, help_text="Learned from finished jobs; for the price shown."
    )
    is_enabled = models.BooleanField(default=True)
    title = Bilingual()
    summary = Bilingual()

    def __str__(self) -> str:
        return self.title


class Job(models.Model):
    """One request to a tool. The row is the queue: a worker owns it by lease and generation number.

    `generation` grows with every claim; a result commits only while it still holds the number it claimed with.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="jobs")
    tool = models.SlugField()
    engine = models.ForeignKey(Engine, on_delete=models.PROTECT, related_name="jobs")
    source = models.ForeignKey(
        Media, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs_from"
    )
    request = models.JSONField(help_text="Validated inputs of the tool: words, seed, steps, size.")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=1)
    generation = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    problem = models.JSONField(null=True, blank=True, help_text='{"template", "params"} of what went wrong.')
    price_seconds = models.FloatField(default=0, help_text="GPU-seconds expected when it was asked for.")
    spent_seconds = models.FloatField(default=0, help_text="GPU-seconds of the attempt that finished.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=JobState.RUNNING) | Q(lease_until__isnull=False),
                name="generation_running_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[JobState.DONE, JobState.FAILED, JobState.CANCELLED])
                | Q(finished_at__isnull=False),
                name="generation_finished_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at"], name="generation_job_queue"),
            models.Index(fields=["work", "-created_at"], name="generation_job_history"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.uuid}"


class Output(models.Model):
    """A generated file and everything needed to re-make it."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="output")
    media = models.OneToOneField(Media, on_delete=models.PROTECT, related_name="output")
    recipe = models.JSONField()
    recipe_hash = models.CharField(max_length=64)
    ledger_index = models.PositiveBigIntegerField(help_text="Logged before it can be downloaded.")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"output of {self.job_id}"
