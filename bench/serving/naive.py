"""The peer most schools would write first: one Celery task per job, acknowledged late, on Redis.

It runs the same engine and writes the same picture; it knows no users, batches nothing and writes no rows.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from celery import Celery

from bench.serving.peers import Errand

app = Celery("naive", broker=os.environ.get("BENCH_NAIVE_BROKER"))
app.conf.update(
    task_acks_late=True, task_ignore_result=True, worker_prefetch_multiplier=1, task_default_queue="naive",
    broker_connection_retry_on_startup=True, worker_hijack_root_logger=False,
)  # fmt: skip


@app.task(name="naive.render")
def render(errand: dict[str, Any], report: str) -> None:
    """Draw one picture or clip, and leave a note of when it began and ended."""
    from generation.backends.loading import loaded_engine

    began = time.time()
    work = Errand.from_dict(errand)
    with tempfile.TemporaryDirectory(prefix="naive-") as folder:
        loaded_engine(work.spec).run(
            work.request(), folder=Path(folder), progress=lambda step, steps: None, cancelled=lambda: False
        )
    note = Path(report)
    note.with_suffix(".part").write_text(json.dumps([began, time.time()]))
    note.with_suffix(".part").rename(note)
