"""The brief: what to make, the AI policy, and the way into the work."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, signed_in
from assignments.domain.deadlines import time_left
from assignments.permissions import can_see_works_of, can_start_work
from assignments.queries import briefs_visible_to, crew_for, work_of


@signed_in
@require_safe
def brief_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    brief = get_object_or_404(briefs_visible_to(request.user), uuid=uuid)
    work = work_of(brief, request.user)
    context = {
        "brief": brief,
        "work": work,
        "submissions": work.submissions.select_related("cut").order_by("-attempt") if work else [],
        "crew": crew_for(brief, request.user) if brief.is_crew_work else None,
        "may_start": can_start_work(request.user, brief),
        "may_see_works": can_see_works_of(request.user, brief),
        "work_count": brief.works.count(),
        "is_over": time_left(due_at=brief.due_at, now=timezone.now()).total_seconds() < 0,
    }
    return render(request, "assignments/brief_detail.html", context)
