"""Temporary servers on free ports of the loopback interface: PostgreSQL and Redis, for benchmarks and tests.

Both can be killed and started again on the same port, as happens to servers.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

NO_CARE = "-c fsync=off -c synchronous_commit=off -c lock_timeout=60s"
"""For tests, whose data nobody needs after a crash, and which rather fail than wait for a lock that stays."""
KEEPS_COMMITS = "-c fsync=off -c synchronous_commit=on"
"""What was committed survives the death of PostgreSQL (not that of the machine)."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """A PostgreSQL cluster of its own under `folder`; started by `start`."""

    def __init__(self, folder: Path, *, care: str = NO_CARE) -> None:
        self.data, self.port, self.care = folder / "pg", free_port(), care
        self.data.mkdir()
        if os.geteuid() == 0:
            folder.chmod(0o755)
            shutil.chown(self.data, "postgres", "postgres")
        self._run("initdb", "-A", "trust", "-U", "dailies", "-E", "UTF8", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgres://dailies@127.0.0.1:{self.port}/postgres"

    def start(self) -> str:
        options = (
            f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1 -c max_connections=60 {self.care}"
        )
        self._run("pg_ctl", "-w", "-l", str(self.data / "log"), "-o", options, "start")
        return self.url

    def stop(self) -> None:
        """End it as a power cut would: no last checkpoint, connections cut off."""
        self._run("pg_ctl", "-m", "immediate", "stop", check=False)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [*_as_postgres(), _postgres_binary(program), "-D", str(self.data), *arguments]
        subprocess.run(command, check=check, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


class Redis:
    """A Redis server that writes nothing to disk: killed, it forgets every message."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> str:
        settings = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self._process = subprocess.Popen(["redis-server", *settings], stdout=subprocess.DEVNULL)
        self._wait()
        return self.url

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def _wait(self) -> None:
        for _attempt in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("Redis did not start.")


def _postgres_binary(name: str) -> str:
    found = shutil.which(name) or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )
    if found is None:
        raise RuntimeError("PostgreSQL is missing: install the package postgresql.")
    return str(Path(found).resolve())


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root: step down to its own user there."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
