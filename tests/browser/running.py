"""The whole platform as its demo starts it: broker, web, CPU worker and engine worker on a data folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import demo

PASSWORD = "dailies-demo"


@contextmanager
def running_school(folder: Path) -> Iterator[str]:
    """Prepare the demo class in the folder, start every process, yield the address; end what was started."""
    port, broker = demo.free_port(preferred=0), demo._socket_path(folder)
    environment = {
        **demo._environment(folder, port),
        "DAILIES_BROKER": f"redis+socket://{broker}",
        "DAILIES_ENGINES": str(folder / "engines"),
        "DAILIES_DEMO_PASSWORD": PASSWORD,
        "DAILIES_LOG_LEVEL": "WARNING",
        "DATABASE_URL": f"sqlite:///{folder / 'dailies.sqlite3'}",
    }
    processes = []
    try:
        demo._command(environment, "prepare_demo")
        processes.append(demo._start_broker(environment, folder, broker))
        processes += demo._start_all(environment, folder, port)
        demo._wait_for_web(port, processes)
        yield f"http://127.0.0.1:{port}"
    finally:
        demo._end_all(processes)
