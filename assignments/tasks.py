"""Celery entry points of the assignments room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from assignments import workers


@shared_task(name="assignments.prepare_media")
def prepare_media(media_uuid: str) -> None:
    """Look at one stored file and make what is shown of it."""
    workers.prepare_media(media_uuid, now=timezone.now)


@shared_task(name="assignments.sweep_media")
def sweep_media() -> None:
    """Find what was missed: media nobody prepares, leases run out, files that never finished arriving."""
    for media_uuid in workers.sweep_media(now=timezone.now()):
        prepare_media.delay(media_uuid)
