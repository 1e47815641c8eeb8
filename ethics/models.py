"""Fingerprints of media and assessments of cuts."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assignments.models import Cut, Media, Submission, Work
from ethics.choices import (
    AdmittedPlane,
    AppealState,
    AssessmentState,
    LogOutcome,
    PackageState,
    Result,
    Ruling,
)


class Reference(models.Model):
    """Fingerprints of one medium, made once and used by every trace."""

    media = models.OneToOneField(Media, on_delete=models.CASCADE, related_name="reference", primary_key=True)
    version = models.CharField(max_length=40)
    fingerprints = models.BinaryField()
    evidences = models.JSONField(
        null=True, blank=True, help_text="What the file says of its own making, as footage.evidence reads it."
    )
    anchors_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text="Over the certificates it was read with: other ones may believe more of it.",
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
    anchors_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Over the certificates whose signatures were believed."
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


class Declaration(models.Model):
    """What a crew says of one cut: which parts AI made, with what, and that people made the rest.

    Never changed: a newer one stands beside it (the database refuses updates).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cut = models.ForeignKey(Cut, on_delete=models.PROTECT, related_name="declarations")
    number = models.PositiveIntegerField()
    parts = models.JSONField(
        default=list, help_text="Objects with start and end (exact seconds as text), made, tool, words."
    )
    words = models.TextField(blank=True, help_text="What the crew adds.")
    ledger_index = models.PositiveBigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cut", "number"], name="ethics_declaration_number_once")
        ]

    def __str__(self) -> str:
        return f"declaration {self.number} of {self.cut_id}"


class Decision(models.Model):
    """A teacher's ruling on a stretch that the measure leaves open. It stands beside the document, never in it.

    Never changed: a later one on the same moment counts instead (the database refuses updates).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    plane = models.CharField(max_length=20)
    start = models.DecimalField(max_digits=12, decimal_places=6, help_text="Seconds.")
    end = models.DecimalField(max_digits=12, decimal_places=6, help_text="Seconds.")
    ruling = models.CharField(max_length=8, choices=Ruling.choices)
    reason = models.TextField()
    evidence = models.JSONField(
        default=list, help_text="What it rests on: objects with kind, grade, source and what people read."
    )
    ledger_index = models.PositiveBigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="ethics_decision_has_length"),
            models.CheckConstraint(condition=~Q(reason=""), name="ethics_decision_says_why"),
        ]
        indexes = [models.Index(fields=["assessment", "created_at"], name="ethics_decisions")]

    def __str__(self) -> str:
        return f"{self.ruling} on {self.plane} {self.start}–{self.end} of {self.assessment_id}"


class Appeal(models.Model):
    """The crew's word against a verdict, or against one decision: once per assessment, answered by somebody else."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="appeal")
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    words = models.TextField()
    state = models.CharField(max_length=10, choices=AppealState.choices, default=AppealState.OPEN)
    answer = models.TextField(blank=True)
    ledger_index = models.PositiveBigIntegerField()
    answer_index = models.PositiveBigIntegerField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="ethics_appeal_says_why"),
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN, answered_at__isnull=True, answer_index__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False, answer_index__isnull=False)
                & ~Q(state=AppealState.OPEN),
                name="ethics_appeal_closed_is_logged",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[AppealState.UPHELD, AppealState.CHANGED]) | ~Q(answer=""),
                name="ethics_appeal_answer_says_why",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="ethics_appeals_waiting")]

    def __str__(self) -> str:
        return f"appeal against {self.assessment_id}"


