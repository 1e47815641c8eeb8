"""What a crew declares of a cut, beside what was traced; and the history of a work's measurings."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, signed_in
from assignments.models import Cut
from assignments.queries import cuts_visible_to, works_visible_to
from ethics.forms.declaring import DeclarationForm
from ethics.models import Assessment, Declaration
from ethics.permissions import can_declare
from ethics.queries import standing_assessment
from ethics.queries.declaring import declarations_of, declared_beside, parts_of, shots_of
from ethics.queries.history import measures_of
from ethics.services import declaring
from generation.domain.tools import TOOLS
from ui.errors import Refused, require


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cut_declaration(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Shot by shot: who made it, with what; beside it how the standing declaration compares with the trace."""
    cut = get_object_or_404(cuts_visible_to(request.user), uuid=uuid)
    assessment, declarations = standing_assessment(cut), list(declarations_of(cut))
    last = declarations[0] if declarations else None
    form = _form(request, cut, assessment, last)
    if request.method == "POST":
        require(can_declare(request.user, cut))
    if form and form.is_valid() and _declared(request, cut, form):
        messages.success(request, _("Your declaration is on record."))
        return redirect("ethics:cut_declaration", cut.uuid)
    context = {
        "cut": cut,
        "brief": cut.work.brief,
        "assessment": assessment,
        "fps": _fps(assessment),
        "form": form,
        "tools": sorted(_(TOOLS[slug].title) for slug in cut.work.brief.tools if slug in TOOLS),
        "declarations": declarations,
        "declared": declared_beside(assessment, last) if assessment else None,
    }
    status = 422 if form and form.is_bound else 409 if request.method == "POST" else 200
    return render(request, "ethics/cut_declaration.html", context, status=status)


def _form(
    request: PersonRequest, cut: Cut, assessment: Assessment | None, last: Declaration | None
) -> DeclarationForm | None:
    """Return the form; None for whoever didn't make the film, and until its shots are known."""
    if assessment is None or not assessment.document or not can_declare(request.user, cut):
        return None
    shots, standing = shots_of(assessment.document), parts_of(last) if last else []
    initial = {"remarks": last.words} if last else {}
    return DeclarationForm(request.POST or None, shots=shots, standing=standing, initial=initial)


def _declared(request: PersonRequest, cut: Cut, form: DeclarationForm) -> bool:
    try:
        declaring.declare(
            cut=cut, parts=form.parts, words=form.cleaned_data["remarks"], by=request.user, now=timezone.now()
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    return True


@signed_in
@require_safe
def declared_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Whether a cut is declared and where that differs from the trace, for pages of other rooms."""
    cut = get_object_or_404(cuts_visible_to(request.user), uuid=uuid)
    assessment, last = standing_assessment(cut), declarations_of(cut).first()
    context = {
        "cut": cut,
        "declaration": last,
        "declared": declared_beside(assessment, last) if assessment else None,
        "fps": _fps(assessment),
        "may_declare": can_declare(request.user, cut),
    }
    return render(request, "ethics/declared_panel.html", context)


@signed_in
@require_safe
def work_history(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """All measurings of a work with their intervals and what changed between them."""
    work = get_object_or_404(works_visible_to(request.user), uuid=uuid)
    context = {"work": work, "brief": work.brief, "measures": measures_of(work)}
    return render(request, "ethics/work_history.html", context)


def _fps(assessment: Assessment | None) -> str:
    return str(((assessment.document if assessment else None) or {}).get("film", {}).get("fps", "25"))
