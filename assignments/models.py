"""Briefs with their AI policy, works, media, cuts, submissions."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from assignments.choices import MediaRole, MediaState, OverCap, ReleaseStanding, SetLogStanding
from assignments.domain.releases import standing_of
from courses.models import Crew, Module
from ui.languages import Bilingual

share_field: dict[str, Any] = {
    "max_digits": 4,
    "decimal_places": 3,
    "validators": [MinValueValidator(0), MaxValueValidator(1)],
}


class Brief(models.Model):
    """An assignment's text together with its AI policy (cap, tools, budget, what happens over the cap)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="briefs")
    slug = models.SlugField()
    kind = models.CharField(max_length=12, default="hybrid")
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    body_en = models.TextField(help_text="Markdown.")
    body_zh = models.TextField(help_text="Markdown.")
    points = models.PositiveSmallIntegerField(default=100)
    due_at = models.DateTimeField()
    is_crew_work = models.BooleanField(default=False)
    mentor_weight = models.DecimalField(default=Decimal("0.4"), **share_field)
    # AI policy
    scale_level = models.PositiveSmallIntegerField(default=3, help_text="AI Assessment Scale, 1 to 5.")
    picture_cap = models.DecimalField(default=Decimal("0.4"), **share_field)
    voice_cap = models.DecimalField(null=True, blank=True, **share_field)
    tools = models.JSONField(default=list, help_text="Slugs of the tools that may be used.")
    gpu_seconds = models.PositiveIntegerField(default=600, help_text="Of each work.")
    gpu_seconds_person = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Of each person within the works; empty: only the work's budget counts.",
    )
    gpu_seconds_all = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of all works together; empty: no limit."
    )
    money_limit = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        default=0,
        help_text="What each work may spend at remote engines, in the school's currency.",
    )
    over_cap = models.CharField(max_length=6, choices=OverCap.choices, default=OverCap.ASK)
    title = Bilingual()
    body = Bilingual()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["module", "slug"], name="assignments_brief_slug_once"),
            models.CheckConstraint(condition=Q(picture_cap__range=(0, 1)), name="assignments_cap_is_a_share"),
            models.CheckConstraint(condition=Q(scale_level__range=(1, 5)), name="assignments_scale_1_to_5"),
        ]

    def __str__(self) -> str:
        return self.title


class Work(models.Model):
    """What one crew, or one person, makes for a brief."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="works")
    crew = models.ForeignKey(Crew, null=True, blank=True, on_delete=models.PROTECT, related_name="works")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="works"
    )
    title = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(crew__isnull=True, owner__isnull=False)
                | Q(crew__isnull=False, owner__isnull=True),
                name="assignments_work_of_crew_or_person",
            ),
            models.UniqueConstraint(fields=["brief", "crew"], name="assignments_one_work_per_crew"),
            models.UniqueConstraint(fields=["brief", "owner"], name="assignments_one_work_per_person"),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.makers}: {self.brief}"

    @property
    def makers(self) -> str:
        return str(self.crew or self.owner)


class Media(models.Model):
    """One stored file of a work. Bytes live under their SHA-256; the person's name for it is only shown."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="media")
    role = models.CharField(max_length=10, choices=MediaRole.choices)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    mime = models.CharField(max_length=80, blank=True, help_text="Sniffed from the content by a worker.")
    state = models.CharField(max_length=10, choices=MediaState.choices, default=MediaState.RECEIVED)
    facts = models.JSONField(null=True, blank=True, help_text="footage.probe.MediaFacts as JSON, once ready.")
    problem = models.JSONField(null=True, blank=True, help_text='{"template", "params"} of the refusal.')
    has_proxy = models.BooleanField(default=False)
    has_filmstrip = models.BooleanField(default=False)
    has_poster = models.BooleanField(default=False)
    has_waveform = models.BooleanField(default=False)
    progress = models.FloatField(default=0, help_text="0 to 1, of the preparation under way.")
    generation = models.PositiveIntegerField(
        default=0, help_text="Grows with every claim; fences off late workers."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "sha256"], name="assignments_same_file_once_per_work"),
            models.CheckConstraint(
                condition=~Q(state=MediaState.REFUSED) | Q(problem__isnull=False),
                name="assignments_refused_says_why",
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="assignments_media_waiting")]

    def __str__(self) -> str:
        return self.name


