"""Works: begun, seen in the work room, listed for teachers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments import services
from assignments.permissions import can_see_works_of
from assignments.queries import briefs_visible_to, works_of_brief, works_visible_to
from assignments.views.room import room_context
from ui.errors import require
from ui.htmx import render_page

PARTIALS = ("stage", "bin")


@signed_in
@require_POST
def work_start(request: PersonRequest, uuid: UUID) -> HttpResponse:
    brief = get_object_or_404(briefs_visible_to(request.user), uuid=uuid)
    work = services.start_work(brief=brief, by=request.user, now=timezone.now())
    return redirect("assignments:work_detail", work.uuid)


@signed_in
@require_safe
def work_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The work room; `part`, `media` and `cut` in the address choose what is shown."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    asked = {name: request.GET.get(name, "") for name in ("part", "media", "cut")}
    target = request.htmx.target if request.htmx else ""
    return render_page(
        request,
        "assignments/work_detail.html",
        room_context(work=work, user=request.user, now=timezone.now(), **asked),
        part=target if target in PARTIALS else "",
    )


@signed_in
@require_safe
def work_list(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """All works of a brief, for its teachers."""
    brief = get_object_or_404(briefs_visible_to(request.user), uuid=uuid)
    require(can_see_works_of(request.user, brief))
    works = works_of_brief(brief, request.user)
    return render(request, "assignments/work_list.html", {"brief": brief, "works": works})