class Package(models.Model):
    """A finished film as it leaves: labelled, signed, logged, and served only once a signed root covers the entry.

    `film_*` is the labelled and signed film alone, `package_*` the archive with its certificate.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="packages")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="packages")
    is_plain = models.BooleanField(
        default=False, help_text="Without the visible label, as somebody asked in writing."
    )
    plain_why = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=PackageState.choices, default=PackageState.QUEUED)
    progress = models.FloatField(default=0, help_text="0 to 1.")
    generation = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    problem = models.JSONField(null=True, blank=True)
    film_sha256 = models.CharField(max_length=64, blank=True)
    film_name = models.CharField(max_length=255, blank=True)
    film_bytes = models.PositiveBigIntegerField(default=0)
    labels = models.JSONField(default=dict, blank=True, help_text="What was written into the film.")
    ledger_index = models.PositiveBigIntegerField(null=True, blank=True)
    package_sha256 = models.CharField(max_length=64, blank=True)
    package_bytes = models.PositiveBigIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[PackageState.SIGNED, PackageState.READY])
                | Q(ledger_index__isnull=False) & ~Q(film_sha256=""),
                name="ethics_package_signed_is_logged",
            ),
            models.CheckConstraint(
                condition=~Q(state=PackageState.READY) | ~Q(package_sha256=""),
                name="ethics_package_ready_has_bytes",
            ),
            models.CheckConstraint(
                condition=Q(is_plain=False) | ~Q(plain_why=""), name="ethics_package_plain_says_why"
            ),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="ethics_packages_waiting")]

    def __str__(self) -> str:
        return f"package of {self.submission_id}"


class Admission(models.Model):
    """What makers say of their own cut is AI: a stretch of one plane, or a medium wherever the cut uses it.

    It counts from the next measuring on. Taken back, it stays with the time and the person who took it back.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cut = models.ForeignKey(Cut, on_delete=models.PROTECT, related_name="admissions")
    media = models.ForeignKey(
        Media, null=True, blank=True, on_delete=models.PROTECT, related_name="admissions"
    )
    plane = models.CharField(max_length=10, blank=True, choices=AdmittedPlane.choices)
    start = models.CharField(max_length=40, blank=True, help_text="Exact seconds, such as 21/5.")
    end = models.CharField(max_length=40, blank=True, help_text="Exact seconds, where the stretch ends.")
    is_part = models.BooleanField(default=False, help_text="Only a part of the picture or sound is AI.")
    tool = models.CharField(max_length=120, help_text="What made it, in the makers' words.")
    note = models.CharField(max_length=300, blank=True)
    ledger_index = models.PositiveBigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(media__isnull=True) & ~Q(plane="") & ~Q(start="") & ~Q(end="")
                | Q(media__isnull=False, plane="", start="", end=""),
                name="ethics_admission_of_stretch_or_medium",
            ),
            models.CheckConstraint(condition=~Q(tool=""), name="ethics_admission_names_the_tool"),
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="ethics_admission_withdrawn_by_someone",
            ),
            models.UniqueConstraint(
                fields=["cut", "plane", "start", "end", "is_part", "tool"],
                condition=Q(media__isnull=True, withdrawn_at__isnull=True),
                name="ethics_stretch_admitted_once",
            ),
            models.UniqueConstraint(
                fields=["cut", "media", "is_part", "tool"],
                condition=Q(media__isnull=False, withdrawn_at__isnull=True),
                name="ethics_medium_admitted_once",
            ),
        ]
        indexes = [models.Index(fields=["cut", "created_at"], name="ethics_admissions")]

    def __str__(self) -> str:
        return f"{self.tool} in {self.cut_id}"


class ScriptVersion(models.Model):
    """The script of a work as it stood when it was saved. Every version is kept: together they show who wrote it.

    Never changed: the next one stands beside it (the database refuses updates).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="script_versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    ledger_index = models.PositiveBigIntegerField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "number"], name="ethics_script_number_once")]

    def __str__(self) -> str:
        return f"script {self.number} of {self.work_id}"


class LogNote(models.Model):
    """A line of a work's decision log: what was kept or rejected, and why.

    Never changed: a correction is the next version of the same line (the database refuses updates).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="log_notes")
    line = models.PositiveIntegerField(help_text="Which line of the log, from 1.")
    version = models.PositiveIntegerField(default=1)
    outcome = models.CharField(max_length=8, choices=LogOutcome.choices)
    what = models.CharField(max_length=200)
    why = models.TextField()
    ledger_index = models.PositiveBigIntegerField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "line", "version"], name="ethics_log_version_once"),
            models.CheckConstraint(condition=~Q(what="") & ~Q(why=""), name="ethics_log_says_what_and_why"),
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.work_id}: {self.what}"


class Rating(models.Model):
    """What a teacher makes of the decision log and the talk about it. The newest stands; none is changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="ratings")
    number = models.PositiveIntegerField()
    marks = models.JSONField(
        help_text="0 to 4 by criterion (domain.reflection); those not rated are left out."
    )
    reason = models.TextField()
    ledger_index = models.PositiveBigIntegerField()
    rated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "number"], name="ethics_rating_number_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="ethics_rating_says_why"),
        ]

    def __str__(self) -> str:
        return f"rating {self.number} of {self.work_id}"
