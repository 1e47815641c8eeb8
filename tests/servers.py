"""Pytest plugin, loaded before Django's settings: gives the run its own data folder, broker and database.

By default: SQLite and the broker inside a wheel. With DAILIES_TEST_SERVERS=1 the run starts a temporary PostgreSQL cluster and
a real Redis server on free ports, and stops them at the end. Workers of a parallel run inherit both.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgres_binary(name: str) -> str:
    found = shutil.which(name) or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )
    if found is None:
        raise RuntimeError("PostgreSQL is missing: install the package postgresql.")
    return str(Path(found).resolve())


def as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root: step down to its own user there."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


def start_postgres(folder: Path) -> str:
    data, port = folder / "pg", free_port()
    data.mkdir()
    if os.geteuid() == 0:
        folder.chmod(0o755)
        shutil.chown(data, "postgres", "postgres")
    user = as_postgres()
    subprocess.run(
        [
            *user,
            postgres_binary("initdb"),
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "dailies",
            "-E",
            "UTF8",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        cwd="/",
    )
    options = f"-p {port} -k {data} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off -c max_connections=60"
    control = postgres_binary("pg_ctl")
    subprocess.run(
        [*user, control, "-w", "-D", data, "-l", data / "log", "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )
    atexit.register(
        lambda: subprocess.run(
            [*user, control, "-m", "immediate", "-D", data, "stop"], check=False, capture_output=True, cwd="/"
        )
    )
    return f"postgres://dailies@127.0.0.1:{port}/postgres"


def start_redis(folder: Path) -> str:
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    atexit.register(server.terminate)
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"redis://127.0.0.1:{port}/0"
        time.sleep(0.05)
    raise RuntimeError("Redis did not start.")


def prepare() -> None:
    folder = Path(tempfile.mkdtemp(prefix="dailies-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["DAILIES_DATA"] = str(folder / "data")
    os.environ["DAILIES_TEST_FOLDER"] = str(folder)
    os.environ["DAILIES_ENGINES"] = str(folder / "engines")
    os.environ["DAILIES_BROKER"] = f"redis+socket://{folder / 'broker.sock'}"
    os.environ.pop("DATABASE_URL", None)
    if os.environ.get("DAILIES_TEST_SERVERS") == "1":
        os.environ["DATABASE_URL"] = start_postgres(folder)
        os.environ["DAILIES_BROKER"] = start_redis(folder)


os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
if not IS_WORKER:
    prepare()
