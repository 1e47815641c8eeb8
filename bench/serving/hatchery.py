"""Worker processes, forked from one that has imported everything: a killed worker's successor is there at once.

The forked process is an ordinary Celery worker (solo pool, as in docs/operations.md), pinned to its core. Its engines
are in memory before it begins, on a CPU; a GPU can't be shared by fork, so there it loads them itself.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

ENGINE_QUEUE, CLOCK_QUEUE = "gpu", "cpu"
COMPUTING = ("MainThread", "decode", "solo")
"""Names of the threads that do what a GPU would do; generation.workers.serving gives them."""
HOST_CORES = set(range(os.cpu_count() or 1))


@dataclass(slots=True)
class Hatchery:
    """Forks workers and ends them; `logs` is where they write.

    Attributes:
        device_core: The core that stands for the device; everything else lives on `other_core`.
    """

    logs: Path
    device_core: int
    other_core: int
    context: ForkServerContext = field(default_factory=lambda: multiprocessing.get_context("forkserver"))
    living: dict[str, ForkServerProcess] = field(default_factory=dict)

    def prepare(self) -> None:
        """Start the process that everything is forked from."""
        self.context.set_forkserver_preload(["bench.serving.preload"])
        self.run(int, 0)

    def hatch_worker(self, name: str, *, core: int | None = None) -> None:
        """Start an engine worker under a name; its successors bear the same."""
        self._hatch(name, work_queue, "config.celery", name, ENGINE_QUEUE, core=core)

    def hatch_clock(self) -> None:
        """Start the worker that sweeps, with the clock that tells it to."""
        self._hatch("clock", work_queue, "config.celery", "clock", CLOCK_QUEUE, core=self.other_core)

    def hatch_naive(self) -> None:
        self._hatch("naive", work_queue, "bench.serving.naive", "naive", "naive", core=None)

    def spread(self, names: Sequence[str]) -> dict[str, int]:
        """Return a core for each worker, alternating."""
        places = (self.device_core, self.other_core)
        return {name: places[index % 2] for index, name in enumerate(names)}

    def kill(self, name: str) -> None:
        """End a worker as kill -9 does."""
        process = self.living.pop(name)
        process.kill()
        process.join()

    def cpu_seconds(self, name: str) -> float:
        """Return what a living worker has computed so far, all threads, in CPU-seconds (proc(5), stat)."""
        fields = Path(f"/proc/{self.living[name].pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def pause(self, name: str) -> None:
        """Stop a worker where it stands, its engines in memory."""
        self._signal(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        self._signal(name, signal.SIGCONT)

    def kill_all(self) -> None:
        for name in list(self.living):
            self.kill(name)

    def run(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Run a function on the device core in a process of its own, and wait for it."""
        process = self.context.Process(target=_call, args=(self.device_core, None, work, *arguments))
        process.start()
        process.join()
        if process.exitcode:
            raise RuntimeError(f"{work.__name__} ended with status {process.exitcode}.")

    def _signal(self, name: str, number: signal.Signals) -> None:
        pid = self.living[name].pid
        if pid is not None:
            os.kill(pid, number)

    def _hatch(self, name: str, work: Callable[..., Any], *arguments: Any, core: int | None) -> None:
        place = self.device_core if core is None else core
        log = self.logs / f"{name}.log"
        process = self.context.Process(target=_call, args=(place, log, work, *arguments))
        process.start()
        self.living[name] = process


@contextlib.contextmanager
def hatchery(logs: Path) -> Iterator[Hatchery]:
    """Yield a hatchery on the first two cores this process may use; its workers end with it."""
    cores = sorted(os.sched_getaffinity(0))
    made = Hatchery(logs, device_core=cores[0], other_core=cores[-1])
    os.sched_setaffinity(0, set(cores[1:]) or {cores[0]})
    try:
        yield made
    finally:
        made.kill_all()


def work_queue(app: str, name: str, queue: str) -> None:
    """Be a Celery worker until killed."""
    from importlib import import_module

    threading.Thread(target=_keep_helpers_off, args=(os.sched_getaffinity(0),), daemon=True).start()
    arguments = ["--pool", "solo", "--queues", queue, "--hostname", f"{name}@bench", "--loglevel", "WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    clock = ["--beat", "--schedule", str(Path(os.environ["DAILIES_DATA"]) / "beat")] if queue == "cpu" else []
    import_module(app).app.worker_main(["worker", *arguments, *quiet, *clock])


def _call(core: int, log: Path | None, work: Callable[..., Any], *arguments: Any) -> None:
    os.sched_setaffinity(0, {core})
    if log is not None:
        _write_to(log)
    work(*arguments)


def _keep_helpers_off(device: set[int]) -> None:
    """Move threads that don't compute away from the device's core, as a GPU's host has cores of its own for them."""
    host = HOST_CORES - device or device
    moved: set[int] = set()
    while True:
        for thread in threading.enumerate():
            if thread.native_id and thread.native_id not in moved and not thread.name.startswith(COMPUTING):
                moved.add(thread.native_id)
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(thread.native_id, host)
        time.sleep(0.05)


def _write_to(log: Path) -> None:
    with log.open("ab") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
