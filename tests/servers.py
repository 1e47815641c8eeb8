"""Pytest plugin, loaded before Django's settings: gives the run its own data folder, broker and database.

By default: SQLite and the broker inside a wheel. With DAILIES_TEST_SERVERS=1 the run starts a temporary PostgreSQL cluster and
a real Redis server on free ports, and stops them at the end. Workers of a parallel run inherit both.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from bench.servers import Postgres, Redis

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


def start(server: Postgres | Redis) -> str:
    """Start a server that ends with this run, and return its address."""
    atexit.register(server.stop)
    return server.start()


def prepare() -> None:
    folder = Path(tempfile.mkdtemp(prefix="dailies-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["DAILIES_DATA"] = str(folder / "data")
    os.environ["DAILIES_TEST_FOLDER"] = str(folder)
    os.environ["DAILIES_ENGINES"] = str(folder / "engines")
    os.environ["DAILIES_BROKER"] = f"redis+socket://{folder / 'broker.sock'}"
    os.environ.pop("DATABASE_URL", None)
    if os.environ.get("DAILIES_TEST_SERVERS") == "1":
        os.environ["DATABASE_URL"] = start(Postgres(folder))
        os.environ["DAILIES_IDLE_TRANSACTION_SECONDS"] = "0"  # a test is one transaction, however long
        os.environ["DAILIES_BROKER"] = start(Redis(folder))


os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
if not IS_WORKER:
    prepare()
