"""Courses over HTTP: what a person may see on the pages, and the same services behind every write."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import CreateModelMixin, ListModelMixin, RetrieveModelMixin, UpdateModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts.models import User
from courses import queries, services
from courses.choices import Role
from courses.models import Course, Crew, Enrolment, Lesson, Module, Programme
from courses.serializers import (
    CourseSerializer,
    CrewSerializer,
    EnrolmentSerializer,
    LessonSerializer,
    ModuleSerializer,
    NewEnrolmentSerializer,
    ProgrammeSerializer,
)


def person(request: Request) -> User:
    """The person behind a request; IsAuthenticated has let nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101  # narrows the type
    return request.user


class ProgrammeViewSet(ReadOnlyModelViewSet[Programme]):
    """Programmes of the courses you may see."""

    permission_classes = [IsAuthenticated]
    serializer_class = ProgrammeSerializer
    queryset = Programme.objects.none()
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Programme]:
        return queries.programmes_visible_to(person(self.request))


class CourseViewSet(ReadOnlyModelViewSet[Course]):
    """Courses you are in; all of them for administrators."""

    permission_classes = [IsAuthenticated]
    serializer_class = CourseSerializer
    queryset = Course.objects.none()
    lookup_field = "uuid"

    def get_queryset(self) -> QuerySet[Course]:
        return queries.courses_visible_to(person(self.request))


class ModuleViewSet(UpdateModelMixin, ReadOnlyModelViewSet[Module]):
    """Modules; instructors publish or hide one by setting `is_published`."""

    permission_classes = [IsAuthenticated]
    serializer_class = ModuleSerializer
    queryset = Module.objects.none()
    http_method_names = ["get", "patch", "head", "options"]

    def get_queryset(self) -> QuerySet[Module]:
        return queries.modules_visible_to(person(self.request))

    def perform_update(self, serializer: Any) -> None:
        if "is_published" in serializer.validated_data:
            services.publish_module(
                module=serializer.instance,
                is_published=serializer.validated_data["is_published"],
                by=person(self.request),
            )


class LessonViewSet(ReadOnlyModelViewSet[Lesson]):
    """Lessons with their text; the text is empty while the module is not open to you."""

    permission_classes = [IsAuthenticated]
    serializer_class = LessonSerializer
    queryset = Lesson.objects.none()
    lookup_field = "uuid"

    def get_queryset(self) -> QuerySet[Lesson]:
        user = person(self.request)
        done = queries.lessons_done_by(user).filter(lesson=OuterRef("pk"))
        return queries.lessons_visible_to(user).annotate(is_done=Exists(done))

    def get_serializer_context(self) -> dict[str, Any]:
        """Tell the serializer which modules' lessons stay closed (nobody's, while the schema is written)."""
        user = self.request.user
        closed = queries.closed_modules(user) if isinstance(user, User) else set()
        return {**super().get_serializer_context(), "closed": closed}

    @extend_schema(request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, uuid: str) -> Response:
        """Say that you have finished the lesson."""
        lesson = self.get_object()
        services.finish_lesson(lesson=lesson, by=person(request), now=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)


class EnrolmentViewSet(ListModelMixin, RetrieveModelMixin, CreateModelMixin, GenericViewSet[Enrolment]):
    """Your own enrolments and, in courses that you teach, everybody's; instructors enrol people."""

    permission_classes = [IsAuthenticated]
    serializer_class = EnrolmentSerializer
    queryset = Enrolment.objects.none()

    def get_queryset(self) -> QuerySet[Enrolment]:
        return queries.enrolments_visible_to(person(self.request))

    @extend_schema(request=NewEnrolmentSerializer, responses={201: EnrolmentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enrol somebody by user name."""
        asked = NewEnrolmentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        course = get_object_or_404(
            queries.courses_visible_to(person(request)), uuid=asked.validated_data["course"]
        )
        enrolment = services.enrol_by_name(
            course=course,
            username=asked.validated_data["username"],
            role=Role(asked.validated_data["role"]),
            by=person(request),
        )
        return Response(self.get_serializer(enrolment).data, status=status.HTTP_201_CREATED)


class CrewViewSet(ReadOnlyModelViewSet[Crew]):
    """Crews of your courses with their members."""

    permission_classes = [IsAuthenticated]
    serializer_class = CrewSerializer
    queryset = Crew.objects.none()
    lookup_field = "uuid"

    def get_queryset(self) -> QuerySet[Crew]:
        return queries.crews_visible_to(person(self.request))


def register(router: BaseRouter) -> None:
    router.register("programmes", ProgrammeViewSet, basename="programme")
    router.register("courses", CourseViewSet, basename="course")
    router.register("modules", ModuleViewSet, basename="module")
    router.register("lessons", LessonViewSet, basename="lesson")
    router.register("enrolments", EnrolmentViewSet, basename="enrolment")
    router.register("crews", CrewViewSet, basename="crew")
