"""Film reports: asked for, watched, downloaded."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.backends import store
from assignments.queries import submissions_visible_to
from grading.choices import ReportState
from grading.queries.reports import reports_visible_to
from grading.services.reports import request_report


@signed_in
@require_POST
def report_create(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Have a film's report written in the language chosen."""
    submission = get_object_or_404(submissions_visible_to(request.user), uuid=uuid)
    request_report(
        submission=submission,
        language=request.POST.get("language", request.LANGUAGE_CODE),
        by=request.user,
        now=timezone.now(),
    )
    return redirect("grading:submission_result", submission.uuid)


@signed_in
@require_safe
def report_row(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """One report in a list: a fragment that asks again until the report is written."""
    report = get_object_or_404(reports_visible_to(request.user), uuid=uuid)
    return render(request, "grading/report_row.html", {"report": report})


@signed_in
@require_safe
def report_file(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The report as PDF."""
    report = get_object_or_404(reports_visible_to(request.user), uuid=uuid)
    if report.state != ReportState.READY:
        raise Http404
    content = store.path(report.sha256).read_bytes()
    work = report.submission.work
    name = _("Film report %(work)s.pdf") % {"work": work.title or work.makers}
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(False, name) or "inline",
            "Cache-Control": "private, max-age=3600",
            "X-Content-Type-Options": "nosniff",
            "ETag": f'"{report.sha256}"',
        },
    )
