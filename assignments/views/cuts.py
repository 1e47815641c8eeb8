"""Cuts: saved and handed in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, signed_in
from assignments import services
from assignments.domain.deadlines import is_late
from assignments.forms import CutForm
from assignments.models import Cut, Submission, Work
from assignments.permissions import can_edit_work
from assignments.queries import cuts_visible_to, works_visible_to
from ui.errors import require
from ui.htmx import render_page


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cut_create(request: PersonRequest, uuid: UUID) -> HttpResponse:
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    require(can_edit_work(request.user, work))
    form = CutForm(request.POST or None, work=work)
    if request.method == "POST" and form.is_valid():
        return redirect(cut_url(_save(request, work, form)))
    status = 422 if form.is_bound else 200
    return render_page(
        request, "assignments/cut_create.html", {"work": work, "form": form}, part="form", status=status
    )


def _save(request: PersonRequest, work: Work, form: CutForm) -> Cut:
    cut = services.save_cut(work=work, by=request.user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Saved as version %(version)s.") % {"version": cut.version})
    return cut


@signed_in
@require_safe
def cut_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Lead to the cut in its work room."""
    return redirect(cut_url(get_object_or_404(cuts_visible_to(request.user), uuid=uuid)))


def cut_url(cut: Cut) -> str:
    room = reverse("assignments:work_detail", args=[cut.work.uuid])
    return f"{room}?part=film&media={cut.film.uuid}&cut={cut.uuid}"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cut_hand_in(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Show what is handed in and under which policy; freeze it when the makers confirm."""
    cut = get_object_or_404(cuts_visible_to(request.user), uuid=uuid)
    require(can_edit_work(request.user, cut.work))
    if request.method == "POST":
        submission = services.hand_in(cut=cut, by=request.user, now=timezone.now())
        return redirect("assignments:submission_detail", submission.uuid)
    context = {
        "cut": cut,
        "brief": cut.work.brief,
        "handed_in": Submission.objects.filter(cut=cut).first(),
        "is_late": is_late(due_at=cut.work.brief.due_at, handed_in_at=timezone.now()),
    }
    return render(request, "assignments/cut_hand_in.html", context)
