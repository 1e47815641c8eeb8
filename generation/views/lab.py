"""Module 1's lab: watch the denoising, change one thing at a time, compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest, signed_in
from assignments.permissions import can_start_work
from assignments.queries import work_of
from courses.models import Course
from courses.queries import courses_visible_to
from generation import services
from generation.domain.lab import CHANGES, changed, differences, useful_changes
from generation.domain.tools import LAB, TOOLS
from generation.forms import ToolForm
from generation.models import Engine, Job
from generation.queries import budget_of, engines_for, lab_brief, lab_runs_visible_to
from ui.errors import Refused, require

RUNS_LENGTH = 24
CLASS_ENGINE = "atelier-class"


@dataclass(frozen=True, slots=True)
class Bench:
    """What lies on the table: the run at the left and the one it is compared with, either may be missing."""

    left: Job | None
    right: Job | None

    @property
    def differences(self) -> list[str]:
        if self.left is None or self.right is None:
            return []
        one, other = ({**job.request, "engine": job.engine.slug} for job in (self.left, self.right))
        return [_(label) for label in differences(one, other)]

    @property
    def changes(self) -> list[tuple[str, str]]:
        """Single changes offered beside the run at the left, as (name, words)."""
        names = useful_changes(self.left.request) if self.left else ()
        return [(name, _(CHANGES[name][0])) for name in names]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def lab(request: PersonRequest, uuid: UUID) -> HttpResponse:
    course = get_object_or_404(courses_visible_to(request.user), uuid=uuid)
    runs = lab_runs_visible_to(request.user, course)
    bench = _bench(request, runs)
    engines = engines_for(TOOLS[LAB])
    if request.method == "POST":
        return _run(request, course=course, bench=bench, engines=engines)
    form = _form(engines, initial=_initial(bench))
    return _page(request, course=course, bench=bench, form=form)


def _run(request: PersonRequest, *, course: Course, bench: Bench, engines: list[Engine]) -> HttpResponse:
    """Ask for a run; it comes to lie beside the left one, or alone."""
    brief = lab_brief(course, request.user)
    if brief is None:
        raise Http404
    require(can_start_work(request.user, brief))
    form = _form(engines, data=request.POST)
    asked = _asked(request, form, bench)
    if isinstance(asked, HttpResponse):
        return asked
    if asked is None:
        return _page(request, course=course, bench=bench, form=form, status=422)
    inputs, engine = asked
    try:
        job = services.run_lab(brief=brief, inputs=inputs, engine=engine, by=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return _page(request, course=course, bench=bench, form=form, status=422)
    return redirect(_address(course, bench.left, job))


def _asked(
    request: PersonRequest, form: ToolForm, bench: Bench
) -> tuple[dict[str, Any], str] | HttpResponse | None:
    """Return inputs and engine: of the left run with one thing changed, or of the form; None when that has faults."""
    change = request.POST.get("change", "")
    if change and bench.left:
        if change not in CHANGES:
            return HttpResponseBadRequest()
        return changed(bench.left.request, change), bench.left.engine.slug
    if not form.is_valid():
        return None
    inputs = {name: value for name, value in form.cleaned_data.items() if name not in {"source", "engine"}}
    return inputs, form.cleaned_data.get("engine", "")


def _address(course: Course, left: Job | None, new: Job) -> str:
    shown = {"a": left.uuid, "b": new.uuid} if left else {"a": new.uuid}
    return f"{reverse('generation:lab', args=[course.uuid])}?{urlencode(shown)}"


def _bench(request: PersonRequest, runs: QuerySet[Job]) -> Bench:
    """Return the runs the address names; without any, the person's latest."""
    left, right = _named(runs, request.GET.get("a", "")), _named(runs, request.GET.get("b", ""))
    if left is None and "new" not in request.GET:
        left = runs.filter(created_by=request.user).first()
    return Bench(left, None if right == left else right)


def _named(runs: QuerySet[Job], wanted: str) -> Job | None:
    try:
        return runs.filter(uuid=UUID(wanted)).first()
    except ValueError:
        return None


def _form(engines: list[Engine], *, data: Any = None, initial: dict[str, Any] | None = None) -> ToolForm:
    return ToolForm(data, tool=TOOLS[LAB], engines=engines, sources={}, initial=initial)


def _initial(bench: Bench) -> dict[str, Any]:
    """Begin with what the last run was asked for, so that one thing can be changed."""
    job = bench.right or bench.left
    if job is None:
        return {
            "place": _("the sea"),
            "shot": "wide",
            "time": "dusk",
            "seed": TOOLS[LAB].input("seed").default,
        }
    asked = {**job.request, **job.request.get("direction", {}), "engine": job.engine.slug}
    if not job.request.get("prompt_is_own"):
        asked.pop("prompt", None)
    return asked


def _page(
    request: PersonRequest, *, course: Course, bench: Bench, form: ToolForm, status: int = 200
) -> HttpResponse:
    brief = lab_brief(course, request.user)
    work = work_of(brief, request.user) if brief else None
    engines = engines_for(TOOLS[LAB])
    context = {
        "course": course,
        "brief": brief,
        "work": work,
        "budget": budget_of(work) if work else None,
        "form": form,
        "engine": engines[0] if engines else None,
        "bench": bench,
        "sides": [("a", bench.left), ("b", bench.right)],
        "runs": list(lab_runs_visible_to(request.user, course)[:RUNS_LENGTH]),
        "may_run": brief is not None and can_start_work(request.user, brief),
        "class_engine": next((engine for engine in engines if engine.slug == CLASS_ENGINE), None),
    }
    return render(request, "generation/lab.html", context, status=status)
