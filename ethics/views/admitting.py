"""What makers add to a measure: admissions, and the to-do list's ways to close what is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from accounts.models import User
from assignments.choices import FILMED_ROLES, MediaState
from assignments.models import Cut, Media
from assignments.permissions import can_edit_work
from assignments.queries import cuts_visible_to
from ethics.forms.admitting import MediumForm, StretchForm, ToolForm
from ethics.models import Admission, Assessment
from ethics.queries import PENDING, assessments_visible_to, latest_assessment
from ethics.queries.admissions import admissions_visible_to
from ethics.services import admitting as services
from ethics.templatetags.evidence import reason_words
from ui.errors import Refused, require

MOST_ROWS = 12


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def admission_list(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """What is admitted of a cut, and the forms to admit more; `?plane=`, `?start=` and `?end=` fill in a stretch."""
    cut = get_object_or_404(cuts_visible_to(request.user), uuid=uuid)
    if request.method != "POST":
        return _page(request, cut)
    require(can_edit_work(request.user, cut.work))
    form = _form(request, cut)
    try:
        if form.is_valid():
            _admit(form, cut, request.user)
            messages.success(request, _("Admitted. The cut is judged again with it."))
            return _to_newest(cut)
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
    return _page(request, cut, form, status=422)


def _form(request: PersonRequest, cut: Cut) -> ToolForm:
    if request.POST.get("about") == "file":
        return MediumForm(request.POST, work=cut.work)
    return StretchForm(request.POST, fps=_fps(cut))


def _admit(form: ToolForm, cut: Cut, by: User) -> Admission:
    facts = dict(form.cleaned_data)
    if isinstance(form, MediumForm):
        media = facts.pop("file")
        return services.admit_medium(cut=cut, media=media, by=by, now=timezone.now(), **facts)
    return services.admit_stretch(cut=cut, by=by, now=timezone.now(), **facts)


@signed_in
@require_POST
def admission_withdraw(request: PersonRequest, uuid: UUID) -> HttpResponse:
    admission = get_object_or_404(admissions_visible_to(request.user), uuid=uuid)
    services.withdraw_admission(admission=admission, by=request.user, now=timezone.now())
    return redirect("ethics:admission_list", admission.cut.uuid)


@signed_in
@require_safe
def moved_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """What has happened to a cut since it was measured: files on their way, a measuring, a moved interval."""
    assessment = get_object_or_404(assessments_visible_to(request.user).defer("document", "heats"), uuid=uuid)
    return render(request, "ethics/moved_panel.html", moved_context(assessment))


def moved_context(assessment: Assessment) -> dict[str, Any]:
    newest = latest_assessment(assessment.cut)
    is_newer = newest is not None and newest.number > assessment.number
    arriving = Media.objects.filter(
        work=assessment.cut.work_id,
        role__in=FILMED_ROLES,
        state__in=[MediaState.RECEIVED, MediaState.WORKING],
    )
    arriving_media = list(arriving.order_by("pk"))
    return {
        "assessment": assessment,
        "cut": assessment.cut,
        "newer": newest if is_newer else None,
        "is_measuring": is_newer and newest is not None and newest.state in PENDING,
        "arriving": arriving_media,
    }


def adding_context(user: User, assessment: Assessment) -> dict[str, Any]:
    """What the page of an assessment needs for its to-do list: its rows, and what came before."""
    cut = assessment.cut
    before = cut.assessments.filter(number__lt=assessment.number, share_low__isnull=False)
    return {
        "rows": todo_rows(assessment.document or {}),
        "before": before.order_by("-number").defer("document", "heats").first(),
        "may_add": can_edit_work(user, cut.work),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "admission_count": cut.admissions.filter(withdrawn_at=None).count(),
    }


def todo_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The to-do list with, per row, the ids of the sources that were found there: they may need a set log."""
    if not document:
        return []
    verdict = document["verdict"]
    segments = document["planes"][verdict["plane"]]["segments"]
    return [
        {
            **item,
            "plane": verdict["plane"],
            "words": reason_words(item["why"]),
            "sources": _rushes(item, segments),
        }
        for item in verdict["todo"][:MOST_ROWS]
    ]


def _rushes(item: Mapping[str, Any], segments: Iterable[Mapping[str, Any]]) -> list[str]:
    """Ids of the rushes that were matched in a stretch, each once."""
    return list(
        dict.fromkeys(
            source["id"]
            for segment in segments
            if segment["start"] < item["end"] and item["start"] < segment["end"]
            for source in segment["sources"]
            if source["kind"] == "rush"
        )
    )


def _fps(cut: Cut) -> Fraction:
    return Fraction((cut.film.facts or {}).get("fps") or 25)


def _page(
    request: PersonRequest, cut: Cut, form: ToolForm | None = None, *, status: int = 200
) -> HttpResponse:
    asked = {name: request.GET[name] for name in ("plane", "start", "end") if name in request.GET}
    medium = form if isinstance(form, MediumForm) else MediumForm(work=cut.work)
    stretch = form if isinstance(form, StretchForm) else StretchForm(fps=_fps(cut), initial=asked)
    admissions = admissions_visible_to(request.user).filter(cut__work=cut.work_id)
    context = {
        "cut": cut,
        "brief": cut.work.brief,
        "fps": str(_fps(cut)),
        "admissions": [_told(one, cut) for one in admissions if one.cut_id == cut.pk or one.media_id],
        "stretch_form": stretch,
        "medium_form": medium,
        "may_add": can_edit_work(request.user, cut.work),
        "newest": latest_assessment(cut),
    }
    return render(request, "ethics/admission_list.html", context, status=status)


def _told(admission: Admission, cut: Cut) -> dict[str, Any]:
    start, end = (float(Fraction(text or 0)) for text in (admission.start, admission.end))
    return {"row": admission, "start": start, "end": end, "is_of_this_cut": admission.cut_id == cut.pk}


def _to_newest(cut: Cut) -> HttpResponse:
    newest = latest_assessment(cut)
    if newest is None:
        return redirect("ethics:admission_list", cut.uuid)
    return redirect("ethics:assessment_detail", newest.uuid)
