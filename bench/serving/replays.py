"""Making outputs of the run again, in a process of its own as `manage.py replay` would."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from uuid import UUID

from generation.models import Output
from generation.workers.replaying import replay


def run_replays(accepted: Sequence[UUID], most: int, seed: int, report: Path) -> None:
    """Replay up to `most` outputs of these jobs, drawn at random, and write how many came out equal to the bit."""
    found = Output.objects.filter(job__uuid__in=list(accepted)).select_related(
        "job__engine", "job__source", "media"
    )
    outputs = sorted(found, key=lambda output: str(output.job.uuid))
    drawn = Random(seed).sample(outputs, min(most, len(outputs)))
    exact = sum(_is_exact(output) for output in drawn)
    share = round(exact / len(drawn), 4) if drawn else None
    report.write_text(json.dumps({"replayed": len(drawn), "exact": exact, "exact_share": share}))


def _is_exact(output: Output) -> bool:
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        return replay(output, folder=Path(folder)).likeness.is_exact
