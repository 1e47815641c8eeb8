"""Celery entry points of the generation room. The message is a doorbell: the rows say what is to be done."""

from __future__ import annotations

import os
import socket

from celery import shared_task
from django.utils import timezone

from generation import workers


@shared_task(name="generation.run_jobs")
def run_jobs() -> None:
    """Take jobs from the queue until it is empty."""
    workers.run_jobs(worker=f"{socket.gethostname()}:{os.getpid()}", now=timezone.now)


@shared_task(name="generation.sweep_jobs")
def sweep_jobs() -> None:
    """Give back jobs of killed workers, and ring when anything waits."""
    if workers.sweep_jobs(now=timezone.now()):
        run_jobs.delay()
