"""Engines as data, jobs as a queue, outputs with their recipes."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assignments.models import Media, Release, Work
from generation.choices import GateDecision, GateStage, JobState, MediaUse, Pipeline, Wish
from ui.languages import Bilingual


class Engine(models.Model):
    """A generation model: a local folder, what loads it, what it may be used for and under which licence."""

    slug = models.SlugField(unique=True)
    title_en = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=120)
    summary_en = models.TextField(blank=True)
    summary_zh = models.TextField(blank=True)
    pipeline = models.CharField(max_length=40, help_text="What loads it: a key of backends.loading.")
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
    repository = models.CharField(
        max_length=200, blank=True, help_text="Where the weights came from, as owner/name."
    )
    conditions = models.JSONField(
        default=dict, blank=True,
        help_text="Of the licence: territories_excluded, revenue_ceiling_usd, non_commercial, needs_filter, needs_marking.",
    )  # fmt: skip
    memory_gb = models.FloatField(default=0, help_text="GPU memory of the weights as loaded; 0: small.")
    url = models.URLField(blank=True, help_text="Of a remote engine.")
    sealed_secret = models.TextField(blank=True, help_text="A remote engine's key, encrypted.")
    money_per_unit = models.DecimalField(
        max_digits=10, decimal_places=6, default=0, help_text="A remote engine's price per unit of its pace."
    )
    is_enabled = models.BooleanField(default=True)
    title = Bilingual()
    summary = Bilingual()

    def __str__(self) -> str:
        return self.title

    @property
    def pipeline_title(self) -> str:
        return str(dict(Pipeline.choices).get(self.pipeline, self.pipeline))


class Adapter(models.Model):
    """A LoRA over an engine: a look, a character, a place."""

    engine = models.ForeignKey(Engine, on_delete=models.CASCADE, related_name="adapters")
    slug = models.SlugField()
    title_en = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=120)
    file = models.CharField(
        max_length=500, help_text="Safetensors file: absolute, or relative to the engines folder."
    )
    sha256 = models.CharField(max_length=64, blank=True)
    trigger = models.CharField(
        max_length=120, blank=True, help_text="Words that call it, added to the prompt."
    )
    weight = models.FloatField(default=0.8)
    licence = models.CharField(max_length=120)
    person = models.CharField(
        max_length=120, blank=True, help_text="The real person it draws; needs a release."
    )
    is_enabled = models.BooleanField(default=True)
    title = Bilingual()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engine", "slug"], name="generation_adapter_slug_once")
        ]

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
    releases = models.ManyToManyField(Release, blank=True, related_name="jobs")
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
    price_money = models.DecimalField(max_digits=10, decimal_places=4, default=0)
    spent_money = models.DecimalField(max_digits=10, decimal_places=4, default=0)
    is_passed = models.BooleanField(
        default=False, help_text="The safety gate or a teacher let its words through."
    )
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


class JobMedia(models.Model):
    """A further medium of the work that a job uses: a mask, a guide, a plate, a sound."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="media_used")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="used_in")
    use = models.CharField(max_length=10, choices=MediaUse.choices)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["use", "position"]
        constraints = [
            models.UniqueConstraint(fields=["job", "use", "position"], name="generation_job_media_once")
        ]

    def __str__(self) -> str:
        return f"{self.use} of {self.job_id}"


class Preview(models.Model):
    """The last thing an engine had in hand for a job, small, while it runs."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="preview")
    step = models.PositiveIntegerField()
    jpeg = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"step {self.step} of {self.job_id}"


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


class Viewing(models.Model):
    """A person really looked at an output: it was on their screen, large, for a moment. Feeds the HCID."""

    output = models.ForeignKey(Output, on_delete=models.CASCADE, related_name="viewings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="viewings")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["output", "user"], name="generation_viewing_once")]

    def __str__(self) -> str:
        return f"{self.user_id} saw {self.output_id}"


class Choice(models.Model):
    """A person took this output and left the others of the comparison. Rows say what stands, the ledger what happened."""

    output = models.OneToOneField(Output, on_delete=models.CASCADE, related_name="choice")
    among = models.JSONField(
        help_text="UUIDs of the jobs it was compared with, as strings; none of them is lost."
    )
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="choices")
    chosen_at = models.DateTimeField()
    ledger_index = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.chosen_by_id} took {self.output_id}"


class GateVerdict(models.Model):
    """What a safety gate said of a job's words or output, and what a teacher decided of it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="gate_verdicts")
    stage = models.CharField(max_length=6, choices=GateStage.choices)
    gate = models.CharField(max_length=80, help_text="Gate and version that spoke.")
    reason = models.JSONField(help_text='{"template", "params"} of what it found.')
    held_sha256 = models.CharField(max_length=64, blank=True, help_text="The held file in the store.")
    held = models.JSONField(
        default=dict, blank=True, help_text="What is needed to commit the held output later."
    )
    decision = models.CharField(max_length=8, choices=GateDecision.choices, default=GateDecision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_why = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision=GateDecision.OPEN)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="generation_decision_has_a_person",
            )
        ]
        indexes = [models.Index(fields=["decision", "created_at"], name="generation_gate_open")]

    def __str__(self) -> str:
        return f"{self.gate} on {self.job_id}"


class FairShare(models.Model):
    """A person's virtual GPU-time: GPU-seconds received, divided by their weight. Least goes first."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="fair_share")
    virtual_seconds = models.FloatField(default=0)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.virtual_seconds:.1f}"


class Worker(models.Model):
    """A GPU worker process as the fleet page shows it: it writes what it holds, and reads what is wished of it."""

    name = models.CharField(max_length=80, unique=True)
    device = models.CharField(max_length=80)
    memory_gb = models.FloatField(default=0)
    loaded = models.JSONField(default=list, help_text="Slugs of the engines in memory, last used last.")
    wish = models.CharField(max_length=5, choices=Wish.choices, default=Wish.WORK)
    jobs_running = models.PositiveSmallIntegerField(default=0)
    busy_share = models.FloatField(default=0, help_text="Of the last minute, 0 to 1.")
    affinity_debt_seconds = models.FloatField(default=0)
    broken_jobs = models.JSONField(
        default=list,
        blank=True,
        help_text="Jobs that broke down here since one came through, by primary key.",
    )
    trouble = models.CharField(max_length=200, blank=True, help_text="What the last of them died of.")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class BatchCap(models.Model):
    """How many rows of one shape an engine carries at once on a device, learned by doing."""

    engine = models.ForeignKey(Engine, on_delete=models.CASCADE, related_name="batch_caps")
    revision = models.CharField(max_length=64)
    device = models.CharField(max_length=80)
    shape = models.CharField(max_length=120, help_text="What the rows of a batch have in common.")
    cap = models.PositiveSmallIntegerField(default=1)
    seconds = models.JSONField(default=dict, help_text="Seconds per forward by number of rows.")
    out_of_memory = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["engine", "revision", "device", "shape"], name="generation_batch_cap_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.engine_id} {self.shape}: {self.cap}"
