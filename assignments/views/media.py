"""Media: arriving, served by range, tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadhandler import FileUploadHandler
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments import services
from assignments.backends import store
from assignments.backends.uploads import ArrivedFile, StoreUploadHandler
from assignments.choices import UPLOAD_ROLES, MediaRole
from assignments.models import Media, Work
from assignments.permissions import can_edit_work
from assignments.queries import media_visible_to, works_visible_to
from assignments.views.serving import serve_file
from footage.sniff import ACCEPTED_MIMES
from ui.errors import Refused, require

MADE = {
    "proxy": ("proxy.mp4", "proxy.m4a", "proxy.webp"),
    "poster": ("poster.jpg",),
    "filmstrip": ("filmstrip.jpg",),
    "waveform": ("waveform.png",),
}
MIMES = {
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}


class NothingCame(Refused):
    """A form without a file."""

    def __init__(self) -> None:
        super().__init__(_("No file came with the form. Choose a file and send it again."))


@signed_in
@require_POST
@csrf_exempt  # the middleware would read the body before we know who may send it; protected inside
def media_upload(request: PersonRequest, uuid: UUID, role: str) -> HttpResponseBase:
    """Take files of one role; answer JSON where a script sent them, else lead back to the work room."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    if role not in UPLOAD_ROLES:
        raise Http404
    require(can_edit_work(request.user, work))
    with _arriving_in_store(request):
        return cast("HttpResponseBase", _take_files(request, work, role))


@csrf_protect
def _take_files(request: PersonRequest, work: Work, role: str) -> HttpResponse:
    arrived = cast("list[ArrivedFile]", request.FILES.getlist("file"))
    if not arrived:
        raise NothingCame
    taken = [_take(file, work=work, role=role, request=request) for file in arrived]
    if request.headers.get("Accept", "").startswith("application/json"):
        media = taken[-1]
        return JsonResponse(
            {"ok": True, "url": media_url(media), "name": media.name, "uuid": str(media.uuid)}
        )
    return redirect(media_url(taken[-1]))


def _take(file: ArrivedFile, *, work: Work, role: str, request: PersonRequest) -> Media:
    media = services.add_media(
        work=work, role=role, name=file.name or "", stored=file.keep(), by=request.user, now=timezone.now()
    )
    if media.role != role:
        messages.info(
            request,
            _("%(name)s is in this work already, as a %(role)s.")
            % {"name": media.name, "role": MediaRole(media.role).label},
        )
    return media


@contextmanager
def _arriving_in_store(request: PersonRequest) -> Iterator[None]:
    """Have the request's files streamed into the store; what wasn't kept is dropped at the end."""
    handler = StoreUploadHandler(request)
    request.upload_handlers = cast("list[FileUploadHandler]", [handler])
    try:
        yield
    finally:
        handler.drop()


@signed_in
@require_safe
def media_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Lead to the medium in its work room."""
    return redirect(media_url(get_object_or_404(media_visible_to(request.user), uuid=uuid)))


def media_url(media: Media) -> str:
    room = reverse("assignments:work_detail", args=[media.work.uuid])
    return f"{room}?{urlencode({'part': media.role, 'media': media.uuid})}"


@signed_in
@require_POST
def media_retry(request: PersonRequest, uuid: UUID) -> HttpResponse:
    media = get_object_or_404(media_visible_to(request.user), uuid=uuid)
    services.retry_media(media=media, by=request.user, now=timezone.now())
    return redirect(media_url(media))


@signed_in
@require_safe
def media_file(request: PersonRequest, uuid: UUID, what: str) -> HttpResponseBase:
    """Serve the original as a download, or what was made from it in place."""
    media = get_object_or_404(media_visible_to(request.user), uuid=uuid)
    for gate in settings.DOWNLOAD_GATES:
        import_string(gate)(media)
    if what == "original":
        return _serve_original(request, media)
    return _serve_made(request, media, what)


def _serve_original(request: PersonRequest, media: Media) -> HttpResponseBase:
    if not store.exists(media.sha256):
        raise Http404
    kind = original_type(media)
    if url := store.signed_url(media.sha256, name=media.name, content_type=kind):
        return redirect(url)
    return serve_file(
        request,
        store.path(media.sha256),
        content_type=kind,
        etag=f'"{media.sha256}"',
        download_as=media.name,
    )


def original_type(media: Media) -> str:
    """Return the sniffed type when it is one of our own list, else bytes that no browser shows."""
    if media.mime == "text/plain":
        return "text/plain; charset=utf-8"
    return media.mime if media.mime in ACCEPTED_MIMES else "application/octet-stream"


def _serve_made(request: PersonRequest, media: Media, what: str) -> HttpResponseBase:
    for name in MADE.get(what, ()):
        path = store.derived(media.sha256, name)
        if path.is_file():
            etag = f'"{media.sha256[:32]}-{what}-{path.stat().st_size}"'
            return serve_file(request, path, content_type=MIMES[path.suffix], etag=etag)
    raise Http404
