"""Submissions with their receipt."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, signed_in
from assignments.queries import submissions_visible_to


@signed_in
@require_safe
def submission_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    submission = get_object_or_404(submissions_visible_to(request.user), uuid=uuid)
    return render(request, "assignments/submission_detail.html", {"submission": submission})
