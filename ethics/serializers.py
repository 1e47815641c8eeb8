"""Assessments as JSON for the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ethics.domain.deciding import Standing
from ethics.domain.segments import Interval
from ethics.models import Appeal, Assessment, Decision
from ui.problems import sentence


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """`share` is [low, high] of the picture, 0 to 1; `hcid` [low, high], 0 to 100; both null until it is done."""

    cut = serializers.UUIDField(source="cut.uuid")
    work = serializers.UUIDField(source="cut.work.uuid", read_only=True)
    share = serializers.SerializerMethodField()
    hcid = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()

    class Meta:
        model = Assessment
        fields = [
            "uuid", "work", "cut", "number", "state", "progress", "share", "hcid", "verdict", "document_sha256",
            "ledger_index", "problem", "created_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = [name for name in fields if name != "cut"]

    @extend_schema_field({"type": "array", "items": {"type": "number"}, "nullable": True})
    def get_share(self, assessment: Assessment) -> list[float | None] | None:
        return None if assessment.share_low is None else [assessment.share_low, assessment.share_high]

    @extend_schema_field({"type": "array", "items": {"type": "number"}, "nullable": True})
    def get_hcid(self, assessment: Assessment) -> list[float | None] | None:
        return None if assessment.hcid_low is None else [assessment.hcid_low, assessment.hcid_high]

    def get_problem(self, assessment: Assessment) -> str:
        return sentence(assessment.problem) if assessment.problem else ""


class RulingSerializer(serializers.ModelSerializer[Decision]):
    """A ruling on the half-open stretch from `start` to `end`, in seconds."""

    by = serializers.CharField(source="created_by.username")

    class Meta:
        model = Decision
        fields = [
            "uuid",
            "plane",
            "start",
            "end",
            "ruling",
            "reason",
            "evidence",
            "ledger_index",
            "by",
            "created_at",
        ]
        read_only_fields = fields


class AppealSerializer(serializers.ModelSerializer[Appeal]):
    """`decision` is null where the verdict as a whole is appealed."""

    decision = serializers.UUIDField(source="decision.uuid", allow_null=True, default=None)

    class Meta:
        model = Appeal
        fields = [
            "uuid", "state", "decision", "words", "answer", "ledger_index", "answer_index", "opened_at", "answered_at"
        ]  # fmt: skip
        read_only_fields = fields


class StandingSerializer(serializers.Serializer[Any]):
    """`measured` and `decided` are [low, high] of the picture, 0 to 1; null until it is done."""

    measured = serializers.SerializerMethodField()
    decided = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    decisions = RulingSerializer(many=True)
    appeal = AppealSerializer(allow_null=True)

    @extend_schema_field({"type": "array", "items": {"type": "number"}, "nullable": True})
    def get_measured(self, told: dict[str, Any]) -> list[float] | None:
        standing: Standing | None = told["standing"]
        return _ends(standing.measured.share) if standing else None

    @extend_schema_field({"type": "array", "items": {"type": "number"}, "nullable": True})
    def get_decided(self, told: dict[str, Any]) -> list[float] | None:
        standing: Standing | None = told["standing"]
        return _ends(standing.decided.share) if standing else None

    @extend_schema_field({"type": "string", "enum": ["within", "open", "over", ""]})
    def get_result(self, told: dict[str, Any]) -> str:
        standing: Standing | None = told["standing"]
        return str(standing.result) if standing else ""


def _ends(share: Interval) -> list[float]:
    return [float(share.low), float(share.high)]
