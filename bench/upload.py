"""A 3 GB upload through the real web process: how much memory it takes, against the size of the file.

Starts the web process on a free loopback port with a folder of its own, sends a file of random-looking bytes that is
never held here either, and ends everything. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from config.demo import ROOT, free_port

CHUNK = hashlib.sha512(b"dailies").digest() * 16384  # 1 MiB
SETUP = """
from django.utils import timezone
from rest_framework.authtoken.models import Token
from assignments.models import Brief
from assignments.services import start_work
from courses.models import CrewMember
brief = Brief.objects.get(module__slug="capstone")
student = CrewMember.objects.order_by("pk").first().user
work = start_work(brief=brief, by=student, now=timezone.now())
print("READY", work.uuid, Token.objects.get_or_create(user=student)[0].key)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=3.0)
    size = int(parser.parse_args().gigabytes * 1024) * len(CHUNK)
    with tempfile.TemporaryDirectory(prefix="dailies-bench-") as folder:
        environment = {**os.environ, "DAILIES_DATA": folder, "DAILIES_BROKER": "redis://127.0.0.1:1/0"}
        environment.pop("DATABASE_URL", None)
        manage(environment, "migrate", "-v0")
        manage(environment, "make_demo_class")
        work, token = manage(environment, "shell", "-v0", "-c", SETUP).split("READY ")[1].split()
        with serving(environment) as (port, process):
            before = peak_bytes(process.pid)
            begun = time.monotonic()
            status = send(port, f"/api/works/{work}/media/rush/?name=big.mov", token, size)
            seconds = time.monotonic() - begun
            grown = peak_bytes(process.pid) - before
        stored = next((Path(folder) / "objects").glob("??/??/*"), None)
        kept = stored.stat().st_size if stored else 0
    print(
        json.dumps(
            {
                "bench": "upload",
                "status": status,
                "bytes": size,
                "bytes_kept": kept,
                "memory_grown_bytes": grown,
                "memory_to_size": round(grown / size, 5),
                "megabytes_per_second": round(size / 1e6 / seconds, 1),
            }
        )
    )
    sys.exit(0 if status == 201 and kept == size else 1)


def manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@contextlib.contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port(preferred=0)
    command = [
        "-m",
        "uvicorn",
        "config.asgi:application",
        "--port",
        str(port),
        "--log-level",
        "error",
        "--lifespan",
        "off",
    ]
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)
    try:
        for _attempt in range(300):
            with contextlib.suppress(OSError):
                probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                probe.request("GET", "/log-in/")
                probe.getresponse().read()
                break
            time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=20)


def send(port: int, path: str, token: str, size: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {
        "Authorization": f"Token {token}",
        "Content-Length": str(size),
        "Content-Type": "application/octet-stream",
    }
    connection.request("PUT", path, body=(CHUNK for _number in range(size // len(CHUNK))), headers=headers)
    return connection.getresponse().status


def peak_bytes(pid: int) -> int:
    """Peak resident memory of a process (VmHWM)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) * 1024


if __name__ == "__main__":
    main()
