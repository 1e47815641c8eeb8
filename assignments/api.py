"""The assignments room over HTTP: the same reads and the same services as the pages."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.serializers import ValidationError
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import User
from assignments import services
from assignments.backends import store
from assignments.backends.store import Stored
from assignments.backends.uploads import ArrivedFile, StoreUploadHandler
from assignments.choices import UPLOAD_ROLES
from assignments.models import Brief, Cut, Media, Release, Submission, Work
from assignments.permissions import can_edit_work
from assignments.queries import (
    briefs_visible_to,
    cuts_visible_to,
    media_visible_to,
    releases_visible_to,
    submissions_visible_to,
    works_visible_to,
)
from assignments.serializers import (
    BriefSerializer,
    CutSerializer,
    MediaSerializer,
    ReleaseSerializer,
    SubmissionSerializer,
    UploadSerializer,
    WorkSerializer,
)
from ui.errors import require

ROLE = OpenApiParameter("role", str, OpenApiParameter.PATH, enum=sorted(UPLOAD_ROLES))
NAME = OpenApiParameter("name", str, OpenApiParameter.QUERY, description="The file's name, to show.")


def register(router: BaseRouter) -> None:
    """Add this room's addresses to the API."""
    router.register("briefs", BriefViewSet, basename="brief")
    router.register("works", WorkViewSet, basename="work")
    router.register("media", MediaViewSet, basename="media")
    router.register("cuts", CutViewSet, basename="cut")
    router.register("submissions", SubmissionViewSet, basename="submission")
    router.register("releases", ReleaseViewSet, basename="release")


