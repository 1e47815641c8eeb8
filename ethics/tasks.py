"""Celery entry points of the ethics room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from ethics import workers


@shared_task(name="ethics.measure_cut")
def measure_cut(assessment_uuid: str) -> None:
    """Trace one cut and write its assessment."""
    workers.measure_cut(assessment_uuid, now=timezone.now)


@shared_task(name="ethics.sweep_assessments")
def sweep_assessments() -> None:
    """Find what was missed: new cuts nobody measured, leases run out, lost doorbells."""
    for assessment_uuid in workers.sweep_assessments(now=timezone.now()):
        measure_cut.delay(assessment_uuid)
