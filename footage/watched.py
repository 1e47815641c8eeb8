"""The sandbox for long calls: the caller hears how far the child has come."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from footage.sandbox import run_limited

POLL_SECONDS = 0.5
Progress = Callable[[float], None]


def run_watched(
    call: str, *args: Any, progress: Progress, seconds: float, memory_mb: int, **keywords: Any
) -> Any:
    """Like `run_limited`, calling `progress` about twice a second with 0 to 1.

    The function called gets the keyword `report`, a path to hand to `teller`. What `progress` raises stops the
    waiting; the child is left to its own limits.

    Raises:
        Problem: as `run_limited`.
    """
    with TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=1) as pool:
        report = Path(folder) / "progress"
        running = pool.submit(
            run_limited, call, *args, report=report, seconds=seconds, memory_mb=memory_mb, **keywords
        )
        while not running.done():
            with suppress(StillRunning):
                running.exception(timeout=POLL_SECONDS)
            progress(float(report.read_text()) if report.exists() else 0.0)
        return running.result()


def teller(report: Path) -> Progress:
    """Child side: return a function that tells the caller how far it is, never half a number."""

    def tell(share: float) -> None:
        staged = report.with_suffix(".new")
        staged.write_text(f"{share:.4f}")
        staged.replace(report)

    return tell
