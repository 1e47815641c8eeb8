"""Worker processes, forked from one that has imported everything: a killed worker's successor is there at once.

The forked process is an ordinary Celery worker (solo pool, as in docs/operations.md), pinned to its core. Its engines
are in memory before it begins, on a CPU; a GPU can't be shared by fork, so there it loads them itself.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

ENGINE_QUEUE, CLOCK_QUEUE = "gpu", "cpu"


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

    arguments = ["--pool", "solo", "--queues", queue, "--hostname", f"{name}@bench", "--loglevel", "WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    clock = ["--beat", "--schedule", str(Path(os.environ["DAILIES_DATA"]) / "beat")] if queue == "cpu" else []
    import_module(app).app.worker_main(["worker", *arguments, *quiet, *clock])


def _call(core: int, log: Path | None, work: Callable[..., Any], *arguments: Any) -> None:
    os.sched_setaffinity(0, {core})
    if log is not None:
        _write_to(log)
    work(*arguments)


def _write_to(log: Path) -> None:
    with log.open("ab") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
