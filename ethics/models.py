"""Fingerprints of media and assessments of cuts."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from assignments.models import Cut, Media
from ethics.choices import AssessmentState, Result


class Reference(models.Model):
    """Fingerprints of one medium, made once and used by every trace."""

    media = models.OneToOneField(Media, on_delete=models.CASCADE, related_name="reference", primary_key=True)
    version = models.CharField(max_length=40)
    fingerprints = models.BinaryField()
    evidences = models.JSONField(
        null=True, blank=True, help_text="What the file says of its own making, as footage.evidence reads it."
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"fingerprints of {self.media_id}"


class Assessment(models.Model):
    """One measuring of one cut. Later measurings stand beside earlier ones; none is changed after it is done."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cut = models.ForeignKey(Cut, on_delete=models.PROTECT, related_name="assessments")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=AssessmentState.choices, default=AssessmentState.QUEUED)
    progress = models.FloatField(default=0, help_text="0 to 1.")
    generation = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    problem = models.JSONField(null=True, blank=True)
    inputs_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Over everything the document depends on."
    )
    document = models.JSONField(null=True, blank=True, help_text="dailies-assessment/1, MEASURE §10.")
    heats = models.JSONField(
        default=list, blank=True, help_text="Where in the frame sources were found, for people to look at."
    )
    document_sha256 = models.CharField(max_length=64, blank=True)
    share_low = models.FloatField(null=True, blank=True)
    share_high = models.FloatField(null=True, blank=True)
    hcid_low = models.FloatField(null=True, blank=True, help_text="0 to 100.")
    hcid_high = models.FloatField(null=True, blank=True)
    verdict = models.CharField(max_length=6, choices=Result.choices, blank=True)
    ledger_index = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cut", "number"], name="ethics_assessment_number_once"),
            models.CheckConstraint(
                condition=Q(share_low__isnull=True) | Q(share_low__lte=F("share_high")),
                name="ethics_share_is_an_interval",
            ),
            models.CheckConstraint(
                condition=~Q(state=AssessmentState.DONE)
                | Q(document__isnull=False, ledger_index__isnull=False),
                name="ethics_done_has_a_logged_document",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="ethics_assessment_queue")]

    def __str__(self) -> str:
        return f"assessment {self.number} of {self.cut_id}"
