"""The long work: claim a job, run its engine, store, label, sign and log what came out.

The row is the queue. A worker owns it by lease and generation number; everything it writes is guarded by both. A late
worker (killed, paused, cut off) finds its number gone and changes nothing, so messages may be lost or doubled.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from assignments.backends import store
from assignments.services import add_generated_media
from footage.credentials import Action, Ingredient, make_school_ca, sign_file
from footage.labels import label_generated
from footage.problems import Problem, gettext_noop
from generation.backends.base import Breakdown, Cancelled, Produced, Request
from generation.backends.loading import loaded_engine
from generation.choices import JobState
from generation.domain import queueing
from generation.domain.recipe import make_recipe, recipe_hash
from generation.domain.states import after_breakdown
from generation.domain.tools import TOOLS
from generation.models import Engine, Job, Output
from generation.queries import spec_of
from ledger import services as ledger

LEASE = timedelta(seconds=30)
BEAT_SECONDS = 8.0
WRITE_EVERY = timedelta(seconds=0.5)
TRAVELS_ALONG = frozenset({"image/png", "image/jpeg", "image/webp", "video/mp4", "video/quicktime"})
TEXT_NOTICE = "[AI-generated · 由人工智能生成 · {producer} · {produce_id} · {source_type}]\n\n"
"""The explicit label at the head of a generated text (GB 45438-2025, 4.2), with IPTC's digital source type."""
BROKE = gettext_noop(
    "The engine broke down %(attempts)d times on this job (%(reason)s). Nothing was charged. Take fewer steps or a "
    "smaller picture, or tell your instructor."
)
VANISHED = gettext_noop(
    "The machine at this job was lost %(attempts)d times before it could finish. Nothing was charged. Try again later, "
    "or tell your instructor."
)
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


class Overtaken(Exception):
    """Another worker holds the row now; what this one made is not needed."""


# ---------------------------------------------------------------- the queue
def run_jobs(*, worker: str, now: Clock) -> int:
    """Take jobs in the order they were asked for until none waits; return how many were taken."""
    taken = 0
    while job := claim_next(worker=worker, now=now()):
        taken += 1
        run_claimed(job, now=now)
    return taken


def claim_next(*, worker: str, now: datetime) -> Job | None:
    """Take the first waiting job by one guarded update; None when nothing waits."""
    skips = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        waiting = Job.objects.filter(state=JobState.QUEUED).order_by("created_at", "pk")
        if skips:
            waiting = waiting.select_for_update(skip_locked=True)
        first = waiting.values_list("pk", "generation").first()
        if first is None:
            return None
        pk, generation = first
        taken = Job.objects.filter(pk=pk, generation=generation, state=JobState.QUEUED).update(
            state=JobState.RUNNING, worker=worker, lease_until=now + LEASE, started_at=now, step=0,
            attempts=F("attempts") + 1, generation=F("generation") + 1,
        )  # fmt: skip
    if not taken:
        return claim_next(worker=worker, now=now)
    return Job.objects.select_related("engine", "work", "source", "created_by").get(pk=pk)


def sweep_jobs(*, now: datetime) -> bool:
    """Give back jobs whose lease ran out, end those out of attempts, and tell whether anything waits."""
    for job in Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now):
        logger.warning("job %s: lease of %s ran out in attempt %d", job.uuid, job.worker, job.attempts)
        if job.cancel_asked_at:
            _end(job, JobState.CANCELLED, now=now)
        else:
            _give_back(job, Problem(VANISHED, attempts=job.attempts), now=now)
    return Job.objects.filter(state=JobState.QUEUED).exists()


