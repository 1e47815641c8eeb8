"""A class at a glance, and its marks as a table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, signed_in
from courses.queries import courses_visible_to
from ethics.choices import Result
from grading.charts import class_charts
from grading.permissions import can_see_dashboard, can_see_gradebook, marker_role
from grading.queries.classes import ClassFilm, briefs_of, class_films, gradebook, stuck_jobs
from ui.errors import require


@signed_in
@require_safe
def dashboard(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """AI share and degree of a class against the cap, gaps of proof, engine time; every mark leads to its film."""
    course = get_object_or_404(courses_visible_to(request.user), uuid=uuid)
    require(can_see_dashboard(request.user, course))
    films = class_films(course)
    context = {
        "course": course,
        "films": films,
        "facts": _facts(films),
        "charts": class_charts(films),
        "stuck": list(stuck_jobs(course, now=timezone.now())),
    }
    return render(request, "grading/dashboard.html", context)


def _facts(films: list[ClassFilm]) -> dict[str, Any]:
    verdicts = [film.latest.verdict for film in films if film.latest]
    return {
        "films": len(films),
        "handed_in": sum(film.submission is not None for film in films),
        "verdicts": [(result, verdicts.count(result.value)) for result in Result],
        "unknown_seconds": sum(film.unknown_seconds for film in films),
        "gpu_seconds": sum(film.gpu_seconds for film in films),
    }


@signed_in
@require_safe
def gradebook_light(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Works × criteria of one brief, with where both teachers stand."""
    course = get_object_or_404(courses_visible_to(request.user), uuid=uuid)
    require(can_see_gradebook(request.user, course))
    briefs = list(briefs_of(course))
    asked = request.GET.get("brief", "")
    brief = next((each for each in briefs if str(each.uuid) == asked), briefs[-1] if briefs else None)
    criteria, rows = gradebook(brief) if brief else ([], [])
    context = {
        "course": course,
        "briefs": briefs,
        "brief": brief,
        "criteria": criteria,
        "rows": rows,
        "role": marker_role(request.user, course),
    }
    return render(request, "grading/gradebook_light.html", context)
