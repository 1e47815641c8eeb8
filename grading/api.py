"""The grading room over HTTP: the same reads and the same services as the pages."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet, ViewSet

from accounts.models import User
from assignments.backends import store
from assignments.queries import briefs_visible_to, submissions_visible_to
from ethics.choices import Result
from grading.choices import ReportState
from grading.models import Criterion, Marking, Report
from grading.permissions import marker_role
from grading.queries.audit import audit_rows
from grading.queries.marking import markings_visible_to
from grading.queries.reports import reports_visible_to
from grading.serializers import (
    AuditRowSerializer,
    CriterionSerializer,
    MarkingSerializer,
    NewMarkingSerializer,
    ReportSerializer,
)
from grading.services.marking import finish_marking, save_marks
from grading.services.reports import request_report
from ui.errors import require

AUDIT_FILTERS = [
    OpenApiParameter("term", str),
    OpenApiParameter("course", str, description="Code of a course."),
    OpenApiParameter("module", str, description="Slug of a module."),
    OpenApiParameter("verdict", str, enum=Result.values),
]


def register(router: BaseRouter) -> None:
    """Add this room's addresses to the API."""
    router.register("criteria", CriterionViewSet, basename="criterion")
    router.register("markings", MarkingViewSet, basename="marking")
    router.register("reports", ReportViewSet, basename="report")
    router.register("audit", AuditViewSet, basename="audit")


def person(request: Request) -> User:
    return cast("User", request.user)


class CriterionViewSet(mixins.ListModelMixin, GenericViewSet[Criterion]):
    """Rubric lines of the briefs you may see."""

    permission_classes = [IsAuthenticated]
    serializer_class = CriterionSerializer
    queryset = Criterion.objects.none()

    def get_queryset(self) -> QuerySet[Criterion]:
        visible = briefs_visible_to(person(self.request)).order_by().values("pk")
        rubric = Criterion.objects.filter(brief__in=visible).select_related("brief")
        wanted = self.request.query_params.get("brief")
        return (rubric.filter(brief__uuid=_uuid(wanted)) if wanted else rubric).order_by("brief", "position")

    @extend_schema(parameters=[OpenApiParameter("brief", OpenApiTypes.UUID)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)


class MarkingViewSet(ReadOnlyModelViewSet[Marking]):
    """Your own markings, and everybody's of films whose marks are out; POST saves a draft as a whole."""

    permission_classes = [IsAuthenticated]
    serializer_class = MarkingSerializer
    lookup_field = "uuid"
    queryset = Marking.objects.none()

    def get_queryset(self) -> QuerySet[Marking]:
        return markings_visible_to(person(self.request))

    @extend_schema(request=NewMarkingSerializer, responses={200: MarkingSerializer})
    def create(self, request: Request) -> Response:
        given = NewMarkingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        draft = given.validated_data
        user = person(request)
        submission = get_object_or_404(submissions_visible_to(user), uuid=draft["submission"])
        role = marker_role(user, submission.work.brief.module.course)
        require(role is not None)
        marking = save_marks(
            submission=submission,
            role=str(role),
            points=draft["points"],
            comments=draft["comments"],
            comment=draft["comment"],
            by=user,
            now=timezone.now(),
            seen=draft.get("seen"),
        )
        return Response(self.get_serializer(self.get_queryset().get(pk=marking.pk)).data)

    @extend_schema(request=None, responses={200: MarkingSerializer})
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, uuid: UUID) -> Response:
        """Close your marking; finished marks stand."""
        marking = finish_marking(marking=self.get_object(), by=person(request), now=timezone.now())
        return Response(self.get_serializer(self.get_queryset().get(pk=marking.pk)).data)


class ReportViewSet(ReadOnlyModelViewSet[Report]):
    """Film reports; POST has one written."""

    permission_classes = [IsAuthenticated]
    serializer_class = ReportSerializer
    lookup_field = "uuid"
    queryset = Report.objects.none()

    def get_queryset(self) -> QuerySet[Report]:
        return reports_visible_to(person(self.request))

    def create(self, request: Request) -> Response:
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        submission = get_object_or_404(
            submissions_visible_to(person(request)), uuid=wanted["submission"]["uuid"]
        )
        report = request_report(
            submission=submission, language=wanted["language"], by=person(request), now=timezone.now()
        )
        return Response(self.get_serializer(report).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True)
    def file(self, request: Request, uuid: UUID) -> HttpResponse:
        """The report as PDF, once it is ready."""
        report = self.get_object()
        if report.state != ReportState.READY:
            raise Http404
        return HttpResponse(store.path(report.sha256).read_bytes(), content_type="application/pdf")


class AuditViewSet(ViewSet):
    """AI shares across courses and terms, for administrators."""

    permission_classes = [IsAdminUser]

    @extend_schema(parameters=AUDIT_FILTERS, responses=AuditRowSerializer(many=True))
    def list(self, request: Request) -> Response:
        filters = {filter_.name: request.query_params.get(filter_.name, "") for filter_ in AUDIT_FILTERS}
        rows = AuditRowSerializer(audit_rows(filters), many=True)  # type: ignore[arg-type]  # many
        return Response(rows.data)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as fault:
        raise Http404 from fault
