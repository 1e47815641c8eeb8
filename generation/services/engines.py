"""What administrators do with engines: write their rows, read folders again, switch them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from generation.backends import presence
from generation.models import Engine
from generation.queries import spec_of


def register_engines(*, rows: Iterable[Mapping[str, Any]]) -> list[Engine]:
    """Write or update Engine rows from data such as fixtures/engines.yaml, and fingerprint folders that are there.

    They are offered in this order, or at the `position` a row names. What an administrator switched off stays off;
    the pace learned from jobs is kept. A row with `only_if_there` is skipped while its folder is absent.
    """
    engines = []
    for position, row in enumerate(rows, start=1):
        facts = {name: value for name, value in row.items() if name != "only_if_there"}
        if row.get("only_if_there") and not (Path(settings.ENGINES_DIR) / row["folder"]).is_dir():
            continue
        facts.setdefault("position", position)
        kept = {name: value for name, value in facts.items() if name != "seconds_per_step"}
        engine, _is_new = Engine.objects.update_or_create(
            slug=row["slug"], defaults=kept, create_defaults=facts
        )
        engines.append(refresh_revision(engine=engine))
    return engines


def refresh_revision(*, engine: Engine) -> Engine:
    """Set the engine's revision to the fingerprint of its folder or program; empty when that is absent."""
    engine.revision = presence.revision_of(spec_of(engine))
    engine.save(update_fields=["revision"])
    return engine


def switch_engine(*, engine: Engine, is_enabled: bool) -> Engine:
    """Offer the engine to new jobs, or no longer; jobs that wait for it still run."""
    engine.is_enabled = is_enabled
    engine.save(update_fields=["is_enabled"])
    return engine
