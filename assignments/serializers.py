"""The assignments room as JSON. Objects are named by their uuid."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assignments.choices import ReleaseStanding
from assignments.models import Brief, Cut, Media, Release, Submission, Work
from assignments.templatetags.briefs import policy_sentence, problem_sentence


class PolicySerializer(serializers.ModelSerializer[Brief]):
    """The AI policy of a brief; `sentence` says it in the language of the request."""

    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Brief
        fields = [
            "scale_level", "picture_cap", "voice_cap", "tools", "gpu_seconds", "gpu_seconds_person",
            "gpu_seconds_all", "money_limit", "over_cap", "sentence",
        ]  # fmt: skip
        read_only_fields = fields

    def get_sentence(self, brief: Brief) -> str:
        return policy_sentence(brief)


class BriefSerializer(serializers.ModelSerializer[Brief]):
    course = serializers.UUIDField(source="module.course.uuid", read_only=True)
    module = serializers.SlugField(source="module.slug", read_only=True)
    policy = PolicySerializer(source="*", read_only=True)

    class Meta:
        model = Brief
        fields = [
            "uuid", "course", "module", "slug", "kind", "title_en", "title_zh", "body_en", "body_zh",
            "points", "due_at", "is_crew_work", "mentor_weight", "policy",
        ]  # fmt: skip
        read_only_fields = fields


class WorkSerializer(serializers.ModelSerializer[Work]):
    brief = serializers.UUIDField(source="brief.uuid")
    crew = serializers.UUIDField(source="crew.uuid", read_only=True, allow_null=True, default=None)
    owner = serializers.CharField(source="owner.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Work
        fields = ["uuid", "brief", "crew", "owner", "title", "created_at"]
        read_only_fields = ["uuid", "title", "created_at"]


class MediaSerializer(serializers.ModelSerializer[Media]):
    """`problem` is a sentence in the language of the request; addresses answer range requests."""

    work = serializers.UUIDField(source="work.uuid", read_only=True)
    problem = serializers.SerializerMethodField()
    original_url = serializers.SerializerMethodField()
    proxy_url = serializers.SerializerMethodField()

    class Meta:
        model = Media
        fields = [
            "uuid", "work", "role", "name", "sha256", "size_bytes", "mime", "state", "progress", "facts",
            "problem", "original_url", "proxy_url", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_problem(self, media: Media) -> str:
        return problem_sentence(media.problem)

    def get_original_url(self, media: Media) -> str:
        return reverse("assignments:media_file", args=[media.uuid, "original"])

    def get_proxy_url(self, media: Media) -> str | None:
        return reverse("assignments:media_file", args=[media.uuid, "proxy"]) if media.has_proxy else None


class UploadSerializer(serializers.Serializer[Any]):
    """A multipart upload; each part is streamed to the store while it arrives."""

    file = serializers.FileField()


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    """What a real person allows in a work; `standing` says whether it holds today."""

    work = serializers.UUIDField(source="work.uuid", read_only=True)
    standing = serializers.SerializerMethodField()
    sheet_url = serializers.SerializerMethodField()

    class Meta:
        model = Release
        fields = [
            "uuid", "work", "person", "kinds", "purpose", "standing", "signed_on", "expires_on", "document_sha256",
            "sheet_url", "created_at", "approved_at", "revoked_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=ReleaseStanding.choices))
    def get_standing(self, release: Release) -> str:
        return str(release.standing(timezone.localdate()))

    def get_sheet_url(self, release: Release) -> str:
        return reverse("assignments:release_sheet", args=[release.uuid])


class CutSerializer(serializers.ModelSerializer[Cut]):
    """`notes` are sentences about what doesn't fit between timeline and film."""

    work = serializers.UUIDField(source="work.uuid")
    film = serializers.UUIDField(source="film.uuid")
    timeline = serializers.UUIDField(source="timeline.uuid", required=False, allow_null=True, default=None)
    notes = serializers.SerializerMethodField()

    class Meta:
        model = Cut
        fields = ["uuid", "work", "version", "film", "timeline", "note", "notes", "created_at"]
        read_only_fields = ["uuid", "version", "created_at"]

    def get_notes(self, cut: Cut) -> list[str]:
        return [problem_sentence(note) for note in cut.notes]


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    work = serializers.UUIDField(source="work.uuid", read_only=True)
    cut = serializers.UUIDField(source="cut.uuid")
    film_sha256 = serializers.CharField(source="cut.film.sha256", read_only=True)

    class Meta:
        model = Submission
        fields = [
            "uuid", "work", "cut", "attempt", "receipt", "ledger_index", "is_late", "film_sha256",
            "submitted_at",
        ]  # fmt: skip
        read_only_fields = ["uuid", "attempt", "receipt", "ledger_index", "is_late", "submitted_at"]
