"""Celery entry points of the ethics room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from ethics import workers
from ethics.workers import indexing, packaging, upkeep


@shared_task(name="ethics.measure_cut")
def measure_cut(assessment_uuid: str) -> None:
    """Trace one cut and write its assessment; once more when evidence came meanwhile."""
    if again := workers.measure_cut(assessment_uuid, now=timezone.now):
        measure_cut.delay(again)


@shared_task(name="ethics.sweep_assessments")
def sweep_assessments() -> None:
    """Find what was missed: new cuts nobody measured, leases run out, lost doorbells."""
    for assessment_uuid in workers.sweep_assessments(now=timezone.now()):
        measure_cut.delay(assessment_uuid)


@shared_task(name="ethics.keep_up")
def keep_up() -> None:
    """Let another trust list or cap reach old cuts, and delete traces nobody uses."""
    now = timezone.now()
    for assessment_uuid in (*upkeep.sweep_trust(now=now), *upkeep.sweep_caps(now=now)):
        measure_cut.delay(assessment_uuid)
    upkeep.forget_traces(now=now)


@shared_task(name="ethics.write_package")
def write_package(package_uuid: str) -> None:
    """Finish one film for leaving and pack it with its certificate."""
    packaging.write_package(package_uuid, now=timezone.now)


@shared_task(name="ethics.sweep_packages")
def sweep_packages() -> None:
    """Find what was missed: packages nobody writes, and signed films whose entry may be published by now."""
    for package_uuid in packaging.sweep_packages(now=timezone.now()):
        write_package.delay(package_uuid)


@shared_task(name="ethics.sweep_index")
def sweep_index() -> None:
    """Fingerprint what nobody has read yet, and bring this host's index up to date."""
    indexing.sweep_index(now=timezone.now())
