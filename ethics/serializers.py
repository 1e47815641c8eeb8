"""Assessments as JSON for the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ethics.models import Assessment
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
