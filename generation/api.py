"""Tools, engines, jobs and outputs for programs."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.models import User
from assignments.queries import works_visible_to
from generation import services
from generation.domain.tools import TOOLS
from generation.models import Engine, Job, Output
from generation.queries import engines_visible_to, jobs_visible_to, outputs_visible_to, sources_of
from generation.serializers import (
    EngineSerializer,
    JobRequestSerializer,
    JobSerializer,
    OutputSerializer,
    ToolSerializer,
)


def person(request: Request) -> User:
    return cast("User", request.user)


class ToolViewSet(viewsets.ViewSet):
    """The tools, with their inputs and ranges."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=ToolSerializer(many=True), operation_id="tools_list")
    def list(self, request: Request) -> Response:
        return Response(ToolSerializer(list(TOOLS.values()), many=True).data)


class EngineViewSet(viewsets.ReadOnlyModelViewSet[Engine]):
    """Engines: which there are and what they may be used for."""

    permission_classes = [IsAuthenticated]
    serializer_class = EngineSerializer
    queryset = Engine.objects.none()
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Engine]:
        return engines_visible_to(person(self.request))


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Job]):
    """Generation jobs of one's works."""

    permission_classes = [IsAuthenticated]
    serializer_class = JobSerializer
    queryset = Job.objects.none()
    lookup_field = "uuid"

    def get_queryset(self) -> QuerySet[Job]:
        return jobs_visible_to(person(self.request))

    @extend_schema(request=JobRequestSerializer, responses={201: JobSerializer})
    def create(self, request: Request) -> Response:
        """Put a job into the queue."""
        wish = JobRequestSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        job = self._requested(wish.validated_data)
        return Response(JobSerializer(job).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uuid: str) -> Response:
        """Take it out of the queue, or stop it within a step."""
        job = services.cancel_job(job=self.get_object(), by=person(request), now=timezone.now())
        return Response(JobSerializer(job).data)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, uuid: str) -> Response:
        """Put a failed or cancelled job back into the queue."""
        job = services.retry_job(job=self.get_object(), by=person(request), now=timezone.now())
        return Response(JobSerializer(job).data)

    def _requested(self, wish: dict[str, Any]) -> Job:
        user = person(self.request)
        work = get_object_or_404(works_visible_to(user), uuid=wish["work"])
        source = get_object_or_404(sources_of(work), uuid=wish["source"]) if wish.get("source") else None
        return services.request_job(
            work=work, tool=wish["tool"], inputs=wish["inputs"], source=source, engine=wish["engine"],
            by=user, now=timezone.now(),
        )  # fmt: skip


@extend_schema(parameters=[OpenApiParameter("job__uuid", str, OpenApiParameter.PATH)])
class OutputViewSet(viewsets.ReadOnlyModelViewSet[Output]):
    """Generated files with their recipes and ledger entries, by the uuid of their job."""

    permission_classes = [IsAuthenticated]
    serializer_class = OutputSerializer
    queryset = Output.objects.none()
    lookup_field = "job__uuid"

    def get_queryset(self) -> QuerySet[Output]:
        return outputs_visible_to(person(self.request))


def register(router: BaseRouter) -> None:
    """Add this room's addresses to the API."""
    router.register("tools", ToolViewSet, basename="tool")
    router.register("engines", EngineViewSet, basename="engine")
    router.register("jobs", JobViewSet, basename="job")
    router.register("outputs", OutputViewSet, basename="output")
