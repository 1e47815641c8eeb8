"""A GPU worker without a broker: `manage.py serve_jobs` looks for jobs itself and serves them until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from generation.workers.clock import DatabaseClock
from generation.workers.serving import run_jobs

LOOK_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Serve generation jobs on this machine's device. SIGTERM or SIGINT: nothing more is claimed, what can't finish in "
        "a few seconds goes back into the queue, and the worker ends."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--name",
            default=f"{socket.gethostname()}:{os.environ.get('CUDA_VISIBLE_DEVICES', 'gpu')}",
            help="What the fleet page calls it; the same after a restart.",
        )
        parser.add_argument("--until-empty", action="store_true", help="End when nothing waits.")

    def handle(self, *args: Any, name: str, until_empty: bool, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_signal: stop.set())
        clock = DatabaseClock()
        taken = run_jobs(worker=name, now=clock, stop=stop)
        while not until_empty and not stop.wait(LOOK_SECONDS):
            taken += run_jobs(worker=name, now=clock, stop=stop)
        self.stdout.write(f"{taken} jobs taken")
