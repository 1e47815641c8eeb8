"""Servers of one's own and the environment that points Dailies at them. To be called before Django is set up."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.servers import KEEPS_COMMITS, Postgres, Redis

LEASE_SECONDS = 5
"""Shorter than a school's 30, so that the many kills of a short run are recovered from."""


@contextmanager
def servers(folder: Path) -> Iterator[tuple[Postgres, Redis]]:
    """Start PostgreSQL and Redis under `folder`; they end with the block, also when this process is asked to end."""
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit("Ended early."))
    postgres, redis = Postgres(folder, care=KEEPS_COMMITS), Redis(folder)
    try:
        postgres.start()
        redis.start()
        yield postgres, redis
    finally:
        redis.stop()
        postgres.stop()


def set_environment(folder: Path, *, postgres: Postgres, redis: Redis, device: str) -> None:
    """Point this process and those it starts at the servers and at folders below `folder`."""
    (folder / "data").mkdir(exist_ok=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings", DAILIES_ENV="development", DAILIES_DATA=str(folder / "data"),
        DAILIES_ENGINES=str(folder / "engines"), DATABASE_URL=postgres.url, DAILIES_BROKER=redis.url,
        BENCH_NAIVE_BROKER=redis.url.removesuffix("/0") + "/1", DAILIES_LOG_LEVEL="WARNING", OMP_NUM_THREADS="1",
        HF_HUB_OFFLINE="1", DAILIES_LEASE_SECONDS=str(LEASE_SECONDS), PYTHONWARNINGS="ignore",
    )  # fmt: skip
    if device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
