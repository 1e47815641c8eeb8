"""What came out of an engine: labelled, signed, stored, logged, and only then shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from assignments.backends import store
from assignments.services import add_generated_media
from footage.credentials import Action, make_school_ca, sign_file
from footage.labels import label_generated, state_source_type
from generation.backends.base import Produced
from generation.backends.origins import SYNTHETIC
from generation.domain import queueing
from generation.domain.gates import Level
from generation.domain.recipe import make_recipe, recipe_hash
from generation.domain.tools import TOOLS
from generation.models import Engine, Job, Output
from generation.workers import gating
from generation.workers.endings import finish
from generation.workers.materials import fingerprints_of, ingredients_of
from generation.workers.watching import Clock
from ledger import services as ledger

TEXT_NOTICE = "[AI-generated · 由人工智能生成 · {producer} · {produce_id} · {source_type}]\n\n"
"""The explicit label at the head of a generated text (GB 45438-2025, 4.2), with IPTC's digital source type."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A labelled and signed file in the store, with what its rows will say. JSON through `dataclasses.asdict`.

    Attributes:
        sha256, size_bytes: Of the stored file.
        name: What people see.
        kind: image, video, sound or text.
        source_type: Code of IPTC's digital source type vocabulary.
    """

    sha256: str
    size_bytes: int
    name: str
    kind: str
    source_type: str
    recipe: dict[str, Any]


def commit(job: Job, produced: Produced, *, spent_seconds: float, now: Clock) -> Output:
    """Have gates look at the file, then label, sign, store and log it and end the job: one transaction, while the row is held.

    Raises:
        Overtaken: The row went to another worker; the stored bytes are harmless, no row names them.
        SetAside: A gate holds the output for a teacher or has refused it; the row says so.
        Problem: A release it rests on has lapsed.
    """
    verdict = gating.look_at_output(job, produced.path, kind=produced.kind, now=now())
    if verdict.level is Level.REFUSE:
        gating.refuse_output(job, verdict, spent_seconds=spent_seconds, now=now())
    sealed = _sealed(job, produced)
    at = now()
    if verdict.level is Level.HOLD:
        gating.hold_output(
            job, verdict, sha256=sealed.sha256, held=asdict(sealed), spent_seconds=spent_seconds, now=at
        )
    with transaction.atomic():
        _finish(job, spent_seconds=spent_seconds, at=at)
        return publish(job, sealed, now=at)


def publish(job: Job, sealed: Sealed, *, now: datetime) -> Output:
    """Write the medium, the ledger entry and the output of a job that has just been moved to DONE, in that transaction."""
    stored = store.Stored(sealed.sha256, sealed.size_bytes)
    media = add_generated_media(work=job.work, name=sealed.name, stored=stored, by=job.created_by, now=now)
    entry = ledger.append(
        kind="asset.generated",
        subject=f"media:{media.uuid}",
        payload={
            "sha256": sealed.sha256, "bytes": sealed.size_bytes, "kind": sealed.kind, "tool": job.tool,
            "work": str(job.work.uuid), "job": str(job.uuid), "recipe_sha256": recipe_hash(sealed.recipe),
            "engine": job.engine.slug, "engine_revision": job.engine.revision,
            "source_type": sealed.source_type,
            "releases": sorted(str(release.uuid) for release in job.releases.all()),
        },
        actor=job.created_by.pseudonym,
        now=now,
    )  # fmt: skip
    return Output.objects.create(
        job=job, media=media, recipe=sealed.recipe, recipe_hash=recipe_hash(sealed.recipe),
        ledger_index=entry.index, created_at=now,
    )  # fmt: skip


def _sealed(job: Job, produced: Produced) -> Sealed:
    recipe = make_recipe(
        tool=job.tool, request=job.request, engine=_engine_facts(job.engine),
        source_sha256=job.source.sha256 if job.source else None, media_sha256=fingerprints_of(job),
        machine=produced.machine,
    )  # fmt: skip
    stored = store.receive_file(seal(job, produced))
    return Sealed(
        stored.sha256,
        stored.size_bytes,
        file_name(job, produced),
        produced.kind,
        produced.source_type,
        recipe,
    )


def seal(job: Job, produced: Produced) -> Path:
    """Write the labels into the file, then the signed credentials; return the file that may leave the platform."""
    producer, number = settings.PROVIDER_CODE, job.uuid.hex
    if produced.kind == "text":
        notice = TEXT_NOTICE.format(producer=producer, produce_id=number, source_type=produced.source_type)
        produced.path.write_text(notice + produced.path.read_text(encoding="utf-8"), encoding="utf-8")
        return produced.path
    if produced.source_type in SYNTHETIC:
        label_generated(produced.path, producer=producer, produce_id=number, source_type=produced.source_type)
    else:
        state_source_type(produced.path, produced.source_type)
    make_school_ca(Path(settings.SCHOOL_CA_DIR), school=settings.SCHOOL_NAME)
    sealed = produced.path.with_name(f"sealed{produced.path.suffix}")
    parts = ingredients_of(job)
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


def _finish(job: Job, *, spent_seconds: float, at: datetime) -> None:
    finish(job, spent_seconds=spent_seconds, now=at)
    units = TOOLS[job.tool].units(job.request)
    pace = queueing.learned_pace(known=job.engine.seconds_per_step, spent_seconds=spent_seconds, units=units)
    Engine.objects.filter(pk=job.engine_id).update(seconds_per_step=pace)


def _engine_facts(engine: Engine) -> dict[str, object]:
    return {
        "slug": engine.slug,
        "pipeline": engine.pipeline,
        "revision": engine.revision,
        "options": engine.options,
    }
