"""The finished film's package: asked for, watched, fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.backends import store
from assignments.queries import submissions_visible_to
from ethics.choices import PackageState
from ethics.models import Package
from ethics.permissions import can_package
from ethics.queries import standing_assessment
from ethics.queries.packaging import packages_visible_to, sources_of
from ethics.services.packaging import request_package

SHOWN = 5


@signed_in
@require_safe
def packages_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Packages of a film that was handed in, and the form for another, for pages of other rooms."""
    submission = get_object_or_404(submissions_visible_to(request.user), uuid=uuid)
    context = {
        "submission": submission,
        "packages": packages_visible_to(request.user).filter(submission=submission)[:SHOWN],
        "may_ask": can_package(request.user, submission),
        "is_measured": standing_assessment(submission.cut) is not None,
    }
    return render(request, "ethics/packages_panel.html", context)


@signed_in
@require_POST
def package_create(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Have the finished film packed, with its visible label or, for a reason, without."""
    submission = get_object_or_404(submissions_visible_to(request.user), uuid=uuid)
    request_package(
        submission=submission,
        is_plain=request.POST.get("kind") == "plain",
        plain_why=request.POST.get("why", ""),
        by=request.user,
        now=timezone.now(),
    )
    return redirect("assignments:submission_detail", submission.uuid)


@signed_in
@require_safe
def package_row(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """One package: a fragment that asks again until it is ready."""
    package = get_object_or_404(packages_visible_to(request.user), uuid=uuid)
    return render(request, "ethics/package_row.html", {"package": package})


@signed_in
@require_safe
def package_file(request: PersonRequest, uuid: UUID) -> HttpResponseBase:
    """The package as a zip archive; not there before its entry is published, and not while a release has lapsed."""
    package = get_object_or_404(packages_visible_to(request.user), uuid=uuid)
    if package.state != PackageState.READY:
        raise Http404
    for media in sources_of(package.assessment).values():
        for gate in settings.DOWNLOAD_GATES:
            import_string(gate)(media)
    return _served(request, package)


def _served(request: PersonRequest, package: Package) -> HttpResponseBase:
    work = package.submission.work
    name = _("Film package %(work)s.zip") % {"work": work.title or work.makers}
    address = store.signed_url(package.package_sha256, name=name, content_type="application/zip")
    if address:
        return HttpResponse(status=302, headers={"Location": address})
    headers = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if not isinstance(request, ASGIRequest):
        file = store.open_object(package.package_sha256)
        return FileResponse(
            file, as_attachment=True, filename=name, content_type="application/zip", headers=headers
        )
    headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    headers["Content-Length"] = str(package.package_bytes)
    # A synchronous iterator under ASGI would be read whole before the first byte is sent.
    return StreamingHttpResponse(
        blocks_of(package.package_sha256), content_type="application/zip", headers=headers
    )


async def blocks_of(sha256: str) -> AsyncIterator[bytes]:
    """Hand out a stored file in blocks without holding up the event loop."""
    file = await sync_to_async(store.open_object, thread_sensitive=False)(sha256)
    read = sync_to_async(file.read, thread_sensitive=False)
    try:
        while block := await read(store.CHUNK_BYTES):
            yield block
    finally:
        file.close()
