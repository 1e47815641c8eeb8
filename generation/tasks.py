"""Celery entry points of the generation room. The message is a doorbell: the rows say what is to be done."""

from __future__ import annotations

import socket
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from generation import workers
from generation.workers import gating
from generation.workers.clock import DatabaseClock


@shared_task(bind=True, name="generation.run_jobs")
def run_jobs(task: Any) -> None:
    """Take jobs from the queue until it is empty, under the Celery node's name: it is the same after a restart."""
    workers.run_jobs(worker=task.request.hostname or socket.gethostname(), now=DatabaseClock())


@worker_shutting_down.connect
def stop_serving(**facts: Any) -> None:
    """On SIGTERM a worker gives back what it can't finish in a few seconds, instead of emptying the queue first."""
    workers.STOP.set()


@shared_task(name="generation.sweep_jobs")
def sweep_jobs() -> None:
    """Give back jobs of killed workers, and ring when anything waits."""
    if workers.sweep_jobs(now=DatabaseClock()()):
        run_jobs.delay()


@shared_task(name="generation.sweep_releases")
def sweep_releases() -> None:
    """Show no more what rests on releases that have expired."""
    gating.hide_expired(today=timezone.localdate())
