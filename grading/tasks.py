"""Celery entry points of the grading room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from grading import workers


@shared_task(name="grading.write_report")
def write_report(report_uuid: str) -> None:
    """Write one film report as PDF."""
    workers.write_report(report_uuid, now=timezone.now)


@shared_task(name="grading.sweep_reports")
def sweep_reports() -> None:
    """Find what was missed: reports nobody writes, leases run out."""
    for report_uuid in workers.sweep_reports(now=timezone.now()):
        write_report.delay(report_uuid)
