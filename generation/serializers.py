"""Jobs, engines, tools and outputs as data: for the API and for live progress."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from generation.choices import JobState
from generation.domain.comparison import FEWEST, MOST
from generation.domain.states import FINISHED
from generation.domain.tools import TOOLS
from generation.models import Adapter, Engine, GateVerdict, Job, JobMedia, Output, Preview, Viewing, Worker
from generation.queries import licence_refusal, place_of
from generation.queries.board import Row
from ui import problems

CALLS = frozenset({"workflow", "names", "body", "fields"})
"""Options that say how a remote engine is called."""


def progress_report(job: Job) -> dict[str, Any]:
    """Return what a progress bar shows: value, max, label, note, state, done; and where the preview is, if any."""
    value = job.step if job.state != JobState.DONE else job.steps
    return {
        "value": None if job.state in {JobState.QUEUED, JobState.HELD} else value,
        "max": job.steps,
        "label": str(JobState(job.state).label),
        "note": progress_note(job),
        "state": job.state if job.state in FINISHED else "running",
        "done": job.state in FINISHED,
        "preview": preview_address(job),
    }


def preview_address(job: Job) -> str:
    """Return where the last preview of a running job is, another address for each step; empty without one."""
    if job.state != JobState.RUNNING:
        return ""
    step = Preview.objects.filter(job=job).values_list("step", flat=True).first()
    return "" if step is None else f"{reverse('generation:job_preview', args=[job.uuid])}?step={step}"


def progress_note(job: Job) -> str:
    """Say where the job is: its place in the queue, its step, or how it ended."""
    if job.state == JobState.QUEUED:
        return queue_note(job)
    if job.state == JobState.HELD:
        return _("a teacher looks at it first")
    if job.state == JobState.RUNNING and job.cancel_asked_at:
        return _("stopping")
    if job.state == JobState.RUNNING:
        return _("step %(step)d of %(steps)d") % {"step": job.step, "steps": job.steps}
    return problems.sentence(job.problem) if job.problem else ""


def queue_note(job: Job) -> str:
    place = place_of(job, now=timezone.now())
    count, seconds = place.ahead, round(place.seconds)
    if count == 0:
        return _("next in line")
    words = ngettext(
        "%(count)d job ahead, about %(seconds)d s", "%(count)d jobs ahead, about %(seconds)d s", count
    )
    return words % {"count": count, "seconds": seconds}


class ToolSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = serializers.SerializerMethodField()
    module = serializers.CharField()
    makes = serializers.CharField()
    needs_source = serializers.BooleanField()
    inputs = serializers.SerializerMethodField()

    def get_title(self, tool: Any) -> str:
        return _(tool.title)

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_inputs(self, tool: Any) -> list[dict[str, Any]]:
        return [
            {
                "slug": item.slug, "label": _(item.label), "kind": item.kind, "default": item.default,
                "low": item.low, "high": item.high, "options": [slug for slug, _label in item.options],
            }
            for item in tool.inputs
        ]  # fmt: skip


class EngineSerializer(serializers.ModelSerializer[Engine]):
    """An engine with its defaults; how a remote one is called stays with the administrators."""

    title = serializers.CharField(read_only=True)
    summary = serializers.CharField(read_only=True)
    options = serializers.SerializerMethodField()
    barred = serializers.SerializerMethodField(
        help_text="Why its licence doesn't let it run here; empty when it does."
    )
    looks: serializers.SlugRelatedField[Adapter] = serializers.SlugRelatedField(
        source="adapters", slug_field="slug", many=True, read_only=True
    )

    class Meta:
        model = Engine
        fields = (
            "slug",
            "title",
            "summary",
            "pipeline",
            "revision",
            "licence",
            "conditions",
            "barred",
            "tools",
            "options",
            "looks",
            "memory_gb",
            "is_enabled",
        )
        read_only_fields = fields

    @extend_schema_field({"type": "object"})
    def get_options(self, engine: Engine) -> dict[str, Any]:
        return {name: value for name, value in engine.options.items() if name not in CALLS}

    @extend_schema_field({"type": "string"})
    def get_barred(self, engine: Engine) -> str:
        reason = licence_refusal(engine)
        return _(reason.template) % reason.params if reason else ""


class OutputSerializer(serializers.ModelSerializer[Output]):
    job = serializers.UUIDField(source="job.uuid", read_only=True)
    media = serializers.UUIDField(source="media.uuid", read_only=True)
    name = serializers.CharField(source="media.name", read_only=True)
    sha256 = serializers.CharField(source="media.sha256", read_only=True)

    class Meta:
        model = Output
        fields = ("job", "media", "name", "sha256", "recipe", "recipe_hash", "ledger_index", "created_at")
        read_only_fields = fields


class MediaUsedSerializer(serializers.ModelSerializer[JobMedia]):
    """A further medium of a job: what for, and which."""

    media = serializers.UUIDField(source="media.uuid", read_only=True)

    class Meta:
        model = JobMedia
        fields = ("use", "media")
        read_only_fields = fields


class JobSerializer(serializers.ModelSerializer[Job]):
    work = serializers.UUIDField(source="work.uuid", read_only=True)
    engine = serializers.CharField(source="engine.slug", read_only=True)
    problem = serializers.SerializerMethodField()
    source = serializers.UUIDField(source="source.uuid", read_only=True, allow_null=True, default=None)  # type: ignore[assignment]  # a field named source
    media_used = MediaUsedSerializer(many=True, read_only=True)
    media = serializers.SerializerMethodField()
    is_chosen = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "uuid", "work", "tool", "engine", "request", "source", "media_used", "state", "step", "steps",
            "attempts", "problem", "price_seconds", "spent_seconds", "price_money", "spent_money", "media",
            "is_chosen", "created_at", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field({"type": "string", "nullable": True})
    def get_problem(self, job: Job) -> str | None:
        return problems.sentence(job.problem) if job.problem else None

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_media(self, job: Job) -> str | None:
        output = getattr(job, "output", None)
        return str(output.media.uuid) if output else None

    def get_is_chosen(self, job: Job) -> bool:
        return hasattr(job, "output") and hasattr(job.output, "choice")


class JobRequestSerializer(serializers.Serializer[Any]):
    """A wish for a job."""

    work = serializers.UUIDField()
    tool = serializers.ChoiceField(choices=sorted(TOOLS))
    inputs = serializers.DictField(default=dict)
    source = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment]  # a field named source
    engine = serializers.SlugField(required=False, allow_blank=True, default="")
    media = serializers.DictField(
        child=serializers.ListField(child=serializers.UUIDField()),
        default=dict,
        help_text="Further media of the work by their use: mask, control, reference, plate, last-frame, sound.",
    )
    releases = serializers.ListField(
        child=serializers.UUIDField(),
        allow_null=True,
        default=None,
        help_text="Releases of the people it shows or sounds like; empty for nobody real, null where it doesn't matter.",
    )


class CandidatesRequestSerializer(JobRequestSerializer):
    """A wish for several jobs with successive seeds, all or none."""

    count = serializers.IntegerField(min_value=1, max_value=MOST, default=FEWEST)


class ChoiceRequestSerializer(serializers.Serializer[Any]):
    """The jobs an output was weighed against."""

    among = serializers.ListField(child=serializers.UUIDField(), allow_empty=True, max_length=MOST)


class ViewingSerializer(serializers.ModelSerializer[Viewing]):
    user = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Viewing
        fields = ("user", "first_at", "last_at", "times")
        read_only_fields = fields


class QueueRowSerializer(serializers.Serializer[Row]):
    """A job of the queue; `job` only where the person may see it."""

    job = serializers.SerializerMethodField()
    tool = serializers.CharField(source="job.tool")
    engine = serializers.CharField(source="job.engine.slug")
    whose = serializers.CharField()
    place = serializers.IntegerField()
    wait_seconds = serializers.FloatField()
    step = serializers.IntegerField(source="job.step")
    steps = serializers.IntegerField(source="job.steps")

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def get_job(self, row: Row) -> str | None:
        return str(row.job.uuid) if row.whose in {"mine", "crew", "named"} else None


class QueueSerializer(serializers.Serializer[Any]):
    running = QueueRowSerializer(many=True)
    next = QueueRowSerializer(many=True)
    waiting = serializers.IntegerField()
    machines = serializers.IntegerField()


class WorkerSerializer(serializers.ModelSerializer[Worker]):
    """A GPU worker as it last reported; `wish` may be written."""

    class Meta:
        model = Worker
        fields = (
            "name", "device", "memory_gb", "loaded", "wish", "jobs_running", "busy_share",
            "affinity_debt_seconds", "started_at", "seen_at",
        )  # fmt: skip
        read_only_fields = tuple(name for name in fields if name != "wish")


class GateVerdictSerializer(serializers.ModelSerializer[GateVerdict]):
    """What a gate holds, for those who decide."""

    job = serializers.UUIDField(source="job.uuid", read_only=True)
    work = serializers.UUIDField(source="job.work.uuid", read_only=True)
    request = serializers.JSONField(source="job.request", read_only=True)
    reason = serializers.SerializerMethodField()
    file_url = serializers.SerializerMethodField()

    class Meta:
        model = GateVerdict
        fields = ("uuid", "job", "work", "request", "stage", "gate", "reason", "file_url", "created_at")
        read_only_fields = fields

    def get_reason(self, verdict: GateVerdict) -> str:
        return problems.sentence(verdict.reason)

    @extend_schema_field({"type": "string", "nullable": True})
    def get_file_url(self, verdict: GateVerdict) -> str | None:
        return reverse("generation:held_file", args=[verdict.uuid]) if verdict.held_sha256 else None


class DecisionSerializer(serializers.Serializer[Any]):
    """A teacher's decision on a held job."""

    is_allowed = serializers.BooleanField()
    why = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
