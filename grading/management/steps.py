"""Telling how far a long command has come: one line a step, with its time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.core.management.base import CommandError

T = TypeVar("T")
POLL_SECONDS = 0.2


@contextmanager
def step(label: str) -> Iterator[None]:
    """Print the label now and its time when it is done."""
    started = time.monotonic()
    sys.stdout.write(f"  {label} … ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        sys.stdout.write("failed\n")
        sys.stdout.flush()
        raise
    sys.stdout.write(f"{time.monotonic() - started:.1f} s\n")
    sys.stdout.flush()


def wait_until(what: str, look: Callable[[], T | None], *, seconds: float) -> T:
    """Ask again and again until workers have finished; the look raises CommandError when they failed."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise CommandError(f"{what} took longer than {seconds:.0f} s; the workers' logs say why.")
        time.sleep(POLL_SECONDS)
    return found