class AnyBody(BaseParser):
    """Leave a raw body unread: the view streams it."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        return {}


class BriefViewSet(ReadOnlyModelViewSet[Brief]):
    """Briefs with their AI policy."""

    permission_classes = [IsAuthenticated]
    serializer_class = BriefSerializer
    lookup_field = "uuid"
    queryset = Brief.objects.none()

    def get_queryset(self) -> QuerySet[Brief]:
        return briefs_visible_to(person(self.request))


class WorkViewSet(mixins.CreateModelMixin, ReadOnlyModelViewSet[Work]):
    """Works; POST starts the person's (or their crew's) work for a brief, or returns the one that stands."""

    permission_classes = [IsAuthenticated]
    serializer_class = WorkSerializer
    lookup_field = "uuid"
    queryset = Work.objects.none()

    def get_queryset(self) -> QuerySet[Work]:
        return works_visible_to(person(self.request))

    def perform_create(self, serializer: Any) -> None:
        user = person(self.request)
        brief = get_object_or_404(briefs_visible_to(user), uuid=serializer.validated_data["brief"]["uuid"])
        serializer.instance = services.start_work(brief=brief, by=user, now=timezone.now())

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Have files streamed into the store, from before anything reads the body."""
        request.upload_handlers = [StoreUploadHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(
        parameters=[ROLE, NAME],
        request={"multipart/form-data": UploadSerializer, "application/octet-stream": OpenApiTypes.BINARY},
        responses={201: MediaSerializer},
    )
    @action(
        detail=True,
        methods=["post", "put"],
        url_path="media/(?P<role>[a-z]+)",
        parser_classes=[MultiPartParser, AnyBody],
    )
    def media(self, request: Request, uuid: UUID, role: str) -> Response:
        """Upload a file: POST multipart/form-data with `file`, or PUT the bytes themselves with `?name=`."""
        work = self.get_object()
        if role not in UPLOAD_ROLES:
            raise Http404
        require(can_edit_work(person(request), work))
        name, stored = _put(request) if request.method == "PUT" else _posted(request)
        media = services.add_media(
            work=work, role=role, name=name, stored=stored, by=person(request), now=timezone.now()
        )
        return Response(MediaSerializer(media).data, status=status.HTTP_201_CREATED)


def _posted(request: Request) -> tuple[str, Stored]:
    file = cast("ArrivedFile | None", request.FILES.get("file"))
    if file is None:
        raise ValidationError({"file": [_("No file came with the form. Choose a file and send it again.")]})
    return file.name or "", file.keep()


def _put(request: Request) -> tuple[str, Stored]:
    read = request._request.read
    chunks = iter(lambda: read(store.CHUNK_BYTES), b"")
    return request.query_params.get("name", ""), store.receive(chunks, max_bytes=settings.UPLOAD_MAX_BYTES)


class MediaViewSet(ReadOnlyModelViewSet[Media]):
    """Media of visible works; upload at `/api/works/{uuid}/media/{role}/`."""

    permission_classes = [IsAuthenticated]
    serializer_class = MediaSerializer
    lookup_field = "uuid"
    queryset = Media.objects.none()

    def get_queryset(self) -> QuerySet[Media]:
        return media_visible_to(person(self.request))

    @extend_schema(request=None, responses=MediaSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, uuid: UUID) -> Response:
        """Have a refused file looked at again."""
        media = services.retry_media(media=self.get_object(), by=person(request), now=timezone.now())
        return Response(self.get_serializer(media).data)


class CutViewSet(mixins.CreateModelMixin, ReadOnlyModelViewSet[Cut]):
    """Cuts; POST saves a version of the film."""

    permission_classes = [IsAuthenticated]
    parser_classes = [JSONParser, FormParser]
    serializer_class = CutSerializer
    lookup_field = "uuid"
    queryset = Cut.objects.none()

    def get_queryset(self) -> QuerySet[Cut]:
        return cuts_visible_to(person(self.request))

    def perform_create(self, serializer: Any) -> None:
        user, data = person(self.request), serializer.validated_data
        work = get_object_or_404(works_visible_to(user), uuid=data["work"]["uuid"])
        timeline = (data.get("timeline") or {}).get("uuid")
        serializer.instance = services.save_cut(
            work=work,
            film=get_object_or_404(media_visible_to(user), uuid=data["film"]["uuid"]),
            timeline=get_object_or_404(media_visible_to(user), uuid=timeline) if timeline else None,
            note=data.get("note", ""),
            by=user,
            now=timezone.now(),
        )


class SubmissionViewSet(mixins.CreateModelMixin, ReadOnlyModelViewSet[Submission]):
    """Submissions; POST hands in a cut."""

    permission_classes = [IsAuthenticated]
    serializer_class = SubmissionSerializer
    lookup_field = "uuid"
    queryset = Submission.objects.none()

    def get_queryset(self) -> QuerySet[Submission]:
        return submissions_visible_to(person(self.request))

    def perform_create(self, serializer: Any) -> None:
        user = person(self.request)
        cut = get_object_or_404(cuts_visible_to(user), uuid=serializer.validated_data["cut"]["uuid"])
        serializer.instance = services.hand_in(cut=cut, by=user, now=timezone.now())


class ReleaseViewSet(ReadOnlyModelViewSet[Release]):
    """Releases of visible works. They are recorded with their signed sheet on the work's page."""

    permission_classes = [IsAuthenticated]
    serializer_class = ReleaseSerializer
    lookup_field = "uuid"
    queryset = Release.objects.none()

    def get_queryset(self) -> QuerySet[Release]:
        return releases_visible_to(person(self.request))

    @extend_schema(request=None, responses=ReleaseSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, uuid: UUID) -> Response:
        """Let jobs of the work cite it: for the course's teachers."""
        release = services.approve_release(release=self.get_object(), by=person(request), now=timezone.now())
        return Response(self.get_serializer(release).data)

    @extend_schema(request=None, responses=ReleaseSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, uuid: UUID) -> Response:
        """Take it back: jobs that cite it stop, what was made with it can't be fetched any more."""
        release = services.revoke_release(release=self.get_object(), by=person(request), now=timezone.now())
        return Response(self.get_serializer(release).data)


def person(request: Request | HttpRequest) -> User:
    return cast("User", request.user)