# ---------------------------------------------------------------- one job
def run_claimed(job: Job, *, now: Clock) -> None:
    """Run a job this worker holds; the row ends done, failed, cancelled or back in the queue."""
    try:
        with tempfile.TemporaryDirectory(prefix="dailies-job-") as place, Heartbeat(job, now=now) as heart:
            produced, spent = _produce(job, folder=Path(place), heart=heart, now=now)
            commit(job, produced, spent_seconds=spent, now=now)
    except Cancelled:
        _end(job, JobState.CANCELLED, now=now())
    except Overtaken:
        logger.info("job %s went to another worker", job.uuid)
    except Problem as problem:
        _end(job, JobState.FAILED, now=now(), problem=_as_row(problem))
    except Breakdown as fault:
        logger.warning("job %s: %s", job.uuid, fault)
        _give_back(job, _breakdown(job, str(fault)), now=now())
    except BaseException as fault:
        _give_back(job, _breakdown(job, type(fault).__name__), now=now())
        raise


def _produce(job: Job, *, folder: Path, heart: Heartbeat, now: Clock) -> tuple[Produced, float]:
    """Run the engine; return what it made and the seconds it took. Loading it is the school's time, not the crew's."""
    engine = loaded_engine(spec_of(job.engine))
    source = store.path(job.source.sha256) if job.source else None
    watch = Watch(job, heart=heart, now=now)
    began = now()
    produced = engine.run(
        Request(job.tool, job.request, source),
        folder=folder,
        progress=watch.progress,
        cancelled=watch.cancelled,
    )
    return produced, (now() - began).total_seconds()


class Watch:
    """What an engine reports to: progress into the row at most every half second, and an eye on the person's wish."""

    def __init__(self, job: Job, *, heart: Heartbeat, now: Clock) -> None:
        self.job, self.heart, self.now = job, heart, now
        self.written_at = now() - WRITE_EVERY

    def progress(self, step: int, steps: int) -> None:
        at = self.now()
        if at - self.written_at < WRITE_EVERY:
            return
        self.written_at = at
        if not _mine(self.job).update(step=step, steps=steps, lease_until=at + LEASE):
            raise Overtaken

    def cancelled(self) -> bool:
        if self.heart.is_lost.is_set():
            raise Overtaken
        return _mine(self.job).filter(cancel_asked_at__isnull=False).exists()


class Heartbeat:
    """Renews the lease from a thread of its own, for engines that are long silent; tells when the row is lost."""

    def __init__(self, job: Job, *, now: Clock, every: float = BEAT_SECONDS) -> None:
        self.job, self.now, self.every = job, now, every
        self.is_lost, self._is_over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart-{job.uuid}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join(timeout=5)

    def _beat(self) -> None:
        try:
            while not self._is_over.wait(self.every):
                if not _mine(self.job).update(lease_until=self.now() + LEASE):
                    self.is_lost.set()
                    return
        finally:
            connection.close()


# ---------------------------------------------------------------- what came out
def commit(job: Job, produced: Produced, *, spent_seconds: float, now: Clock) -> Output:
    """Label, sign, store and log the file, and end the job: all in one transaction, only while the row is held.

    Raises:
        Overtaken: The row went to another worker; the stored bytes are harmless, no row names them.
    """
    recipe = make_recipe(
        tool=job.tool, request=job.request, engine=_engine_facts(job.engine),
        source_sha256=job.source.sha256 if job.source else None, machine=produced.machine,
    )  # fmt: skip
    stored = store.receive_file(seal(job, produced))
    at = now()
    with transaction.atomic():
        _finish(job, spent_seconds=spent_seconds, at=at)
        media = add_generated_media(
            work=job.work, name=file_name(job, produced), stored=stored, by=job.created_by, now=at
        )
        entry = ledger.append(
            kind="asset.generated",
            subject=f"media:{media.uuid}",
            payload={
                "sha256": stored.sha256, "bytes": stored.size_bytes, "kind": produced.kind, "tool": job.tool,
                "work": str(job.work.uuid), "job": str(job.uuid), "recipe_sha256": recipe_hash(recipe),
                "engine": job.engine.slug, "engine_revision": job.engine.revision,
                "source_type": produced.source_type,
            },
            actor=job.created_by.pseudonym,
            now=at,
        )  # fmt: skip
        return Output.objects.create(
            job=job, media=media, recipe=recipe, recipe_hash=recipe_hash(recipe),
            ledger_index=entry.index, created_at=at,
        )  # fmt: skip


