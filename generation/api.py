"""Tools, engines, jobs and outputs for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.serializers import BaseSerializer

from accounts.models import User
from assignments.models import Media, Release, Work
from assignments.queries import works_visible_to
from generation import services
from generation.domain.tools import TOOLS
from generation.models import Engine, GateVerdict, Job, Output, Preview, Worker
from generation.queries import engines_visible_to, jobs_visible_to, materials_of, outputs_visible_to
from generation.queries.board import board
from generation.queries.safety import held_visible_to
from generation.serializers import (
    CandidatesRequestSerializer,
    ChoiceRequestSerializer,
    DecisionSerializer,
    EngineSerializer,
    GateVerdictSerializer,
    JobRequestSerializer,
    JobSerializer,
    OutputSerializer,
    QueueSerializer,
    ToolSerializer,
    ViewingSerializer,
    WorkerSerializer,
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
        return engines_visible_to(person(self.request)).prefetch_related("adapters")


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Job]):
    """Generation jobs of one's works."""

    permission_classes = [IsAuthenticated]
    serializer_class = JobSerializer
    queryset = Job.objects.none()
    lookup_field = "uuid"

    def get_queryset(self) -> QuerySet[Job]:
        jobs = jobs_visible_to(person(self.request)).select_related("source")
        return jobs.prefetch_related("media_used__media")

    @extend_schema(request=JobRequestSerializer, responses={201: JobSerializer})
    def create(self, request: Request) -> Response:
        """Put a job into the queue."""
        wish = JobRequestSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        [job] = self._requested(wish.validated_data)
        return Response(JobSerializer(job).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CandidatesRequestSerializer, responses={201: JobSerializer(many=True)})
    @action(detail=False, methods=["post"], pagination_class=None)
    def candidates(self, request: Request) -> Response:
        """Ask for the same with successive seeds: all of them, or none."""
        wish = CandidatesRequestSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        jobs = self._requested(wish.validated_data)
        return Response(JobSerializer(jobs, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={201: JobSerializer})
    @action(detail=True, methods=["post"])
    def again(self, request: Request, uuid: str) -> Response:
        """Ask for the same with another seed, drawn at random."""
        job = services.repeat_job(job=self.get_object(), by=person(request), now=timezone.now())
        return Response(JobSerializer(job).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def preview(self, request: Request, uuid: str) -> HttpResponse:
        """The last thing the engine had in hand; 404 before the first, and once the job is finished."""
        shown = get_object_or_404(Preview, job=self.get_object())
        return HttpResponse(
            bytes(shown.jpeg), content_type="image/jpeg", headers={"Cache-Control": "no-store"}
        )

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

    def _requested(self, wish: dict[str, Any]) -> list[Job]:
        user = person(self.request)
        work = get_object_or_404(works_visible_to(user), uuid=wish["work"])
        named = [wish["source"]] if wish.get("source") else []
        materials = _materials(work, [*named, *(uuid for uuids in wish["media"].values() for uuid in uuids)])
        return services.request_candidates(
            count=wish.get("count", 1), work=work, tool=wish["tool"], inputs=wish["inputs"],
            source=materials[wish["source"]] if named else None, engine=wish["engine"],
            media={use: [materials[uuid] for uuid in uuids] for use, uuids in wish["media"].items()},
            releases=_releases(work, wish["releases"]), by=user, now=timezone.now(),
        )  # fmt: skip


def _releases(work: Work, wanted: Sequence[UUID] | None) -> list[Release] | None:
    """Return the releases of the work that are wanted, None where nothing was said; 404 when one isn't there."""
    if wanted is None:
        return None
    found = {release.uuid: release for release in work.releases.filter(uuid__in=wanted)}
    if missing := set(wanted) - found.keys():
        raise NotFound(", ".join(sorted(map(str, missing))))
    return [found[uuid] for uuid in dict.fromkeys(wanted)]


def _materials(work: Work, wanted: Sequence[UUID]) -> dict[UUID, Media]:
    """Return the media of the work that are wanted; 404 when one of them isn't there."""
    found = {media.uuid: media for media in materials_of(work).filter(uuid__in=wanted)} if wanted else {}
    if missing := set(wanted) - found.keys():
        raise NotFound(", ".join(sorted(map(str, missing))))
    return found


@extend_schema(parameters=[OpenApiParameter("job__uuid", str, OpenApiParameter.PATH)])
class OutputViewSet(viewsets.ReadOnlyModelViewSet[Output]):
    """Generated files with their recipes and ledger entries, by the uuid of their job."""

    permission_classes = [IsAuthenticated]
    serializer_class = OutputSerializer
    queryset = Output.objects.none()
    lookup_field = "job__uuid"

    def get_queryset(self) -> QuerySet[Output]:
        return outputs_visible_to(person(self.request))

    @extend_schema(methods=["GET"], responses=ViewingSerializer(many=True))
    @extend_schema(methods=["POST"], request=None, responses={201: ViewingSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def viewings(self, request: Request, job__uuid: str) -> Response:
        """Who really looked at it; POST keeps a look of one's own (looks within a minute are one)."""
        output = self.get_object()
        if request.method == "POST":
            viewing = services.record_viewing(output=output, by=person(request), now=timezone.now())
            return Response(ViewingSerializer(viewing).data, status=status.HTTP_201_CREATED)
        viewings = output.viewings.select_related("user").order_by("first_at", "pk")
        return Response(ViewingSerializer(viewings, many=True).data)

    @extend_schema(request=ChoiceRequestSerializer, responses=OutputSerializer)
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, job__uuid: str) -> Response:
        """Take it before others of the work; those are kept."""
        output = self.get_object()
        wish = ChoiceRequestSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        among = list(self.get_queryset().filter(job__uuid__in=wish.validated_data["among"]))
        services.choose_output(output=output, among=among, by=person(request), now=timezone.now())
        return Response(OutputSerializer(output).data)


class QueueViewSet(viewsets.ViewSet):
    """The queue as the person may see it: other people's words never show."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=QueueSerializer, operation_id="queue_retrieve")
    def list(self, request: Request) -> Response:
        return Response(QueueSerializer(board(person(request), now=timezone.now())).data)


class WorkerViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.UpdateModelMixin, viewsets.GenericViewSet[Worker]
):
    """GPU workers, for administrators; PATCH {"wish": "work" | "pause" | "drain"}."""

    permission_classes = [IsAdminUser]
    serializer_class = WorkerSerializer
    queryset = Worker.objects.order_by("name")
    lookup_field = "name"
    lookup_value_regex = "[^/]+"
    http_method_names = ["get", "head", "options", "patch"]

    def perform_update(self, serializer: BaseSerializer[Worker]) -> None:
        wish = serializer.validated_data.get("wish")
        if wish is not None and serializer.instance is not None:
            services.wish_of_worker(
                worker=serializer.instance, wish=wish, by=person(self.request), now=timezone.now()
            )


class HeldViewSet(viewsets.ReadOnlyModelViewSet[GateVerdict]):
    """What gates hold in the courses one teaches."""

    permission_classes = [IsAuthenticated]
    serializer_class = GateVerdictSerializer
    queryset = GateVerdict.objects.none()
    lookup_field = "uuid"

    def get_queryset(self) -> QuerySet[GateVerdict]:
        return held_visible_to(person(self.request))

    @extend_schema(request=DecisionSerializer, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, uuid: str) -> Response:
        """Let it through, or end it with a reason."""
        decision = DecisionSerializer(data=request.data)
        decision.is_valid(raise_exception=True)
        job = services.decide_held(
            verdict=self.get_object(), by=person(request), now=timezone.now(), **decision.validated_data
        )
        return Response(JobSerializer(job).data)


def register(router: BaseRouter) -> None:
    """Add this room's addresses to the API."""
    router.register("tools", ToolViewSet, basename="tool")
    router.register("engines", EngineViewSet, basename="engine")
    router.register("jobs", JobViewSet, basename="job")
    router.register("outputs", OutputViewSet, basename="output")
    router.register("held", HeldViewSet, basename="held")
    router.register("queue", QueueViewSet, basename="queue")
    router.register("workers", WorkerViewSet, basename="worker")
