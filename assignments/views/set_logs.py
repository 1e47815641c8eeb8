"""The set log: what a crew noted while shooting, with the signatures that make it evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.forms import SetLogForm
from assignments.models import SetLog, Work
from assignments.permissions import can_countersign_set_log, can_edit_work
from assignments.queries import set_logs_visible_to, set_logs_waiting_for, works_visible_to
from assignments.services import set_logs as services
from assignments.services.set_logs import SetFacts
from ui.errors import Refused, require


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def set_log_list(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The set log of a work, and the form for a new entry; `?media=` says what it is about."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    if request.method != "POST":
        asked = {"covers": request.GET.getlist("media"), "shot_on": timezone.localdate()}
        return _list(request, work, SetLogForm(initial=asked, work=work))
    require(can_edit_work(request.user, work))
    form = SetLogForm(request.POST, work=work)
    if not form.is_valid():
        return _list(request, work, form, status=422)
    try:
        log = services.keep_set_log(work=work, by=request.user, now=timezone.now(), **_noted(form))
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return _list(request, work, form, status=422)
    messages.success(request, _("The entry is kept. It counts once you and a teacher have signed it."))
    return redirect("assignments:set_log_detail", log.uuid)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def set_log_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """One entry, to be read and signed; its makers may write it anew."""
    log = get_object_or_404(set_logs_visible_to(request.user), uuid=uuid)
    if request.method != "POST":
        return _page(request, log, SetLogForm(initial=_initial(log), work=log.work))
    require(can_edit_work(request.user, log.work))
    form = SetLogForm(request.POST, work=log.work)
    if not form.is_valid():
        return _page(request, log, form, status=422)
    revision = form.cleaned_data["revision"] or 0
    try:
        services.change_set_log(
            log=log, revision=revision, by=request.user, now=timezone.now(), **_noted(form)
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return _page(request, log, form, status=422)
    return redirect("assignments:set_log_detail", log.uuid)


@signed_in
@require_POST
def set_log_sign(request: PersonRequest, uuid: UUID) -> HttpResponse:
    log = get_object_or_404(set_logs_visible_to(request.user), uuid=uuid)
    services.sign_set_log(log=log, revision=_revision(request), by=request.user, now=timezone.now())
    return redirect("assignments:set_log_detail", log.uuid)


@signed_in
@require_POST
def set_log_countersign(request: PersonRequest, uuid: UUID) -> HttpResponse:
    log = get_object_or_404(set_logs_visible_to(request.user), uuid=uuid)
    services.countersign_set_log(log=log, revision=_revision(request), by=request.user, now=timezone.now())
    messages.success(request, _("Countersigned. The newest cut is measured again with it."))
    return redirect("assignments:set_log_detail", log.uuid)


@signed_in
@require_safe
def set_logs_waiting_panel(request: PersonRequest) -> HttpResponse:
    """Set logs that wait for the teacher's signature, for pages above; empty for everybody else."""
    waiting = set_logs_waiting_for(request.user)
    return render(request, "assignments/set_logs_waiting_panel.html", {"logs": waiting})


def _revision(request: PersonRequest) -> int:
    """The revision the person has read; 0, which no entry has, when the form says none."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _noted(form: SetLogForm) -> dict[str, Any]:
    facts = {name: value for name, value in form.cleaned_data.items() if name not in {"covers", "revision"}}
    return {"facts": SetFacts(**facts), "media": list(form.cleaned_data["covers"])}


def _initial(log: SetLog) -> dict[str, Any]:
    fields = ("shot_on", "place", "people", "device", "scene", "take", "note", "revision")
    return {**{name: getattr(log, name) for name in fields}, "covers": [one.uuid for one in log.media.all()]}


def _list(request: PersonRequest, work: Work, form: SetLogForm, *, status: int = 200) -> HttpResponse:
    context = {
        "work": work,
        "form": form,
        "logs": set_logs_visible_to(request.user).filter(work=work),
        "may_write": can_edit_work(request.user, work),
    }
    return render(request, "assignments/set_log_list.html", context, status=status)


def _page(request: PersonRequest, log: SetLog, form: SetLogForm, *, status: int = 200) -> HttpResponse:
    context = {
        "log": log,
        "work": log.work,
        "form": form,
        "may_write": can_edit_work(request.user, log.work),
        "may_countersign": can_countersign_set_log(request.user, log),
    }
    return render(request, "assignments/set_log_detail.html", context, status=status)
