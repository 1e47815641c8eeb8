"""The audit: AI shares across courses, terms and briefs. Administrators only; what counts is what was handed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from assignments.models import Brief, Submission
from courses.models import Course, Module
from ethics.choices import Result
from ethics.models import Assessment
from ethics.queries import standing_assessments
from generation.choices import JobState
from generation.models import Job
from ui.languages import pick

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AuditFilm:
    """A film handed in, by its last attempt; `assessment` is None while it is being measured."""

    submission: Submission
    assessment: Assessment | None
    gpu_seconds: float

    @property
    def brief(self) -> Brief:
        return self.submission.work.brief

    @property
    def interval(self) -> tuple[float, float]:
        """Share of the picture, 0 to 1; everything is possible while nothing is measured."""
        if self.assessment is None or self.assessment.share_low is None:
            return 0.0, 1.0
        return self.assessment.share_low, self.assessment.share_high or 0.0


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One brief of one course.

    Attributes:
        share: Mean of the lower and of the upper ends over the measured films, 0 to 1; None without any.
        degree: The same of the human creative intervention degree, 0 to 100.
        verdicts: Films by verdict, every verdict named.
        films: Share intervals of the measured films with their verdicts, for the small distribution.
    """

    brief: Brief
    films: tuple[AuditFilm, ...]
    share: tuple[float, float] | None
    degree: tuple[float, float] | None
    verdicts: Mapping[str, int]
    unmeasured: int
    gpu_seconds: float

    @property
    def course(self) -> Course:
        return self.brief.module.course

    @property
    def measured(self) -> list[AuditFilm]:
        return [film for film in self.films if film.assessment]


def audit_rows(filters: Mapping[str, str]) -> list[AuditRow]:
    """Rows by term (newest first), course and module.

    Args:
        filters: Any of `term`, `course` (its code), `module` (its slug), `verdict`.
    """
    films = audit_films(_submissions(filters))
    wanted = filters.get("verdict")
    if wanted:
        films = [film for film in films if film.assessment and film.assessment.verdict == wanted]
    return [_row(brief, list(group)) for brief, group in groupby(films, key=lambda film: film.brief)]


def films_of_brief(brief: Brief) -> list[AuditFilm]:
    """Films handed in for one brief, those with the largest proven share first."""
    films = audit_films(_submissions({}).filter(work__brief=brief))
    return sorted(films, key=lambda film: film.interval, reverse=True)


def audit_films(submissions: QuerySet[Submission]) -> list[AuditFilm]:
    """Submissions with their standing assessments and the engine time of their works."""
    found = list(submissions)
    rows = standing_assessments().filter(cut__in=[each.cut_id for each in found]).defer("document", "heats")
    assessments = {each.cut_id: each for each in rows}
    jobs = Job.objects.filter(work__in=[each.work_id for each in found], state=JobState.DONE).order_by()
    spent = dict(jobs.values("work").annotate(spent=Sum("spent_seconds")).values_list("work", "spent"))
    return [AuditFilm(each, assessments.get(each.cut_id), spent.get(each.work_id, 0.0)) for each in found]


def filter_choices() -> dict[str, Choices]:
    """What the audit can be narrowed to: terms, courses and modules of films handed in or not."""
    courses = list(Course.objects.order_by("-starts_on", "code"))
    modules = Module.objects.order_by("number", "slug").values_list("slug", "title_en", "title_zh")
    titles = {slug: pick({"en": english, "zh": chinese}) for slug, english, chinese in modules}
    return {
        "term": [(term, term) for term in dict.fromkeys(course.term for course in courses)],
        "course": [(course.code, f"{course.code} {course.title}") for course in courses],
        "module": list(titles.items()),
    }


def _submissions(filters: Mapping[str, str]) -> QuerySet[Submission]:
    """Last attempts in the order of the audit; a verdict is no matter of the submission."""
    newest = Submission.objects.filter(work=OuterRef("work")).order_by("-attempt").values("pk")[:1]
    wanted = Q(pk=Subquery(newest))
    for name, path in {"term": "course__term", "course": "course__code", "module": "slug"}.items():
        if filters.get(name):
            wanted &= Q(**{f"work__brief__module__{path}": filters[name]})
    return (
        Submission.objects.filter(wanted)
        .select_related("work__brief__module__course", "work__crew", "work__owner", "cut__film")
        .order_by(
            "-work__brief__module__course__starts_on",
            "work__brief__module__course__code",
            "work__brief__module__number",
            "work__brief",
            "work__crew__name",
            "work__owner__username",
        )
    )


def _row(brief: Brief, films: Sequence[AuditFilm]) -> AuditRow:
    assessments = [film.assessment for film in films if film.assessment]
    counted = Counter(assessment.verdict for assessment in assessments)
    return AuditRow(
        brief=brief,
        films=tuple(films),
        share=_mean((each.share_low, each.share_high) for each in assessments),
        degree=_mean((each.hcid_low, each.hcid_high) for each in assessments),
        verdicts={result.value: counted[result.value] for result in Result},
        unmeasured=len(films) - len(assessments),
        gpu_seconds=sum(film.gpu_seconds for film in films),
    )


def _mean(pairs: Iterable[tuple[float | None, float | None]]) -> tuple[float, float] | None:
    known = [(low, high) for low, high in pairs if low is not None and high is not None]
    if not known:
        return None
    return fmean(low for low, _high in known), fmean(high for _low, high in known)
