"""Courses, modules, lessons and people as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from courses.choices import Role
from courses.models import Course, Crew, CrewMember, Enrolment, Lesson, Module, Programme


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    class Meta:
        model = Programme
        fields = ["slug", "title_en", "title_zh", "summary_en", "summary_zh"]


class CourseSerializer(serializers.ModelSerializer[Course]):
    programme = serializers.SlugRelatedField[Programme](slug_field="slug", read_only=True)

    class Meta:
        model = Course
        fields = [
            "uuid", "programme", "code", "term", "starts_on",
            "title_en", "title_zh", "summary_en", "summary_zh",
        ]  # fmt: skip


class ModuleSerializer(serializers.ModelSerializer[Module]):
    course = serializers.SlugRelatedField[Course](slug_field="uuid", read_only=True)
    prerequisite = serializers.SlugRelatedField[Module](slug_field="slug", read_only=True, allow_null=True)
    objectives = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))

    class Meta:
        model = Module
        fields = [
            "id", "course", "slug", "number", "title_en", "title_zh", "summary_en", "summary_zh",
            "objectives", "is_published", "prerequisite",
        ]  # fmt: skip
        read_only_fields = [field for field in fields if field != "is_published"]


class LessonSerializer(serializers.ModelSerializer[Lesson]):
    """A lesson; its text stays empty while the module waits for another one."""

    course = serializers.UUIDField(source="module.course.uuid", read_only=True)
    module = serializers.SlugRelatedField[Module](slug_field="slug", read_only=True)
    is_done = serializers.BooleanField(read_only=True, help_text="Whether you have finished it.")

    class Meta:
        model = Lesson
        fields = [
            "uuid", "course", "module", "slug", "kind", "position", "minutes", "title_en", "title_zh",
            "body_en", "body_zh", "is_done",
        ]  # fmt: skip

    def to_representation(self, instance: Lesson) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.module_id in self.context.get("closed", ()):
            shown.update(body_en="", body_zh="")
        return shown


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    course = serializers.SlugRelatedField[Course](slug_field="uuid", read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    name = serializers.CharField(source="user", read_only=True)

    class Meta:
        model = Enrolment
        fields = ["id", "course", "username", "name", "role"]


class NewEnrolmentSerializer(serializers.Serializer[Enrolment]):
    course = serializers.UUIDField()
    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Role.choices)


class CrewMemberSerializer(serializers.ModelSerializer[CrewMember]):
    username = serializers.CharField(source="user.username", read_only=True)
    name = serializers.CharField(source="user", read_only=True)

    class Meta:
        model = CrewMember
        fields = ["username", "name", "film_role"]


class CrewSerializer(serializers.ModelSerializer[Crew]):
    course = serializers.SlugRelatedField[Course](slug_field="uuid", read_only=True)
    members = CrewMemberSerializer(many=True, read_only=True)

    class Meta:
        model = Crew
        fields = ["uuid", "course", "name", "members"]
