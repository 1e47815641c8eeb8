"""A teacher's decision on an open stretch, the crew's appeal, somebody else's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from accounts.models import User
from assignments.models import Cut, Media
from ethics.choices import AppealState, AssessmentState
from ethics.domain.deciding import Standing, is_decidable
from ethics.domain.segments import Segment
from ethics.domain.stored import segments_of
from ethics.forms.deciding import AnswerForm, AppealForm, DecisionForm
from ethics.models import Appeal, Assessment, Decision
from ethics.permissions import can_answer, can_appeal, can_decide
from ethics.queries import assessments_visible_to, standing_assessment
from ethics.queries.deciding import (
    PICTURE,
    appeals_before,
    appeals_visible_to,
    appeals_waiting_for,
    courses_decided_by,
    decisions_on,
    grounds_for,
    news_for_makers,
    segment_at,
    standing_of,
)
from ethics.services import deciding
from ethics.templatetags.deciding import ground_words
from ui.components.formats import timecode
from ui.components.states import PLANES
from ui.errors import Refused, require

PAGE_SIZE = 20


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def segment_decide(request: PersonRequest, uuid: UUID, plane: str, index: int) -> HttpResponse:
    """Rule on one open segment: its evidence above, the form below."""
    assessment = get_object_or_404(assessments_visible_to(request.user), uuid=uuid)
    require(can_decide(request.user, assessment))
    segment = _open_segment(assessment, plane, index)
    grounds = grounds_for(assessment, segment)
    names = names_of(assessment.cut)
    choices = [(ground.key, ground_words(ground.to_json(), names)) for ground in grounds]
    made = list(decisions_on(assessment.cut))
    initial = {"start": str(segment.start), "end": str(segment.end), "seen": len(made)}
    form = DecisionForm(request.POST or None, grounds=choices, initial=initial)
    if form.is_valid() and _decided(request, assessment, plane, form):
        messages.success(request, _("Your decision stands beside the measure. The crew is told."))
        return redirect("ethics:assessment_detail", assessment.uuid)
    told = {"segment": segment, "plane": plane, "index": index, "form": form}
    context = {
        **standing_context(request.user, assessment, made),
        **told,
        "is_latest": _is_latest(assessment),
    }
    return render(request, "ethics/segment_decide.html", context, status=422 if form.is_bound else 200)


def _open_segment(assessment: Assessment, plane: str, index: int) -> Segment:
    segments = segments_of(assessment.document or {"planes": {}}, plane)
    if index >= len(segments) or not is_decidable(segments[index]):
        raise Http404
    return segments[index]


def _is_latest(assessment: Assessment) -> bool:
    return standing_assessment(assessment.cut) == assessment


def _decided(request: PersonRequest, assessment: Assessment, plane: str, form: DecisionForm) -> bool:
    try:
        deciding.decide_segment(
            assessment=assessment, plane=plane, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    return True


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_appeal(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The crew says what is wrong with a verdict or a decision; leads to the appeal once there is one."""
    assessment = get_object_or_404(assessments_visible_to(request.user), uuid=uuid)
    found = Appeal.objects.filter(assessment=assessment).first()
    if found:
        return redirect("ethics:appeal_detail", found.uuid)
    require(can_appeal(request.user, assessment))
    if assessment.state != AssessmentState.DONE:
        raise Http404
    made = decisions_on(assessment.cut)
    labels = {one.pk: decision_label(one, assessment) for one in made}
    form = AppealForm(request.POST or None, decisions=made, labels=labels)
    if form.is_valid() and (opened := _appealed(request, assessment, form)):
        messages.success(request, _("Your appeal waits for somebody who has not decided on this film."))
        return redirect("ethics:appeal_detail", opened.uuid)
    context = {**standing_context(request.user, assessment, list(made)), "form": form}
    return render(request, "ethics/assessment_appeal.html", context, status=422 if form.is_bound else 200)


