"""The grading room for teachers, the result for makers, the rubric for everybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, signed_in
from accounts.models import User
from assignments.models import Submission
from assignments.queries import briefs_visible_to, submissions_visible_to
from ethics.queries import standing_assessment
from grading.choices import MarkerRole
from grading.forms import MarkingForm, ReportForm
from grading.models import Marking
from grading.permissions import can_see_gradebook, marker_role
from grading.queries.marking import Marks, criteria_of, latest_attempt, marks_of, picker_items
from grading.queries.reports import reports_of
from grading.services.marking import ChangedMeanwhile, finish_marking, save_marks
from ui.errors import Refused
from ui.htmx import render_page, toast

PAGE = "grading/submission_grade.html"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def submission_grade(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Film, rubric and the teacher's own marks; POST saves them, and finishes with `action=finish`."""
    submission = get_object_or_404(submissions_visible_to(request.user), uuid=uuid)
    role = _marking_role(request.user, submission)
    if request.method == "POST":
        return _save(request, submission, role)
    return render_page(request, PAGE, _room(request.user, submission, role), part="marking")


def _marking_role(user: User, submission: Submission) -> MarkerRole:
    """As what the person marks this film; 403 for those who see it without marking it."""
    role = marker_role(user, submission.work.brief.module.course)
    if role is None:
        raise PermissionDenied
    return role


def _save(request: PersonRequest, submission: Submission, role: MarkerRole) -> HttpResponse:
    room = _room(request.user, submission, role, data=request.POST)
    form: MarkingForm = room["form"]
    if not form.is_valid():
        return render_page(request, PAGE, room, part="marking", status=200 if request.htmx else 422)
    try:
        marking = save_marks(
            submission=submission,
            role=role,
            points=form.points,
            comments=form.comments,
            comment=form.cleaned_data["comment"],
            by=request.user,
            now=timezone.now(),
            seen=form.seen_at,
        )
    except Refused as refusal:
        return _refused(request, room, refusal)
    said, tone = _finish(request, marking)
    if request.htmx:
        fresh = _room(request.user, submission, role)
        return toast(render_page(request, PAGE, fresh, part="marking"), said, tone=tone)
    messages.add_message(request, messages.ERROR if tone == "error" else messages.SUCCESS, said)
    return redirect("grading:submission_grade", submission.uuid)


def _finish(request: PersonRequest, marking: Marking) -> tuple[str, str]:
    """Finish the saved marking if asked to, and return what to say in which tone; a refusal leaves the draft."""
    if request.POST.get("action") != "finish":
        return _("Saved."), "success"
    try:
        finish_marking(marking=marking, by=request.user, now=timezone.now())
    except Refused as refusal:
        return str(refusal.sentence), "error"
    return _("Your marking is finished."), "success"


def _refused(request: PersonRequest, room: dict[str, Any], refusal: Refused) -> HttpResponse:
    """Keep what was typed on the page; only a change in another window needs a fresh one."""
    if request.htmx or isinstance(refusal, ChangedMeanwhile):
        raise refusal
    messages.error(request, str(refusal.sentence))
    return render_page(request, PAGE, room, part="marking", status=refusal.status_code)


def _room(user: User, submission: Submission, role: MarkerRole, data: Any = None) -> dict[str, Any]:
    assessment = standing_assessment(submission.cut)
    marks = marks_of(submission, assessment)
    own, other = marks.markings.get(role), _other(marks, role)
    items = picker_items(submission.work.brief, role, shown=submission)
    place = [item.submission.pk for item in items].index(submission.pk)
    return {
        "submission": submission,
        "work": submission.work,
        "brief": submission.work.brief,
        "assessment": assessment,
        "marks": marks,
        "role": role,
        "other_role": other,
        "own": own,
        "is_own_finished": marks.is_finished(role),
        "is_somebody_elses": own is not None and own.marker_id != user.pk,
        "form": MarkingForm(data, criteria=marks.criteria, role=role, marking=own),
        "items": items,
        "place": place + 1,
        "previous": items[place - 1].submission if place else None,
        "next": items[place + 1].submission if place + 1 < len(items) else None,
        "tabs": _tabs(marks),
        "may_see_gradebook": can_see_gradebook(user, submission.work.brief.module.course),
    }


def _other(marks: Marks, role: MarkerRole) -> MarkerRole:
    return MarkerRole.MENTOR if role == MarkerRole.ACADEMIC else MarkerRole.ACADEMIC


def _tabs(marks: Marks) -> list[dict[str, Any]]:
    return [
        {"label": _("Rubric"), "panel": "grade-rubric", "current": True},
        {"label": _("Marks"), "panel": "grade-marks", "current": False},
        {"label": _("Measure"), "panel": "grade-measure", "current": False},
    ]


@signed_in
@require_safe
def submission_result(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Marks once they are out, the measure, and the film report."""
    submission = get_object_or_404(submissions_visible_to(request.user), uuid=uuid)
    marks = marks_of(submission, standing_assessment(submission.cut))
    course = submission.work.brief.module.course
    context = {
        "submission": submission,
        "work": submission.work,
        "brief": submission.work.brief,
        "marks": marks if marks.are_out else None,
        "states": [(MarkerRole(role), marks.state_of(role)) for role in sorted(marks.roles)],
        "reports": reports_of(submission),
        "form": ReportForm(initial={"language": request.LANGUAGE_CODE}),
        "may_mark": marker_role(request.user, course) is not None,
        "newer": latest_attempt(submission),
    }
    return render(request, "grading/submission_result.html", context)


@signed_in
@require_safe
def rubric_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The rubric of a brief, for pages of other rooms."""
    brief = get_object_or_404(briefs_visible_to(request.user), uuid=uuid)
    return render(
        request, "grading/rubric_panel.html", {"brief": brief, "criteria": list(criteria_of(brief))}
    )
