"""Rubrics, markings, reports and the audit as the API shows them."""

from __future__ import annotations

from decimal import Decimal

from rest_framework import serializers

from ethics.choices import Result
from grading.choices import MarkerRole
from grading.models import Criterion, Mark, Marking, Report
from grading.queries.audit import AuditRow


class LevelSerializer(serializers.Serializer[dict[str, object]]):
    en = serializers.CharField()
    zh = serializers.CharField()
    share = serializers.FloatField(help_text="Of the criterion's points, 0 to 1.")


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    brief = serializers.UUIDField(source="brief.uuid", read_only=True)
    owner = serializers.ChoiceField(choices=MarkerRole.choices, read_only=True)
    levels = LevelSerializer(many=True, read_only=True)

    class Meta:
        model = Criterion
        fields = [
            "brief", "slug", "position", "title_en", "title_zh", "description_en", "description_zh", "points",
            "owner", "levels",
        ]  # fmt: skip
        read_only_fields = fields


class MarkSerializer(serializers.ModelSerializer[Mark]):
    criterion = serializers.SlugRelatedField[Criterion](slug_field="slug", read_only=True)

    class Meta:
        model = Mark
        fields = ["criterion", "points", "comment"]
        read_only_fields = fields


class MarkingSerializer(serializers.ModelSerializer[Marking]):
    submission = serializers.UUIDField(source="submission.uuid", read_only=True)
    marker = serializers.CharField(source="marker.username", read_only=True)
    role = serializers.ChoiceField(choices=MarkerRole.choices, read_only=True)
    marks = MarkSerializer(many=True, read_only=True)

    class Meta:
        model = Marking
        fields = [
            "uuid", "submission", "role", "marker", "comment", "marks", "updated_at", "finished_at",
            "ledger_index",
        ]  # fmt: skip
        read_only_fields = fields


class NewMarkingSerializer(serializers.Serializer[dict[str, object]]):
    """A draft as a whole: criteria that are not named are taken back."""

    submission = serializers.UUIDField()
    points = serializers.DictField(
        child=serializers.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal(0)), default=dict
    )
    comments = serializers.DictField(child=serializers.CharField(allow_blank=True), default=dict)
    comment = serializers.CharField(allow_blank=True, default="")
    seen = serializers.DateTimeField(
        required=False, help_text="`updated_at` of the draft you changed; another one there refuses yours."
    )


class ReportSerializer(serializers.ModelSerializer[Report]):
    submission = serializers.UUIDField(source="submission.uuid")

    class Meta:
        model = Report
        fields = [
            "uuid", "submission", "language", "state", "has_marks", "sha256", "size_bytes", "created_at",
            "finished_at",
        ]  # fmt: skip
        read_only_fields = [field for field in fields if field not in {"submission", "language"}]


class AuditRowSerializer(serializers.Serializer[AuditRow]):
    """One brief of one course: films handed in, by their last attempt."""

    term = serializers.CharField(source="course.term")
    course = serializers.CharField(source="course.code")
    brief = serializers.UUIDField(source="brief.uuid")
    module = serializers.IntegerField(source="brief.module.number")
    cap = serializers.DecimalField(source="brief.picture_cap", max_digits=4, decimal_places=3)
    films = serializers.SerializerMethodField()
    unmeasured = serializers.IntegerField()
    share = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Means of the lower and of the upper ends."
    )
    degree = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    verdicts = serializers.DictField(
        child=serializers.IntegerField(), help_text=f"By {', '.join(Result.values)}."
    )
    gpu_seconds = serializers.FloatField()

    def get_films(self, row: AuditRow) -> int:
        return len(row.films)
