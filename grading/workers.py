"""Writing film reports: claim the row, set the pages, store the file, commit.

A worker owns the row by lease and generation number, as everywhere in the house.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from assignments.backends import store
from assignments.backends.store import Stored
from assignments.models import Media
from ethics.templatetags.evidence import for_people
from footage.problems import Problem, gettext_noop
from grading.backends.pdf import write_pdf
from grading.choices import ReportState
from grading.models import Report
from grading.queries.reports import ReportContents, report_contents
from ledger import services as ledger

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 3
MISSED_AFTER = timedelta(seconds=15)
MOST_RUNG = 20
LARGEST_REPORT_BYTES = 64 * 1024 * 1024
SHEETS = ("ui/css/tokens.css", "grading/film_report.css")
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


def write_report(report_uuid: str, *, now: Clock) -> None:
    """Write one report if nobody else does; the row ends ready or failed, or waits for another attempt."""
    report = claim(report_uuid, now=now())
    if report is None:
        return
    try:
        ledger.sign_tree_head(now=now())  # so that the root on the report covers the entries on it
        contents = _contents(report)
        pages = write_pdf(report_html(contents, language=report.language), sheets=style_sheets())
        stored = store.receive([pages], max_bytes=LARGEST_REPORT_BYTES)
    except Problem as problem:
        _fail(report, problem, now=now())
    except BaseException:
        _mine(report).update(lease_until=None)
        raise
    else:
        _finish(report, stored, has_marks=contents.marks is not None, now=now())


def claim(report_uuid: str, *, now: datetime) -> Report | None:
    """Take the row by one guarded update; None when it is not waiting or another worker was first."""
    taken = (
        _waiting(now)
        .filter(uuid=report_uuid, attempts__lt=MOST_ATTEMPTS)
        .update(lease_until=now + LEASE, attempts=F("attempts") + 1, generation=F("generation") + 1)
    )
    rows = Report.objects.select_related(
        "submission__work__brief__module__course",
        "submission__work__crew",
        "submission__work__owner",
        "submission__cut__film",
    )
    return rows.get(uuid=report_uuid) if taken else None


def sweep_reports(*, now: datetime) -> list[str]:
    """Fail what was tried too often and return the ids of reports nobody writes."""
    for report in _waiting(now).filter(attempts__gte=MOST_ATTEMPTS):
        problem = Problem(
            gettext_noop("The report could not be written in %(attempts)d attempts. Ask for it again."),
            attempts=report.attempts,
        )
        _fail(report, problem, now=now)
    missed = _waiting(now).filter(attempts__lt=MOST_ATTEMPTS)
    missed = missed.filter(Q(attempts__gt=0) | Q(created_at__lte=now - MISSED_AFTER))
    return [str(found) for found in missed.order_by("created_at").values_list("uuid", flat=True)[:MOST_RUNG]]


def report_html(contents: ReportContents, *, language: str) -> str:
    """The report's page in one language; equal contents give equal text."""
    with translation.override(language):
        names = {key: media.name for key, media in contents.media.items()}
        context: dict[str, Any] = {
            "report": contents,
            "submission": contents.submission,
            "work": contents.submission.work,
            "brief": contents.submission.work.brief,
            "course": contents.submission.work.brief.module.course,
            "film": contents.submission.cut.film,
            "assessment": contents.assessment,
            "document": for_people(contents.document, names),
            "language": "zh-Hans" if language.startswith("zh") else language,
            "poster": _poster(contents.submission.cut.film),
            "school": settings.SCHOOL_NAME,
            "origin": settings.LEDGER_ORIGIN,
        }
        return render_to_string("grading/film_report.html", context)


def style_sheets() -> list[Path]:
    """The tokens of the design system and the report's own sheet."""
    return [Path(str(finders.find(name))) for name in SHEETS]


def _contents(report: Report) -> ReportContents:
    contents = report_contents(report.submission)
    if contents is None:
        raise Problem(
            gettext_noop("%(name)s has not been measured yet. Ask for the report when it is."),
            name=report.submission.cut.film.name,
        )
    return contents


def _poster(film: Media) -> str:
    """The film's poster as a data address; empty when there is none."""
    path = store.derived(film.sha256, "poster.jpg")
    if not film.has_poster or not path.is_file():
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()


def _waiting(now: datetime) -> QuerySet[Report]:
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return Report.objects.filter(is_free, state=ReportState.QUEUED)


def _mine(report: Report) -> QuerySet[Report]:
    return Report.objects.filter(pk=report.pk, generation=report.generation, state=ReportState.QUEUED)


def _finish(report: Report, stored: Stored, *, has_marks: bool, now: datetime) -> None:
    done = _mine(report).update(
        state=ReportState.READY,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        has_marks=has_marks,
        lease_until=None,
        problem=None,
        finished_at=now,
    )
    if not done:
        logger.info("report %s was written by another worker", report.uuid)


def _fail(report: Report, problem: Problem, *, now: datetime) -> None:
    _mine(report).update(
        state=ReportState.FAILED,
        lease_until=None,
        finished_at=now,
        problem={"template": problem.template, "params": dict(problem.params)},
    )
