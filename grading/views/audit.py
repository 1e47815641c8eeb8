"""The administrator's audit of AI shares across courses and terms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import administrators_only
from assignments.models import Brief
from ethics.choices import Result
from grading.domain.spreadsheets import csv_lines
from grading.forms import AuditFilters
from grading.queries.audit import AuditRow, audit_rows, films_of_brief, filter_choices
from ui.htmx import render_page


@administrators_only
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """One row per brief: films, shares against the cap, verdicts. Filters are in the address."""
    form = AuditFilters(request.GET, choices=filter_choices())
    rows = audit_rows(form.chosen)
    context = {"form": form, "rows": rows, "totals": _totals(rows), "query": request.GET.urlencode()}
    return render_page(request, "grading/audit.html", context, part="results")


def _totals(rows: list[AuditRow]) -> dict[str, Any]:
    return {
        "films": sum(len(row.films) for row in rows),
        "verdicts": [(result, sum(row.verdicts[result.value] for row in rows)) for result in Result],
        "unmeasured": sum(row.unmeasured for row in rows),
        "gpu_seconds": sum(row.gpu_seconds for row in rows),
    }


@administrators_only
@require_safe
def audit_films(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The films behind one row, each leading to its measure."""
    brief = get_object_or_404(Brief.objects.select_related("module__course"), uuid=uuid)
    return render(request, "grading/audit_films.html", {"brief": brief, "films": films_of_brief(brief)})


@administrators_only
@require_safe
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The filtered rows, one line per film, for a spreadsheet program; headers in the person's language."""
    form = AuditFilters(request.GET, choices=filter_choices())
    lines = csv_lines(_header(), [_line(row, film) for row in audit_rows(form.chosen) for film in row.films])
    name = f"audit-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        _async(lines) if isinstance(request, ASGIRequest) else lines,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _async(lines: Iterator[str]) -> Any:
    """A synchronous iterator under ASGI would be read whole before the first line is sent."""
    step = sync_to_async(lambda: next(lines, None), thread_sensitive=False)
    while (line := await step()) is not None:
        yield line


def _header() -> list[str]:
    return [
        _("School term"), _("Course"), _("Course title"), _("Module"), _("Assignment"), _("Made by"), _("Film"),
        _("Handed in"), _("Cap, %"), _("AI share from, %"), _("AI share to, %"), _("Verdict"),
        _("Human creative intervention from"), _("Human creative intervention to"), _("Engine time, s"),
        _("Receipt"), _("Film, SHA-256"), _("Assessment, SHA-256"), _("Ledger entry"),
    ]  # fmt: skip


def _line(row: AuditRow, film: Any) -> list[object]:
    submission, found = film.submission, film.assessment
    return [
        row.course.term, row.course.code, row.course.title, row.brief.module.number, row.brief.title,
        submission.work.makers, submission.cut.film.name, submission.submitted_at.date().isoformat(),
        _percent(row.brief.picture_cap), _percent(found and found.share_low), _percent(found and found.share_high),
        found.get_verdict_display() if found else _("being measured"),
        _tenth(found and found.hcid_low), _tenth(found and found.hcid_high), round(film.gpu_seconds, 1),
        submission.receipt, submission.cut.film.sha256, found.document_sha256 if found else "",
        found.ledger_index if found else "",
    ]  # fmt: skip


def _percent(share: Any) -> float | None:
    return None if share is None else round(100 * float(share), 2)


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