def seal(job: Job, produced: Produced) -> Path:
    """Write the labels into the file, then the signed credentials; return the file that may leave the platform."""
    producer, number = settings.PROVIDER_CODE, job.uuid.hex
    if produced.kind == "text":
        notice = TEXT_NOTICE.format(producer=producer, produce_id=number, source_type=produced.source_type)
        produced.path.write_text(notice + produced.path.read_text(encoding="utf-8"), encoding="utf-8")
        return produced.path
    label_generated(produced.path, producer=producer, produce_id=number, source_type=produced.source_type)
    make_school_ca(Path(settings.SCHOOL_CA_DIR), school=settings.SCHOOL_NAME)
    sealed = produced.path.with_name(f"sealed{produced.path.suffix}")
    parts = _ingredients(job)
    made = Action(
        "c2pa.created",
        source_type=produced.source_type,
        agent=f"Dailies {job.engine.slug} {job.engine.revision[:12]}".strip(),
        ingredients=tuple(part.label for part in parts),
    )
    sign_file(
        produced.path, sealed, folder=Path(settings.SCHOOL_CA_DIR), actions=[made], ingredients=parts, title=file_name(job, produced)
    )  # fmt: skip
    return sealed


def file_name(job: Job, produced: Produced) -> str:
    return f"{job.tool}-{job.uuid.hex[:8]}{produced.path.suffix}"


def _ingredients(job: Job) -> list[Ingredient]:
    """The picture it began with, where its kind can travel along in a manifest."""
    if job.source is None or job.source.mime not in TRAVELS_ALONG:
        return []
    return [Ingredient(store.path(job.source.sha256), "source", job.source.name, relationship="inputTo")]


def _finish(job: Job, *, spent_seconds: float, at: datetime) -> None:
    done = _mine(job).update(
        state=JobState.DONE, step=F("steps"), spent_seconds=spent_seconds, finished_at=at, lease_until=None, problem=None
    )  # fmt: skip
    if not done:
        raise Overtaken
    units = queueing.units(makes=TOOLS[job.tool].makes, request=job.request)
    pace = queueing.learned_pace(known=job.engine.seconds_per_step, spent_seconds=spent_seconds, units=units)
    Engine.objects.filter(pk=job.engine_id).update(seconds_per_step=pace)


def _engine_facts(engine: Engine) -> dict[str, object]:
    return {
        "slug": engine.slug,
        "pipeline": engine.pipeline,
        "revision": engine.revision,
        "options": engine.options,
    }


# ---------------------------------------------------------------- guarded endings
def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, generation=job.generation, state=JobState.RUNNING)


def _end(job: Job, state: str, *, now: datetime, problem: dict[str, object] | None = None) -> None:
    _mine(job).update(state=state, finished_at=now, lease_until=None, problem=problem)


def _breakdown(job: Job, reason: str) -> Problem:
    return Problem(BROKE, attempts=job.attempts, reason=reason[:200])


def _give_back(job: Job, problem: Problem, *, now: datetime) -> None:
    """Put a job whose machine failed back into the queue, or end it with the problem when its attempts are used up."""
    if after_breakdown(job.attempts) == JobState.QUEUED:
        _mine(job).update(state=JobState.QUEUED, lease_until=None, step=0)
        return
    _end(job, JobState.FAILED, now=now, problem=_as_row(problem))


def _as_row(problem: Problem) -> dict[str, object]:
    return {
        "template": problem.template,
        "params": {name: _plain(value) for name, value in problem.params.items()},
    }


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else str(value)