class Cut(models.Model):
    """A version of the film: a film file and, when the crew has it, its timeline."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="cuts")
    version = models.PositiveIntegerField()
    film = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="cuts")
    timeline = models.ForeignKey(Media, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    notes = models.JSONField(
        default=list, blank=True, help_text="What doesn't fit in the timeline, as problems."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "version"], name="assignments_cut_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.work} v{self.version}"


class Submission(models.Model):
    """A cut handed in. Frozen: later cuts are new attempts."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="submissions")
    cut = models.OneToOneField(Cut, on_delete=models.PROTECT, related_name="submission")
    attempt = models.PositiveSmallIntegerField()
    receipt = models.CharField(max_length=20, unique=True, help_text="Short code the crew can quote.")
    ledger_index = models.PositiveBigIntegerField()
    is_late = models.BooleanField(default=False)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "attempt"], name="assignments_attempt_once")]

    def __str__(self) -> str:
        return f"{self.work} #{self.attempt}"


class Release(models.Model):
    """What a real person allows: to be seen, heard or named in generated material of one work.

    A job that uses a face, a voice or a name cites a release; it counts once a teacher has approved it, until it expires
    or is revoked.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="releases")
    person = models.CharField(max_length=120, help_text="Name of the person depicted, as signed.")
    kinds = models.JSONField(default=list, help_text="Of face, voice and name.")
    purpose = models.CharField(max_length=300, help_text="What the person agreed to, in their own words.")
    document_sha256 = models.CharField(
        max_length=64, help_text="Fingerprint of the signed sheet in the store."
    )
    document_name = models.CharField(max_length=255)
    signed_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["work", "created_at"], name="assignments_releases")]

    def __str__(self) -> str:
        return self.person

    def standing(self, today: date) -> ReleaseStanding:
        """Whether it holds on this day."""
        return ReleaseStanding(
            standing_of(
                is_approved=self.approved_at is not None, is_revoked=self.revoked_at is not None,
                expires_on=self.expires_on, today=today,
            )
        )  # fmt: skip


class SetLog(models.Model):
    """What a crew noted on the set about files they shot: when, where, with what, and who was there.

    It is evidence once one of the makers has signed it and a teacher has countersigned the same revision. Whoever changes
    it starts a new revision, without signatures.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="set_logs")
    media = models.ManyToManyField(Media, related_name="set_logs", help_text="The files it covers.")
    shot_on = models.DateField()
    place = models.CharField(max_length=200)
    people = models.CharField(max_length=300, help_text="Who was there, before and behind the camera.")
    device = models.CharField(max_length=120, help_text="The camera, telephone or recorder.")
    scene = models.CharField(max_length=40, blank=True)
    take = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    countersigned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="assignments_set_log_signed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True, countersigned_at__isnull=True)
                | Q(countersigned_by__isnull=False, countersigned_at__isnull=False, signed_by__isnull=False)
                & ~Q(countersigned_by=F("signed_by")),
                name="assignments_set_log_countersigned_by_another",
            ),
        ]
        indexes = [models.Index(fields=["work", "shot_on"], name="assignments_set_logs")]

    def __str__(self) -> str:
        return f"{self.place}, {self.shot_on}"

    @property
    def standing(self) -> SetLogStanding:
        """How far its signatures have come."""
        if self.countersigned_at:
            return SetLogStanding.COUNTERSIGNED
        return SetLogStanding.SIGNED if self.signed_at else SetLogStanding.UNSIGNED
