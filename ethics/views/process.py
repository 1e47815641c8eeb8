"""Where the making of a film is recorded: the script editor and the decision log with its rating."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import PersonRequest, signed_in
from assignments.choices import MediaState
from assignments.models import Cut, Work
from assignments.permissions import can_edit_work
from assignments.queries import works_visible_to
from ethics.forms.process import NoteForm, RatingForm, ScriptForm
from ethics.models import ScriptVersion
from ethics.permissions import can_measure, can_rate
from ethics.queries.records import notes_by_line, ratings_of, script_record_of, script_versions_of
from ethics.services import process
from ui.errors import Refused, require

MOST_VERSIONS = 40


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def work_script(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The work's script: written here, so that its versions show who wrote what."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    if request.method == "POST":
        return _script_saved(request, work)
    versions = script_versions_of(work)
    last = versions.first()
    given = {"text": last.text if last else "", "seen": last.number if last else 0}
    return _script_page(request, work, ScriptForm(initial=given), last)


def _script_saved(request: PersonRequest, work: Work) -> HttpResponse:
    """Save what was written; an editor that saves by itself gets only the line that says so."""
    require(can_edit_work(request.user, work))
    form = ScriptForm(request.POST)
    if form.is_valid():
        try:
            version = process.save_script(
                work=work, text=form.cleaned_data["text"], seen=form.cleaned_data["seen"],
                by=request.user, now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error("text", str(refusal.sentence))
        else:
            return _kept(request, work, version)
    if getattr(request, "htmx", False):
        context = {"problem": _script_problem(form), "seen": request.POST.get("seen"), "last": None}
        return render(request, "ethics/work_script.html#kept", context)
    return _script_page(request, work, form, script_versions_of(work).first(), status=422)


def _script_problem(form: ScriptForm) -> list[str]:
    return [str(sentence) for errors in form.errors.values() for sentence in errors]


def _kept(request: PersonRequest, work: Work, version: ScriptVersion) -> HttpResponse:
    if getattr(request, "htmx", False):
        context = {"last": version, "seen": version.number, "problem": []}
        return render(request, "ethics/work_script.html#kept", context)
    messages.success(request, _("Version %(number)d of the script is kept.") % {"number": version.number})
    return redirect("ethics:work_script", work.uuid)


def _script_page(
    request: PersonRequest, work: Work, form: ScriptForm, last: ScriptVersion | None, *, status: int = 200
) -> HttpResponse:
    versions = list(script_versions_of(work).defer("text")[:MOST_VERSIONS])
    context: dict[str, Any] = {
        "work": work,
        "form": form,
        "last": last,
        "seen": form["seen"].value(),
        "problem": _script_problem(form),
        "versions": versions,
        "record": script_record_of(work) if last else None,
        "may_write": can_edit_work(request.user, work),
        "cut": _measurable_cut(request, work),
    }
    return render(request, "ethics/work_script.html", context, status=status)


def _measurable_cut(request: PersonRequest, work: Work) -> Cut | None:
    """The newest cut, when the person may have it measured with the script as it stands now."""
    cut = work.cuts.filter(film__state=MediaState.READY).order_by("-version").first()
    return cut if cut and can_measure(request.user, cut) else None


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def decision_log(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """What was kept and rejected and why, line by line; and what a teacher makes of it."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    if request.method != "POST":
        return _log_page(request, work, NoteForm(initial=_line_asked_for(request, work)))
    require(can_edit_work(request.user, work))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _log_page(request, work, form, status=422)
    try:
        process.write_note(work=work, by=request.user, now=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return _log_page(request, work, form, status=422)
    return redirect("ethics:decision_log", work.uuid)


def _line_asked_for(request: PersonRequest, work: Work) -> dict[str, Any]:
    """What to begin a correction with: the line that the address names."""
    asked = request.GET.get("line", "")
    notes = notes_by_line(work).get(int(asked) if asked.isdecimal() else 0)
    if not notes:
        return {}
    return {"line": notes[0].line, "what": notes[0].what, "outcome": notes[0].outcome, "why": notes[0].why}


def _log_page(
    request: PersonRequest, work: Work, form: NoteForm, *, rating: RatingForm | None = None, status: int = 200
) -> HttpResponse:
    ratings = list(ratings_of(work))
    standing = {**ratings[0].marks, "reason": ratings[0].reason} if ratings else {}
    context = {
        "work": work,
        "form": form,
        "lines": list(notes_by_line(work).values()),
        "ratings": ratings,
        "rating_form": rating or RatingForm(initial=standing),
        "may_write": can_edit_work(request.user, work),
        "may_rate": can_rate(request.user, work),
    }
    return render(request, "ethics/decision_log.html", context, status=status)


@signed_in
@require_POST
def work_rate(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Rate the log and the talk; the newest cut is measured again with it."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    require(can_rate(request.user, work))
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _log_page(request, work, NoteForm(), rating=form, status=422)
    try:
        process.rate(
            work=work,
            marks=form.marks,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return _log_page(request, work, NoteForm(), rating=form, status=422)
    messages.success(request, _("The rating is kept; the newest cut is measured with it."))
    return redirect("ethics:decision_log", work.uuid)
