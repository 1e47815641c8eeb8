"""One running job as its worker sees it, in memory. What stands here a clerk carries to the row, and back."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter

from generation.backends.base import EngineSpec, Request
from generation.backends.gate import Forward, Member
from generation.backends.previews import Sketch, sketch_of, time_of
from generation.models import Job
from generation.workers.endings import Overtaken

Clock = Callable[[], datetime]
PREVIEW_SECONDS = 0.7
logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Watch:
    """What an engine reports to.

    Attributes:
        look: Where no clerk works beside: called before every answer, so that it is never old.
        step, steps: How far it is.
        is_cancelled: The person wants it stopped.
        is_lost: Another worker holds the row.
        sketch: The newest preview that is not carried to the row yet, with its step.
        charged: Seconds that are carried to the row already.
        is_told: The row knows the step.
    """

    job: Job
    look: Callable[[], None] | None = None
    step: int = 0
    steps: int = 1
    is_cancelled: bool = False
    is_lost: bool = False
    sketch: tuple[int, Sketch] | None = None
    charged: float = 0.0
    is_told: bool = True
    member: Member | None = None
    _time: float | None = None
    _times: int = 0
    _sketched_at: float = field(default=float("-inf"))

    def progress(self, step: int, steps: int) -> None:
        """Keep how far it is; a step once taken stays taken."""
        self.steps = max(1, steps)
        self.step = min(self.steps, max(self.step, step))
        self.is_told = False

    def cancelled(self) -> bool:
        """Tell whether the person wants it stopped.

        Raises:
            Overtaken: Another worker holds the row.
        """
        if self.look:
            self.look()
        if self.is_lost:
            raise Overtaken
        return self.is_cancelled

    def seen(self, wish: Forward, answer: object) -> None:
        """Note a forward at the gate: how far the job is, also where its pipeline doesn't say, and how it looks."""
        time = time_of(wish.call)
        if time == self._time:
            return
        self._time, self._times = time, self._times + 1
        self.progress(self._times - 1, max(self.steps, self.job.steps))
        if perf_counter() - self._sketched_at >= PREVIEW_SECONDS:
            self._sketched_at = perf_counter()
            self._draw(wish, answer)

    def _draw(self, wish: Forward, answer: object) -> None:
        """Keep what the step expects of the picture; a family of models that can't be previewed goes without."""
        session = self.member.session if self.member is not None else None
        if session is None:
            return
        try:
            sketch = sketch_of(session, wish.call, answer)
        except Exception:  # a preview must never cost a job
            logger.warning("job %s can't be previewed", self.job.uuid, exc_info=True)
            self._sketched_at = float("inf")
            return
        self.sketch = (self._times, sketch) if sketch else None

    @property
    def is_first_look(self) -> bool:
        """Its person has seen nothing of it yet, and could."""
        return self.sketch is not None and self.charged == 0

    @property
    def seconds(self) -> float:
        """Seconds of the device it received so far."""
        return self.member.seconds if self.member is not None else 0.0  # a greenlet that ended is false


@dataclass(slots=True, eq=False)
class Run:
    """A job this worker holds, ready for its engine.

    Attributes:
        place: Its folder, gone when the run is over.
    """

    job: Job
    spec: EngineSpec
    request: Request
    watch: Watch
    place: tempfile.TemporaryDirectory[str]

    @property
    def folder(self) -> Path:
        return Path(self.place.name)