def _appealed(request: PersonRequest, assessment: Assessment, form: AppealForm) -> Appeal | None:
    try:
        return deciding.appeal(
            assessment=assessment, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return None


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """An appeal with what it is against; the form for whoever may answer it."""
    appeal = get_object_or_404(appeals_visible_to(request.user), uuid=uuid)
    may_answer = appeal.state == AppealState.OPEN and can_answer(request.user, appeal)
    form = AnswerForm(request.POST or None, grounds=_grounds_of(appeal)) if may_answer else None
    if request.method == "POST":
        require(can_answer(request.user, appeal))
    if form and form.is_valid() and _answered(request, appeal, form):
        messages.success(request, _("Your answer is on record. The crew is told."))
        return redirect("ethics:appeal_detail", appeal.uuid)
    context = {
        **standing_context(request.user, appeal.assessment),
        "appeal": appeal,
        "form": form,
        "may_withdraw": appeal.state == AppealState.OPEN and can_appeal(request.user, appeal.assessment),
    }
    status = 422 if form and form.is_bound else 409 if request.method == "POST" else 200
    return render(request, "ethics/appeal_detail.html", context, status=status)


def _answered(request: PersonRequest, appeal: Appeal, form: AnswerForm) -> bool:
    try:
        deciding.answer_appeal(appeal=appeal, by=request.user, now=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    return True


def _grounds_of(appeal: Appeal) -> list[tuple[str, str]] | None:
    """Return what a new ruling on the appealed stretch could rest on; None where a verdict is appealed."""
    old = appeal.decision
    if old is None:
        return None
    segment = segment_at(appeal.assessment, old.plane, *_stretch(old))
    names = names_of(appeal.assessment.cut)
    grounds = grounds_for(appeal.assessment, segment) if segment else []
    return [(ground.key, ground_words(ground.to_json(), names)) for ground in grounds]


def _stretch(decision: Decision) -> tuple[Fraction, Fraction]:
    return Fraction(decision.start), Fraction(decision.end)


@signed_in
@require_POST
def appeal_withdraw(request: PersonRequest, uuid: UUID) -> HttpResponse:
    appeal = get_object_or_404(appeals_visible_to(request.user), uuid=uuid)
    deciding.withdraw_appeal(appeal=appeal, by=request.user, now=timezone.now())
    messages.success(request, _("Your appeal is taken back."))
    return redirect("ethics:appeal_detail", appeal.uuid)


@signed_in
@require_safe
def appeal_list(request: PersonRequest) -> HttpResponse:
    """Appeals of the courses a person instructs: those that wait for them, then all."""
    require(request.user.is_staff or courses_decided_by(request.user).exists())
    page = Paginator(appeals_before(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"waiting": list(appeals_waiting_for(request.user)), "page": page}
    return render(request, "ethics/appeal_list.html", context)


@signed_in
@require_safe
def news_panel(request: PersonRequest) -> HttpResponse:
    """What waits for a teacher (`?part=waiting`) or is new for a maker, for the first page; empty when nothing is."""
    is_waiting = request.GET.get("part") == "waiting"
    decisions, answers = ([], []) if is_waiting else news_for_makers(request.user, now=timezone.now())
    waiting = appeals_waiting_for(request.user).count() if is_waiting else 0
    context = {"decisions": decisions, "answers": answers, "waiting": waiting}
    return render(request, "ethics/news_panel.html", context)


def standing_context(
    user: User, assessment: Assessment, made: Iterable[Decision] | None = None
) -> dict[str, Any]:
    """What the section of decisions and the appeal shows of a finished assessment."""
    decisions = list(decisions_on(assessment.cut) if made is None else made)
    fps = ((assessment.document or {}).get("film") or {}).get("fps", 25)
    return {
        "assessment": assessment,
        "cut": assessment.cut,
        "brief": assessment.cut.work.brief,
        "standing": standing_of(assessment, decisions) if assessment.document else None,
        "heard": _heard(assessment, decisions),
        "decisions": decisions[::-1],
        "names": names_of(assessment.cut) if decisions else {},
        "fps": fps,
        "standing_appeal": Appeal.objects.filter(assessment=assessment).first(),
        "may_appeal": assessment.state == AssessmentState.DONE and can_appeal(user, assessment),
        "may_decide": can_decide(user, assessment),
    }


def _heard(assessment: Assessment, decisions: Iterable[Decision]) -> list[tuple[Any, Standing]]:
    """Names of the planes besides the picture that somebody decided on, with what that does to them."""
    planes = {one.plane for one in decisions} - {PICTURE}
    return [
        (PLANES[name], standing_of(assessment, decisions, plane=name)) for name in PLANES if name in planes
    ]


def names_of(cut: Cut) -> Mapping[str, str]:
    """What the crew called each of its files, by id."""
    media = Media.objects.filter(work=cut.work_id).values_list("uuid", "name")
    return {str(uuid): name for uuid, name in media}


def decision_label(decision: Decision, assessment: Assessment) -> str:
    """A decision in one line, as `00:00:03:00–00:00:04:00: made by people (Bob)`."""
    fps = ((assessment.document or {}).get("film") or {}).get("fps", 25)
    start, end = (timecode(seconds, fps=fps) for seconds in (decision.start, decision.end))
    return f"{start}–{end}: {decision.get_ruling_display()} ({decision.created_by})"
