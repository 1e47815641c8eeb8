"""Pages and panels of the measure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest, signed_in
from assignments.models import Media
from assignments.queries import cuts_visible_to
from ethics import services
from ethics.choices import AssessmentState
from ethics.domain.assessment import canonical_bytes
from ethics.domain.deciding import DECIDABLE
from ethics.models import Assessment
from ethics.permissions import can_decide, can_measure
from ethics.queries import (
    PENDING,
    assessments_visible_to,
    latest_assessment,
    media_of_sources,
    standing_assessment,
)
from ethics.queries.deciding import standing_of
from ethics.queries.records import passage_of
from ethics.templatetags.evidence import for_people
from ethics.views.admitting import adding_context
from ethics.views.deciding import standing_context


@signed_in
def assessment_detail(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The film as it was measured: strip, share, to-do list, degree, history."""
    assessment = get_object_or_404(assessments_visible_to(request.user), uuid=uuid)
    history = assessment.cut.assessments.order_by("-number").defer("document", "heats")
    context = {
        **standing_context(request.user, assessment),
        **_told(request, assessment),
        "history": history,
        "may_measure": can_measure(request.user, assessment.cut),
        **adding_context(request.user, assessment),
    }
    return render(request, "ethics/assessment_detail.html", context)


@signed_in
def assessment_state(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """How far a measuring has come: a fragment that asks again until it is finished, then reloads the page."""
    assessment = get_object_or_404(assessments_visible_to(request.user).defer("document", "heats"), uuid=uuid)
    response = render(request, "ethics/assessment_detail.html#state", {"assessment": assessment})
    if assessment.state not in PENDING:
        response.headers["HX-Refresh"] = "true"
    return response


@signed_in
def assessment_json(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The canonical bytes whose SHA-256 stands in the ledger."""
    assessment = get_object_or_404(assessments_visible_to(request.user), uuid=uuid)
    if assessment.document is None:
        raise Http404
    response = HttpResponse(canonical_bytes(assessment.document), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="assessment-{assessment.uuid}.json"'
    return response


@signed_in
def segment_panel(request: PersonRequest, uuid: UUID, plane: str, index: int) -> HttpResponse:
    """The evidence of one segment, with the film and the matched source side by side."""
    assessment = get_object_or_404(assessments_visible_to(request.user), uuid=uuid)
    told = _told(request, assessment)
    segments = (told["document"] or {}).get("planes", {}).get(plane, {}).get("segments", [])
    if index >= len(segments):
        raise Http404
    context = {
        **told,
        "segment": segments[index],
        "plane": plane,
        "index": index,
        "heats": assessment.heats,
        "may_decide": segments[index]["state"] in DECIDABLE
        and "deciding" not in request.GET
        and can_decide(request.user, assessment),
    }
    if plane == "script":
        passage = passage_of(assessment, segments[index])
        return render(request, "ethics/passage_panel.html", {**context, "passage": passage})
    return render(request, "ethics/segment_panel.html", context)


@signed_in
def strip_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The provenance strip of a cut, for pages of other rooms."""
    return render(request, "ethics/strip_panel.html", _of_cut(request, uuid))


@signed_in
def share_panel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Share, verdict and degree of a cut in a few words, for pages of other rooms."""
    context = _of_cut(request, uuid)
    if context["assessment"]:
        context["standing"] = standing_of(context["assessment"])
    return render(request, "ethics/share_panel.html", context)


@signed_in
@require_POST
def measure_again(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Have a cut measured with the material there is now."""
    cut = get_object_or_404(cuts_visible_to(request.user), uuid=uuid)
    assessment = services.request_assessment(cut=cut, by=request.user, now=timezone.now())
    return redirect("ethics:assessment_detail", assessment.uuid)


def _of_cut(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """Return what panels show: the standing assessment, and the latest when it is still under way or failed."""
    cut = get_object_or_404(cuts_visible_to(request.user), uuid=uuid)  # type: ignore[arg-type]  # signed in
    standing, latest = standing_assessment(cut), latest_assessment(cut)
    context: dict[str, Any] = {
        "cut": cut,
        "latest": latest,
        "is_pending": latest is None or latest.state in PENDING,
    }
    return {**context, **(_told(request, standing) if standing else {"assessment": None})}


def _told(request: HttpRequest, assessment: Assessment) -> dict[str, Any]:
    cut = assessment.cut
    document = assessment.document if assessment.state == AssessmentState.DONE else None
    media = media_of_sources(document, cut) if document else {}
    names = {key: one.name for key, one in media.items()}
    return {
        "assessment": assessment,
        "cut": cut,
        "brief": cut.work.brief,
        "document": for_people(document, names) if document else None,
        "media": media,
        "film_url": _file(cut.film, "filmstrip") if cut.film.has_filmstrip else "",
        "evidence_url": _evidence_url(assessment),
    }


def _file(media: Media, what: str) -> str:
    return reverse("assignments:media_file", args=[media.uuid, what])


def _evidence_url(assessment: Assessment) -> str:
    """Return the address of a segment's evidence with places for the strip to fill in."""
    address = reverse("ethics:segment_panel", args=[assessment.uuid, "plane", 0])
    return address.replace("/plane/0/", "/{plane}/{index}/")
