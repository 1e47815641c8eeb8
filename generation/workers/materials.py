"""The media a job works from: their files for the engine, for the recipe and for the credentials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assignments.backends import store
from assignments.models import Media
from footage.credentials import Ingredient
from generation.backends.base import Request
from generation.models import Job
from generation.queries.engines import adapters_of

TRAVELS_ALONG = frozenset({"image/png", "image/jpeg", "image/webp", "video/mp4", "video/quicktime"})
"""Media types that can travel along in a manifest."""


def request_of(job: Job, *, inputs: Mapping[str, Any] | None = None) -> Request:
    """Return a job as its engine takes it; with other inputs than the row's where a recipe names them."""
    return Request(
        job.tool,
        job.request if inputs is None else inputs,
        source_of(job),
        adapters=adapters_of(job),
        media=media_of(job),
    )


def source_of(job: Job) -> Path | None:
    """Return the file the job begins with."""
    return store.path(job.source.sha256) if job.source else None


def media_of(job: Job) -> Mapping[str, tuple[Path, ...]]:
    """Return the files of the further media a job uses, by their use, in the order they were chosen."""
    files: defaultdict[str, list[Path]] = defaultdict(list)
    for use, media in _used(job):
        files[use].append(store.path(media.sha256))
    return {use: tuple(paths) for use, paths in files.items()}


def fingerprints_of(job: Job) -> dict[str, list[str]]:
    """Return SHA-256 of the further media by their use, for the recipe."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for use, media in _used(job):
        found[use].append(media.sha256)
    return dict(found)


def ingredients_of(job: Job) -> list[Ingredient]:
    """Everything the job works from whose kind can travel along in a manifest, each file once."""
    used = {job.source.sha256: ("source", job.source)} if job.source else {}
    for number, (use, media) in enumerate(_used(job), start=1):
        used.setdefault(media.sha256, (f"{use}-{number}", media))
    return [
        Ingredient(store.path(media.sha256), label, media.name, relationship="inputTo")
        for label, media in used.values()
        if media.mime in TRAVELS_ALONG
    ]


def _used(job: Job) -> Iterator[tuple[str, Media]]:
    for each in job.media_used.select_related("media"):
        yield each.use, each.media
