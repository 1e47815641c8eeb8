"""The measure over HTTP."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from assignments.queries import cuts_visible_to
from ethics import services
from ethics.models import Appeal, Assessment
from ethics.queries import assessments_visible_to
from ethics.queries.deciding import decisions_on, standing_of
from ethics.serializers import AssessmentSerializer, StandingSerializer


def register(router: BaseRouter) -> None:
    """Add this room's addresses to the API."""
    router.register("assessments", AssessmentViewSet, basename="assessment")


class AssessmentViewSet(mixins.CreateModelMixin, ReadOnlyModelViewSet[Assessment]):
    """Assessments; POST has a cut measured, or returns the standing one when nothing has changed."""

    permission_classes = [IsAuthenticated]
    serializer_class = AssessmentSerializer
    lookup_field = "uuid"
    queryset = Assessment.objects.none()

    def get_queryset(self) -> QuerySet[Assessment]:
        visible = assessments_visible_to(cast("User", self.request.user))
        return visible if self.action in {"document", "standing"} else visible.defer("document", "heats")

    def perform_create(self, serializer: Any) -> None:
        user = cast("User", self.request.user)
        cut = get_object_or_404(cuts_visible_to(user), uuid=serializer.validated_data["cut"]["uuid"])
        serializer.instance = services.request_assessment(cut=cut, by=user, now=timezone.now())

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def document(self, request: Request, uuid: UUID) -> Response:
        """The document `dailies-assessment/1`; null until it is done."""
        return Response(self.get_object().document)

    @extend_schema(responses=StandingSerializer)
    @action(detail=True)
    def standing(self, request: Request, uuid: UUID) -> Response:
        """The picture as measured and with what teachers decided, the decisions, and the crew's appeal."""
        assessment = self.get_object()
        decisions = list(decisions_on(assessment.cut))
        told = {
            "assessment": assessment,
            "standing": standing_of(assessment, decisions) if assessment.document else None,
            "decisions": decisions,
            "appeal": Appeal.objects.filter(assessment=assessment).first(),
        }
        return Response(StandingSerializer(told).data)
