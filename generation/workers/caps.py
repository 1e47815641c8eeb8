"""What was learned of forwards, kept from one start of a worker to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from generation.backends.forwards import CurveKey
from generation.domain.batching import PROBES, Curve
from generation.models import BatchCap, Engine

FORGET_LIMIT = timedelta(days=1)
"""Memory that ran out yesterday may be there today."""


def known_curves(engine: Engine, *, device: str, now: datetime) -> dict[CurveKey, Curve]:
    """Return what is known of an engine's forwards on a kind of device, by engine and shape."""
    rows = BatchCap.objects.filter(engine=engine, revision=engine.revision, device=device[:80])
    return {(engine.slug, row.shape): _curve(row, now=now) for row in rows}


def keep_curves(
    curves: Mapping[CurveKey, Curve], *, engines: Iterable[Engine], device: str, now: datetime
) -> None:
    """Write down what was learned."""
    by_slug = {engine.slug: engine for engine in engines}
    rows = [
        BatchCap(
            engine=by_slug[slug], revision=by_slug[slug].revision, device=device[:80], shape=shape, cap=curve.cap,
            seconds={str(size): round(seconds, 6) for size, seconds in sorted(curve.seconds.items())},
            out_of_memory=curve.limit, updated_at=now,
        )
        for (slug, shape), curve in curves.items()
        if slug in by_slug
    ]  # fmt: skip
    BatchCap.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["engine", "revision", "device", "shape"],
        update_fields=["cap", "seconds", "out_of_memory", "updated_at"],
    )  # fmt: skip


def _curve(row: BatchCap, *, now: datetime) -> Curve:
    seconds = {int(size): float(value) for size, value in row.seconds.items()}
    limit = row.out_of_memory if now - row.updated_at < FORGET_LIMIT else 0
    return Curve(seconds=seconds, counts=dict.fromkeys(seconds, PROBES), limit=limit)
