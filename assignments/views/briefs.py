"""The brief: what to make, the AI policy, and the way into the work."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, signed_in
from assignments import services
from assignments.domain.deadlines import time_left
from assignments.forms import BudgetForm
from assignments.permissions import can_see_works_of, can_set_budgets, can_start_work
from assignments.queries import briefs_visible_to, crew_for, work_of
from ui.errors import require


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
        "may_set_budgets": can_set_budgets(request.user, brief),
        "work_count": brief.works.count(),
        "is_over": time_left(due_at=brief.due_at, now=timezone.now()).total_seconds() < 0,
    }
    return render(request, "assignments/brief_detail.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def brief_budgets(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """What works, people and the class may spend on generating for the brief."""
    brief = get_object_or_404(briefs_visible_to(request.user), uuid=uuid)
    require(can_set_budgets(request.user, brief))
    form = BudgetForm(request.POST or None, instance=brief)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(
            request, "assignments/brief_budgets.html", {"brief": brief, "form": form}, status=status
        )
    services.set_budgets(brief=brief, by=request.user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("The budgets hold from now on."))
    return redirect("assignments:brief_detail", brief.uuid)
