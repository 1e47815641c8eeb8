"""Film certificates, downloaded."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, signed_in
from assignments.queries import submissions_visible_to
from grading.services.certificates import write_certificate


@signed_in
@require_safe
def certificate(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Film, assessment and their proofs in one package that `verify_certificate.py` checks."""
    submission = get_object_or_404(submissions_visible_to(request.user), uuid=uuid)
    content = write_certificate(submission=submission, by=request.user)
    name = _("Certificate %(work)s.zip") % {"work": submission.work.title or submission.work.makers}
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Cache-Control": "private, no-cache",
        },
    )
