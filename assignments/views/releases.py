"""Releases: what real people allow in a work, with the sheet they signed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadhandler import FileUploadHandler
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments import services
from assignments.backends import store
from assignments.backends.sheets import MOST_BYTES, sheet_type
from assignments.backends.uploads import ArrivedFile, StoreUploadHandler
from assignments.forms import ReleaseForm
from assignments.models import Work
from assignments.permissions import can_approve_release, can_edit_work, can_revoke_release
from assignments.queries import releases_visible_to, releases_waiting_for, works_visible_to
from assignments.views.serving import serve_file
from ui.errors import Refused, require


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # the middleware would read the body before we know who may send it; protected inside
def release_list(request: PersonRequest, uuid: UUID) -> HttpResponseBase:
    """The releases of a work, and the form for a new one."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    if request.method != "POST":
        return _page(request, work, ReleaseForm())
    require(can_edit_work(request.user, work))
    with _sheet_arriving(request):
        return cast("HttpResponseBase", _record(request, work))


@csrf_protect
def _record(request: PersonRequest, work: Work) -> HttpResponse:
    form = ReleaseForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, work, form, status=422)
    facts = dict(form.cleaned_data)
    sheet = cast("ArrivedFile", facts.pop("sheet"))
    try:
        release = services.record_release(
            work=work, sheet=sheet.keep(), sheet_name=sheet.name or "", by=request.user, now=timezone.now(), **facts
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return _page(request, work, form, status=422)
    messages.success(
        request,
        _("The release of %(person)s is kept. It counts as soon as a teacher has approved it.")
        % {"person": release.person},
    )
    return redirect("assignments:release_detail", release.uuid)


@contextmanager
def _sheet_arriving(request: PersonRequest) -> Iterator[None]:
    """Have the signed sheet streamed into the store, no more of it than a sheet may have."""
    handler = StoreUploadHandler(request, max_bytes=MOST_BYTES)
    request.upload_handlers = cast("list[FileUploadHandler]", [handler])
    try:
        yield
    finally:
        handler.drop()


def _page(request: PersonRequest, work: Work, form: ReleaseForm, *, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    releases = releases_visible_to(request.user).filter(work=work)
    context = {
        "work": work,
        "form": form,
        "rows": [(release, release.standing(today)) for release in releases],
        "may_record": can_edit_work(request.user, work),
    }
    return render(request, "assignments/release_list.html", context, status=status)


@signed_in
@require_safe
def release_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    release = get_object_or_404(releases_visible_to(request.user), uuid=uuid)
    context = {
        "release": release,
        "work": release.work,
        "standing": release.standing(timezone.localdate()),
        "may_approve": can_approve_release(request.user, release),
        "may_revoke": can_revoke_release(request.user, release),
    }
    return render(request, "assignments/release_detail.html", context)


@signed_in
@require_safe
def release_sheet(request: PersonRequest, uuid: UUID) -> HttpResponseBase:
    """Serve the signed sheet, always as a download."""
    release = get_object_or_404(releases_visible_to(request.user), uuid=uuid)
    if not store.exists(release.document_sha256):
        raise Http404
    return serve_file(
        request,
        store.path(release.document_sha256),
        content_type=sheet_type(release.document_sha256) or "application/octet-stream",
        etag=f'"{release.document_sha256}"',
        download_as=release.document_name,
    )


@signed_in
@require_POST
def release_approve(request: PersonRequest, uuid: UUID) -> HttpResponse:
    release = get_object_or_404(releases_visible_to(request.user), uuid=uuid)
    services.approve_release(release=release, by=request.user, now=timezone.now())
    return redirect("assignments:release_detail", release.uuid)


@signed_in
@require_POST
def release_revoke(request: PersonRequest, uuid: UUID) -> HttpResponse:
    release = get_object_or_404(releases_visible_to(request.user), uuid=uuid)
    services.revoke_release(release=release, by=request.user, now=timezone.now())
    return redirect("assignments:release_detail", release.uuid)


@signed_in
@require_safe
def releases_waiting_panel(request: PersonRequest) -> HttpResponse:
    """Releases that wait for the teacher's approval, for pages above; empty for everybody else."""
    waiting = releases_waiting_for(request.user)
    return render(request, "assignments/releases_waiting_panel.html", {"releases": waiting})
