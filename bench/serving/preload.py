"""Imported once by the process that workers are forked from: Django, Celery's application, torch, engines in memory.

No database connection may stay open here: two processes on one connection would talk over each other.
"""

from __future__ import annotations

import os

import django

django.setup()

import config.celery  # noqa: E402, F401
from generation import tasks  # noqa: E402, F401
from generation.backends import devices  # noqa: E402


def _load_engines() -> None:
    import diffusers  # noqa: F401
    import torch
    import transformers  # noqa: F401

    devices.prepare()
    if torch.cuda.is_available() or os.environ.get("BENCH_ENGINES") is None:
        return
    from django.db import connections

    from generation.backends.loading import loaded_engine
    from generation.models import Engine
    from generation.queries import spec_of

    for slug in os.environ["BENCH_ENGINES"].split(","):
        loaded_engine(spec_of(Engine.objects.get(slug=slug)))
    connections.close_all()


_load_engines()
